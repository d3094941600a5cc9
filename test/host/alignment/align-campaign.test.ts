import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {defaultCalibrationHours} from '../../../src/contract/api/app.ts';
import {createOwnAlignment, ownPlaneCount} from '../../../src/host/alignment/align-campaign.ts';
import {createPredictions} from '../../../src/host/campaign/campaign-predictions.ts';
import {campaignDetailsOf} from '../../../src/host/campaign/campaign-results.ts';
import {computeCampaign} from '../../../src/host/campaign/compute-campaign.ts';
import {createTwinThread, type TwinThread} from '../../../src/host/campaign/twin-thread.ts';
import {sessionAlignedOf} from '../../../src/host/placements/aligned-predictions.ts';
import {alignmentKind} from '../../../src/host/placements/alignment-records.ts';
import {campaignAlignmentKind, ownAlignmentOf} from '../../../src/host/placements/campaign-alignments.ts';
import {activePlacement, placeOfSession, revokeAlignment} from '../../../src/host/placements/placements.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {
  createMeasuredBench,
  probe,
  unknowns,
  writeMeasuredSession,
  type MeasuredBench,
} from './measured-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2nn-own-alignment-'));
let store: Store;
let bench: MeasuredBench;
let twin: TwinThread;

beforeAll(async () => {
  store = openStore(join(folder, 'bench.sqlite'));
  const measured = await createMeasuredBench(3, ownPlaneCount + 1);
  // The small design has four classes.
  bench = {...measured, digits: measured.digits.map((digit, i) => ({...digit, label: String(i % 4)}))};
  twin = createTwinThread({design: bench.design, probe});
});
afterAll(async () => {
  await twin[Symbol.asyncDispose]();
  store.close();
  rmSync(folder, {recursive: true, force: true});
});

/** Few numbers are looked for, so that it takes seconds. */
const align = {free: unknowns, orientation: 'never', prints: 'never'} as const;
const small = {side: 21, stepMm: 1.1};

function begin(sessionUid: string, free: readonly string[] = unknowns) {
  const texts: string[] = [];
  const own = createOwnAlignment(
    {store, hours: defaultCalibrationHours, onText: (text) => texts.push(text), align: {...align, free}},
    {sessionUid, operator: 'Ada', twin, signal: undefined},
  );
  return {own, texts};
}

test('a campaign aligns with its first planes, predicts as aligned from then on, and binds no other campaign', async () => {
  const endings = [...Array.from({length: ownPlaneCount}, () => 'success' as const), null];
  const {sessionUid, runUids} = await writeMeasuredSession(store, bench, {...small, benchSeed: 11, endings});
  const {own, texts} = begin(sessionUid);
  own.onDigit();
  await own.finish();
  const fitted = runUids.slice(0, ownPlaneCount);
  expect(ownAlignmentOf(store, sessionUid), texts.join(' ')).toMatchObject({
    verdict: 'trusted',
    operator: 'Ada',
    runUids: fitted,
    isRevoked: false,
  });
  expect(texts.at(-1)).toMatch(/aligned by itself with 5 of its planes .* nobody has accepted it for others/);
  // Measured before: predicted as soon as it is known where the plates stand.
  const predicted = (): boolean[] =>
    runUids.map((runUid) => sessionAlignedOf(store, sessionUid)?.artifactUidOf(runUid) !== undefined);
  expect(predicted()).toEqual([true, true, true, true, true, false]);

  // Measured after it: the campaign's own predictions take it up.
  const {digits} = bench;
  const details = campaignDetailsOf(store.getSession(sessionUid));
  const predictions = createPredictions({store, sessionUid, twin, details, digits}, () => undefined);
  const [lastUid] = runUids.slice(-1);
  predictions.onDocument(['start', store.getRun(lastUid).start]);
  predictions.onDocument([
    'stop',
    {uid: 's', run_start: lastUid, time: 2000, exit_status: 'success', reason: '', num_events: {}},
  ]);
  await predictions.finish();
  expect(predicted()).toEqual([true, true, true, true, true, true]);

  const {result, warnings} = computeCampaign(store, sessionUid);
  expect(result.alignment).toMatchObject({
    fittedRunUids: fitted,
    matchFitted: {count: ownPlaneCount},
    matchOthers: {count: 0},
  });
  for (const {aligned, registered} of result.digits)
    expect(aligned?.pearson).toBeGreaterThan(registered.pearson ?? 1);
  expect(warnings.join(' ')).toContain('used for the predictions as aligned of this campaign alone');
  // Nobody has accepted it: another campaign on the bench does not predict with it.
  expect(
    activePlacement(store, placeOfSession(store, sessionUid), Date.now() / 1000).placementUid,
  ).toBeNull();

  revokeAlignment(store, result.ownAlignment?.alignmentUid ?? '');
  expect(sessionAlignedOf(store, sessionUid)).toBeUndefined();
  expect(computeCampaign(store, sessionUid).result).toMatchObject({ownAlignment: {isRevoked: true}});
  expect(computeCampaign(store, sessionUid).result.alignment).toBeUndefined();
});

