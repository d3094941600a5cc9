import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {checkPlacement} from '../../../src/host/placements/aligned-predictions.ts';
import {
  alignmentKind,
  getAlignment,
  type AlignmentRecord,
} from '../../../src/host/placements/alignment-records.ts';
import type {AlignedParameter, AlignmentSensitivity} from '../../../src/contract/alignment.ts';
import {correctionsOf} from '../../../src/host/corrections/corrections.ts';
import {costOf} from '../../../src/host/probes/displacement-cost.ts';
import {
  acceptAlignment,
  activePlacement,
  placementOfSession,
  placementStatusOf,
  revokeAlignment,
} from '../../../src/host/placements/placements.ts';
import {calibrationKinds} from '../../../src/host/calibrations/calibration-kinds.ts';
import {defaultDesignFolder} from '../../../src/host/designs/default-design.ts';
import {openDesign} from '../../../src/host/designs/design-folder.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {asDesigned} from '../../../src/twin/alignment/arrangement.ts';
import {alignmentResult, registration} from '../store/calibration-values.ts';
import {campaignDetails} from '../store/session-details.ts';

let folder: string;
let store: Store;
let nowS: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-placements-'));
  nowS = 1_800_000_000;
  // Every look at the clock is a second later, so that nothing happens at the same time.
  store = openStore(join(folder, 'bench.sqlite'), {utcNowS: () => ++nowS});
});
afterEach(() => {
  store.close();
  rmSync(folder, {recursive: true, force: true});
});

const place = {benchName: 'north', benchSeed: null, designHash: 'sha256:a'};

function addSession(designHash = 'sha256:a', benchName = 'north'): string {
  return store.createSession({
    title: 'Planes',
    operator: 'Ada',
    benchName,
    designHash,
    details: campaignDetails(),
  }).uid;
}

/** An alignment whose plates all stand at `dxMm`. */
function addAlignment(sessionUid: string, dxMm = 0.2): string {
  const parameters = Array.from({length: 5}, (_, plate): AlignedParameter[] => [
    {name: `plate${plate + 1}.dx`, value: dxMm, sigma: 0.01, unit: 'mm', identifiable: true},
    {name: `plate${plate + 1}.rotation`, value: 0.01, sigma: 0.02, unit: 'deg', identifiable: true},
    {name: `plate${plate + 1}.dz`, value: -0.9, sigma: 2, unit: 'mm', identifiable: false},
  ]).flat();
  const value: AlignmentRecord = {
    ...place,
    result: alignmentResult({parameters, after: {...alignmentResult().after, correlation: 0.99}}),
    state: {
      plates: Array.from({length: 5}, () => ({
        dxMm,
        dyMm: 0,
        dzMm: 0,
        rotationDeg: 0,
        refractiveIndex: 1.6,
        extinction: 0,
      })),
      object: {dxMm: 0, dyMm: 0, rotationDeg: 0},
      beam: {centerXMm: 0, centerYMm: 0, narrownessPerMm2: 0, curvaturePerMm: 0, tiltXDeg: 0, tiltYDeg: 0},
      frame: {dxMm: 0, dyMm: 0, dzMm: 0, rotationDeg: 0, scale: 1},
    },
    arrangement: asDesigned(5),
    method: 'rs',
    covariance: null,
    designName: 'digits',
    planes: [],
    programVersion: 'test',
  };
  return store.addCalibration({kind: alignmentKind, sessionUid, value});
}

const status = (uid: string) => placementStatusOf(store, getAlignment(store, uid), nowS);
const accept = (uid: string, validForH = 10): string =>
  acceptAlignment(store, uid, {validForH, author: 'Ada', atS: ++nowS});

test('is active from its acceptance until its time is over', () => {
  const uid = addAlignment(addSession());
  expect(status(uid)).toMatchObject({status: 'proposed', placementUid: null});
  expect(activePlacement(store, place, nowS)).toEqual({placementUid: null, reason: ''});
  const placementUid = accept(uid);
  expect(activePlacement(store, place, nowS)).toMatchObject({placementUid});
  expect(activePlacement(store, {...place, benchSeed: 2}, nowS).placementUid).toBeNull();
  expect(activePlacement(store, {...place, designHash: 'sha256:b'}, nowS).placementUid).toBeNull();
  nowS += 10 * 3600 + 60;
  expect(status(uid).status).toBe('expired');
  expect(activePlacement(store, place, nowS)).toMatchObject({
    placementUid: null,
    reason: expect.stringMatching(/its time was over .* Align anew/) as string,
  });
});

