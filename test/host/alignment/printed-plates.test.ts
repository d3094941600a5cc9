import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {decodeNpy} from '../../../src/base/npy.ts';
import {createRandom} from '../../../src/base/random.ts';
import {measuredHeightsSchema} from '../../../src/contract/map-import.ts';
import {alignSession} from '../../../src/host/alignment/align-session.ts';
import {createPredictions} from '../../../src/host/campaign/campaign-predictions.ts';
import {
  artifactKinds,
  campaignDetailsOf,
  objectOf,
  maskOf,
} from '../../../src/host/campaign/campaign-results.ts';
import {createTwinThread} from '../../../src/host/campaign/twin-thread.ts';
import {alignedBenchOf} from '../../../src/host/placements/aligned-predictions.ts';
import {getAlignment, readAlignedPoints} from '../../../src/host/placements/alignment-records.ts';
import {storeMeasuredHeights} from '../../../src/host/placements/measured-heights.ts';
import {readSessionPlanes} from '../../../src/host/planes/session-planes.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {noRegistration} from '../../../src/twin/metrics/index.ts';
import {computePearson} from '../../../src/twin/metrics/index.ts';
import {createMeasuredBench, probe, unknowns, writeMeasuredSession} from './measured-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2nn-printed-'));
let store: Store;
beforeAll(() => {
  store = openStore(join(folder, 'bench.sqlite'));
});
afterAll(() => {
  store.close();
  rmSync(folder, {recursive: true, force: true});
});

/** Of the third of five plates of 60 x 60: a print that came out far rougher than usual. */
const random = createRandom('a rough print');
const errorsMm = Float32Array.from({length: 60 * 60}, () => 0.2 * random.normal());

test('predictions as registered and alignments take the plates as they were measured', async () => {
  const bench = await createMeasuredBench(3, 2, {printed: {id: 'truth', errorsMm: [null, null, errorsMm]}});
  const {sessionUid, runUids} = await writeMeasuredSession(store, bench, {benchSeed: 21});
  const {answers, placement} = measuredHeightsSchema.parse({
    sessionUid,
    plate: 3,
    source: {path: 'scan.npy'},
    answers: {
      quantity: {kind: 'height', unit: 'mm'},
      orientation: {firstRow: 'top', seenFrom: 'detector'},
      pitchMm: 0.4,
    },
  });
  storeMeasuredHeights(store, sessionUid, errorsMm, {
    ...{benchName: 'north', benchSeed: 21, designHash: bench.design.file.contentHash, plate: 2},
    ...{rmsMm: 0.2, missingCount: 0, map: {file: 'scan.npy', sha256: 'a', array: ''}, placement},
    ...{answers: {...answers, missing: 'refuse', isLevelled: false}, by: '', programVersion: 'test'},
  });
  const [{value}] = store.listCalibrations('plate-heights');
  const [runUid] = runUids;
  const measured = (await readSessionPlanes(store, sessionUid)).planes[0];
  const correlationWith = (plane: ArrayLike<number>): number =>
    computePearson(measured.values, Float64Array.from(plane)) ?? 0;

  await using twin = createTwinThread({design: bench.design, probe});
  const details = campaignDetailsOf(store.getSession(sessionUid));
  const {digits} = bench;
  const predictions = createPredictions({store, sessionUid, twin, details, digits}, () => undefined);
  await predictions.finish();
  const stored = store
    .listArtifacts(sessionUid, artifactKinds.registered)
    .find((artifact) => artifact.runUid === runUid);
  expect(store.readMetadata(stored?.uid ?? '', artifactKinds.registered)).toMatchObject({
    measuredHeights: [value.artifactUid],
  });
  const object = objectOf(maskOf(store, store.listArtifacts(sessionUid), runUid)!);
  const [xMm, yMm] = [Float64Array.from(measured.xMm), Float64Array.from(measured.yMm)];
  const asDesigned = await twin.predict({
    ...{object, illumination: bench.illumination, frame: noRegistration, xMm, yMm},
  });
  const registered = decodeNpy(store.readArtifact(stored?.uid ?? '')).re;
  expect(correlationWith(registered)).toBeGreaterThan(correlationWith(asDesigned) + 0.05);

  const {uid, result} = await alignSession(store, {
    sessionUid,
    free: unknowns,
    orientation: 'never',
    prints: 'never',
  });
  expect(result.verdict).toBe('trusted');
  expect(result.after.correlation).toBeGreaterThan(0.99);
  expect(result.notes?.join(' ')).toContain('The measured heights of plate 3 are used.');
  const alignment = getAlignment(store, uid ?? '');
  expect(alignment.measuredHeights).toEqual([value.artifactUid]);
  // What is predicted as aligned is what the alignment fitted: the measured heights count once.
  const aligned = await twin.predictAligned(alignedBenchOf(store, alignment), {object, xMm, yMm});
  const fitted = Float64Array.from(readAlignedPoints(store, alignment.planes[0].artifactUid).predicted);
  expect(computePearson(fitted, aligned)).toBeGreaterThan(0.99999);
});