test('planes that nothing explains are told with the reason and leave the campaign as registered', async () => {
  const random = createRandom('no network at all');
  const noise: MeasuredBench = {
    ...bench,
    read: (_, xMm) => Float64Array.from(xMm, () => random.normal() ** 2),
  };
  const {sessionUid} = await writeMeasuredSession(store, noise, {side: 20, benchSeed: 12});
  const {own, texts} = begin(sessionUid, ['frame.dx']);
  own.onDigit();
  await own.finish();
  expect(ownAlignmentOf(store, sessionUid)).toMatchObject({alignmentUid: null, verdict: 'failed'});
  expect(texts.at(-1)).toMatch(/It failed, so there is nothing to use: No placement explains these planes/);
  expect(sessionAlignedOf(store, sessionUid)).toBeUndefined();
});

test('too few planes begin nothing, and one that is ended early leaves nothing behind', async () => {
  const few = {...bench, digits: bench.digits.slice(0, ownPlaneCount - 1)};
  const short = await writeMeasuredSession(store, few, {side: 12, benchSeed: 13});
  const waiting = begin(short.sessionUid);
  waiting.own.onDigit();
  await waiting.own.finish();
  expect(waiting.texts).toEqual([]);

  const {sessionUid} = await writeMeasuredSession(store, bench, {side: 20, benchSeed: 13});
  const count = (): number => store.listCalibrations(alignmentKind).length;
  const before = count();
  const {own, texts} = begin(sessionUid);
  own.onDigit();
  own.stop('the campaign was ended');
  await own.finish();
  own.onDigit();
  await own[Symbol.asyncDispose]();
  expect(texts.at(-1)).toBe(
    'The alignment of this campaign was given up before its end; nothing of it is used.',
  );
  expect(texts).toHaveLength(2);
  expect(count()).toBe(before);
  expect(store.listCalibrations(campaignAlignmentKind).some((row) => row.sessionUid === sessionUid)).toBe(
    false,
  );
});

test('predictions as aligned hold the height errors that the alignment found', async () => {
  const [{object}] = bench.digits;
  const at = Float64Array.from([-3, 0, 3]);
  const arrangement = {
    plates: bench.state.plates.map((_, plate) => ({plate, orientation: 0})),
    object: 0,
    scan: 0,
  };
  const aligned = {state: bench.state, arrangement, method: 'rs'} as const;
  const random = createRandom('heights');
  const valuesMm = Float32Array.from({length: 5 * 90 * 90}, () => 0.05 * random.normal());
  const request = {object, xMm: at, yMm: at};
  const smooth = await twin.predictAligned(aligned, request);
  const rough = await twin.predictAligned({...aligned, prints: {id: 'rough', valuesMm}}, request);
  smooth.forEach((value, i) => expect(Math.abs(rough[i] / value - 1)).toBeGreaterThan(1e-3));
});