test('revoked, the one before is active again', () => {
  const sessionUid = addSession();
  const [first, second] = [addAlignment(sessionUid), addAlignment(sessionUid, 0.21)];
  const placementUid = accept(first);
  accept(second);
  expect([status(first).status, status(second).status]).toEqual(['replaced', 'active']);
  revokeAlignment(store, second);
  expect(status(second).status).toBe('revoked');
  expect(activePlacement(store, place, nowS)).toMatchObject({placementUid});
  expect(() => revokeAlignment(store, second)).toThrow(/not accepted.*Nothing was changed/);
  // Nothing is ever deleted.
  expect(store.listCalibrations('placement')).toHaveLength(2);
});

test('a damaged record that was written later may have revoked it: it is not used until it is accepted again', () => {
  const sessionUid = addSession();
  const uid = addAlignment(sessionUid);
  accept(uid);
  revokeAlignment(store, uid);
  const db = new Database(store.path);
  db.exec(`UPDATE calibrations SET value = '{}' WHERE kind = 'placement-taken-back'`);
  db.close();
  expect(status(uid)).toMatchObject({
    status: 'bench-changed',
    text: expect.stringMatching(
      /nobody knows whether .* revoked.* Row .* cannot be used.*accept it again/,
    ) as string,
  });
  expect(activePlacement(store, place, nowS)).toMatchObject({placementUid: null});
  expect(placementOfSession(store, sessionUid)).toBeUndefined();
  const placementUid = accept(uid);
  expect(activePlacement(store, place, nowS)).toMatchObject({placementUid});
});

test('what is measured later decides whether it still holds', () => {
  const uid = addAlignment(addSession());
  const placementUid = accept(uid);
  const alignment = getAlignment(store, uid);
  const register = (sessionUid: string) =>
    store.addCalibration({kind: calibrationKinds.outputFrame, sessionUid, value: registration});
  const predicted = Float64Array.from({length: 400}, (_, i) => 1 + Math.sin(i));
  const check = (sessionUid: string, part: number) =>
    checkPlacement(
      store,
      {placementUid, alignment},
      {sessionUid, runUid: 'run'},
      {
        predicted,
        measured: predicted.map((value, i) => value + part * Math.cos(3 * i)),
      },
    );

  register(addSession('sha256:b', 'south'));
  expect(status(uid).status).toBe('active');
  const good = addSession();
  register(good);
  expect(status(uid)).toMatchObject({
    status: 'bench-changed',
    text: expect.stringMatching(/registered anew .* without being compared/) as string,
  });
  expect(check(good, 0.1).isHolding).toBe(true);
  expect(status(uid).status).toBe('active');
  const bad = addSession();
  register(bad);
  expect(check(bad, 0.4).isHolding).toBe(false);
  expect(status(uid)).toMatchObject({
    status: 'bench-changed',
    text: expect.stringMatching(
      /correlates by 0\.9.. with what it predicts, where 0\.990 .* Align anew/,
    ) as string,
  });
  // Accepting it anew puts no plate back.
  accept(uid);
  expect(status(uid).status).toBe('bench-changed');
});

test('another design on the bench, or plates found elsewhere, end it', () => {
  const uid = addAlignment(addSession());
  accept(uid);
  addAlignment(addSession(), 0.25);
  expect(status(uid).status).toBe('active');
  const moved = addAlignment(addSession(), 0.4);
  expect(status(uid).text).toMatch(/later alignment .* finds plate 1 elsewhere: dx differs by 0\.20 mm/);
  accept(moved);
  expect(status(moved).status).toBe('active');
  store.addCalibration({
    kind: calibrationKinds.outputFrame,
    sessionUid: addSession('sha256:b'),
    value: registration,
  });
  expect(status(moved).text).toMatch(/another design was measured on this bench/);
});

test('corrections say the direction as seen from the source, and only what is certain and matters', async () => {
  const {file} = await openDesign(defaultDesignFolder);
  const alignment = getAlignment(store, addAlignment(addSession(), -0.312));
  const {items, text} = correctionsOf(alignment, file);
  expect(items).toHaveLength(15);
  const [lateral, axial, turn] = items;
  expect(lateral).toMatchObject({part: 'plate 1', change: 0.312, isNeeded: true, reason: ''});
  // +x is to the right as the detector sees it (docs/conventions.md), so to the left from the source.
  expect(lateral.text).toBe('move plate 1 by 0.312 +- 0.010 mm to the left, towards +x');
  expect(turn).toMatchObject({
    isNeeded: false,
    reason: expect.stringContaining('2 standard deviations') as string,
  });
  expect(turn.text).toContain('counter-clockwise');
  expect(axial).toMatchObject({isNeeded: false, reason: 'these planes do not determine it'});
  expect(text).toMatch(/^5 corrections at plate 1, plate 2/);
  const small = correctionsOf(getAlignment(store, addAlignment(addSession(), 0.05)), file);
  expect(small.items[0].reason).toMatch(/below what matters, 0\.07 mm/);
  expect(small.text).toMatch(/Nothing has to be moved/);
});

test('corrections say to which side a plate is tilted back, as seen from the source', async () => {
  const {file} = await openDesign(defaultDesignFolder);
  const tilt = (name: string, value: number): AlignedParameter => ({
    name,
    value,
    sigma: 0.05,
    unit: 'deg',
    identifiable: true,
  });
  const {items} = correctionsOf(
    {
      result: alignmentResult({
        parameters: [tilt('plate3.tiltX', 0.8), tilt('plate3.tiltY', 0.7), tilt('plate4.tiltX', 0.3)],
      }),
      arrangement: asDesigned(5),
    },
    file,
  );
  // A turn about x takes the side of larger y along the beam, one about y that of larger x against it.
  expect(items.map(({text}) => text)).toEqual([
    'tilt plate 3 by 0.800 +- 0.050 degrees about its horizontal axis, the upper edge towards the source',
    'tilt plate 3 by 0.700 +- 0.050 degrees about its vertical axis, the left edge (+x) towards the detector',
    'tilt plate 4 by 0.300 +- 0.050 degrees about its horizontal axis, the upper edge towards the source',
  ]);
  expect(items[0]).toMatchObject({
    part: 'plate 3',
    quantity: 'tiltX',
    change: -0.8,
    unit: 'deg',
    isNeeded: true,
  });
  expect(items[2].reason).toBe('below what matters, 0.54 degrees');
});

test('corrections are judged by what the displacement costs this design, where that is computed', async () => {
  const {file} = await openDesign(defaultDesignFolder);
  const alignment = getAlignment(store, addAlignment(addSession(), 0.1));
  const row = (correlation: number, match: number): AlignmentSensitivity['rows'][number] => ({
    name: 'plate1.dx',
    unit: 'mm',
    inWavelengths: true,
    tolerance: null,
    points: [
      {size: 0.2, accuracy: 1, match: 1, correlation},
      {size: 0.4, accuracy: 1, match, correlation: correlation - 0.1},
    ],
  });
  const table = (correlation: number, match: number): AlignmentSensitivity => ({
    wavelengthMm: 0.75,
    objectCount: 20,
    accuracyAsDesigned: 1,
    rows: [row(correlation, match)],
  });
  // 0.1 mm is half of the smallest size: a quarter of its loss.
  const costly = correctionsOf(alignment, file, table(0.96, 1)).items[0];
  expect(costly).toMatchObject({isNeeded: true, reason: '', cost: {match: 0}});
  expect(costly.cost?.correlation).toBeCloseTo(0.01, 10);
  const tolerant = correctionsOf(alignment, file, table(0.99, 0.9));
  expect(tolerant.items[0]).toMatchObject({isNeeded: false});
  expect(tolerant.items[0].reason).toBe('need not be made: it costs 0.3 % of the correlation and no verdict');
  expect(tolerant.isByDesign).toBe(true);
  expect(tolerant.basis).toContain('20 digits');
  expect(correctionsOf(alignment, file)).toMatchObject({isByDesign: false});
  // Between sizes, and beyond the largest.
  expect(costOf(table(0.96, 0.9), 'plate1.dx', -0.3)?.match).toBeCloseTo(0.05, 10);
  expect(costOf(table(0.96, 0.9), 'plate1.dx', 3)?.correlation).toBeCloseTo(0.14, 10);
  expect(costOf(table(0.96, 0.9), 'plate9.dx', 3)).toBeUndefined();
});
