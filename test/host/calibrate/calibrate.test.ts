import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {alignSession} from '../../../src/host/alignment/align-session.ts';
import {createAsBuiltPool} from '../../../src/host/calibrate/as-built-pool.ts';
import {
  classifyAsBuiltApart,
  fitHeightsApart,
  learnReadOutApart,
  offersApart,
  readOutCurveApart,
} from '../../../src/host/calibrate/calibrate-threads.ts';
import {chosenBench} from '../../../src/host/calibrate/chosen-bench.ts';
import {drawnObjects} from '../../../src/host/calibrate/drawn-objects.ts';
import {asBuiltWork} from '../../../src/host/calibrate/reprint.ts';
import {predictIntensity} from '../../../src/host/twin/plane-jobs.ts';
import type {FoundBench} from '../../../src/host/twin/predict.ts';
import {noDraw} from '../../../src/twin/calibration/as-built-network.ts';
import {computePearson} from '../../../src/twin/metrics/index.ts';
import {learnReadOut} from '../../../src/host/calibrate/learn-read-out.ts';
import {recordedBench} from '../../../src/host/calibrate/recorded-bench.ts';
import {reprintPlate} from '../../../src/host/calibrate/reprint-plate.ts';
import {writeReprint} from '../../../src/host/calibrate/reprint-record.ts';
import {thickPlates} from '../../../src/contract/plate-optics.ts';
import {measurementModelSchema} from '../../../src/contract/measurement.ts';
import {reprintSettingsSchema} from '../../../src/contract/reprint.ts';
import {artifactKinds} from '../../../src/host/campaign/campaign-results.ts';
import {chooseTestDigits} from '../../../src/host/campaign/digits.ts';
import {calibrationChain} from '../../../src/host/campaign/calibration-chain.ts';
import {compareSides} from '../../../src/host/campaign/compare-sides.ts';
import {evaluateCampaign} from '../../../src/host/campaign/evaluate-campaign.ts';
import {computeCampaign} from '../../../src/host/campaign/compute-campaign.ts';
import {loadDesignFolder} from '../../../src/host/designs/design-folder.ts';
import {alignedBenchOf} from '../../../src/host/placements/aligned-predictions.ts';
import {getAlignment} from '../../../src/host/placements/alignment-records.ts';
import {
  asBuiltStatusOf,
  getAsBuilt,
  listAsBuilt,
  storeAsBuilt,
} from '../../../src/host/placements/as-built-records.ts';
import {acceptAlignment} from '../../../src/host/placements/placements.ts';
import {
  getReadOut,
  readOutKinds,
  readOutStatusOf,
  revokeReadOut,
} from '../../../src/host/placements/read-out-records.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {viewCalibrations} from '../../../src/host/views/view-calibrations.ts';
import {
  createMeasuredBench,
  unknowns,
  writeMeasuredSession,
  type MeasuredBench,
} from '../alignment/measured-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'd2nn-calibrate-'));
let store: Store;
let bench: MeasuredBench;
let campaign: {sessionUid: string; runUids: string[]};
let alignmentUid: string;

/** Digits of the four classes that the small plates tell. */
const digitsOf = (design: MeasuredBench['design'], count: number) =>
  chooseTestDigits(3 * count, 5, design.file)
    .filter(({label}) => Number(label) < 4)
    .slice(0, count);

beforeAll(async () => {
  store = openStore(join(folder, 'bench.sqlite'));
  const small = await createMeasuredBench(3, 1);
  bench = {...small, digits: digitsOf(small.design, 24)};
  campaign = await writeMeasuredSession(store, bench, {benchSeed: 3, hasPredictions: true});
  const found = await alignSession(store, {
    sessionUid: campaign.sessionUid,
    runUids: campaign.runUids.slice(0, 2),
    free: unknowns,
    prints: 'never',
  });
  alignmentUid = found.uid ?? '';
});
afterAll(() => {
  store.close();
  rmSync(folder, {recursive: true, force: true});
});

const nowS = (): number => Date.now() / 1000;

describe('a network as it was built', () => {
  let asBuiltUid: string;
  beforeAll(() => {
    asBuiltUid = storeAsBuilt(store, alignmentUid, null, {by: 'Ada'});
  });

  it('is a record of its own, counted for bench and design, used while its alignment is accepted', async () => {
    const first = getAsBuilt(store, asBuiltUid);
    expect(first.value).toMatchObject({version: 1, alignmentUid, designName: 'digits', by: 'Ada'});
    expect(first.value.plates).toHaveLength(5);
    const {dxMm, heights} = first.value.plates[0];
    expect(Math.abs(dxMm.value - bench.state.plates[0].dxMm)).toBeLessThan(0.02);
    expect(dxMm.sigma).toBeGreaterThan(0);
    expect(heights).toMatchObject({source: 'designed', rmsMm: 0, errorMm: null});
    expect(asBuiltStatusOf(store, first, nowS()).status).toBe('not-accepted');
    acceptAlignment(store, alignmentUid, {validForH: 1, author: 'Ada', atS: nowS()});
    expect(asBuiltStatusOf(store, first, nowS()).status).toBe('current');

    const runUids = campaign.runUids.slice(0, 2);
    const fitted = await fitHeightsApart({
      databasePath: store.path,
      alignmentUid,
      runUids,
      correlationMm: 0.5,
      isJudged: true,
      workerCount: 1,
    });
    const second = getAsBuilt(store, storeAsBuilt(store, alignmentUid, {...fitted, runUids}, {by: 'Ada'}));
    expect(second.value).toMatchObject({version: 2, fittedRunUids: runUids, fittedPointCount: 2 * 28 * 28});
    expect(asBuiltStatusOf(store, first, nowS())).toMatchObject({status: 'replaced'});
    for (const plate of second.value.plates) {
      expect(plate.heights.source).toBe('fitted');
      // Two planes show little of five plates: what is left unknown is most of what was taken to be unknown.
      expect(plate.heights.errorMm).toBeGreaterThan(0.001);
      plate.heights.recovered.forEach(({part}) => expect(part).toBeLessThan(1));
    }
    // Predictions as aligned are made with it.
    const {prints} = alignedBenchOf(store, getAlignment(store, alignmentUid));
    expect(prints?.id).toBe(second.value.heightsArtifactUid);
    expect(listAsBuilt(store).map(({value}) => value.version)).toEqual([1, 2]);
  });

  it('has one plate designed again, with a lineage, and goes on from its checkpoint', async () => {
    const recorded = await recordedBench(store, asBuiltUid);
    const settings = reprintSettingsSchema.parse({
      plate: 5,
      steps: 26,
      tryingSteps: 1,
      batchSize: 4,
      learningRate: 0.1,
      fineFromRatio: 1,
      judgedCount: 12,
      trainingCount: 40,
    });
    const out = join(folder, 'again');
    const order = {
      settings,
      errors: {lateralMm: 0.02, axialMm: 0.02, rotationDeg: 0.05, print: {rmsMm: 0.01, correlationMm: 0.5}},
      folder: out,
      name: 'digits again',
      command: 'tried',
      workerCount: 1,
    };
    const controller = new AbortController();
    const stopped = reprintPlate(recorded, order, {
      signal: controller.signal,
      onNews: (news) =>
        news.kind === 'note' && news.text.startsWith('Step 25') && controller.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
    expect(existsSync(join(out, 'design.json'))).toBe(false);
    expect(existsSync(join(out, 'checkpoint', 'reprint.json'))).toBe(true);
    await expect(reprintPlate(recorded, {...order, settings: {...settings, seed: 2}})).rejects.toThrow(
      /checkpoint of another plate or of other settings/,
    );
    const notes: string[] = [];
    const made = await reprintPlate(recorded, order, {
      onNews: (news) => news.kind === 'note' && notes.push(news.text),
    });
    // One step was left.
    expect(notes.filter((text) => text.startsWith('Step'))).toHaveLength(1);
    expect(made.lineage).toMatchObject({
      plate: 5,
      parentName: 'digits',
      asBuiltUid,
      asBuiltVersion: 1,
      benchName: 'north',
    });
    expect(made.lineage.after.count).toBe(12);
    const [asBuilt, withPlate] = made.planes?.values ?? [];
    expect([asBuilt.name, withPlate.name]).toEqual(['as built', 'with the new plate 5']);
    expect(asBuilt.power).toHaveLength((made.planes?.side ?? 0) ** 2);
    expect(withPlate.power).not.toEqual(asBuilt.power);
    const design = await loadDesignFolder(out);
    // What was computed with thick plates stays a design of thick plates.
    const thick = {...bench.design, file: {...bench.design.file, plateOptics: thickPlates}};
    await writeReprint(
      {...recorded.bench, design: thick},
      {lineage: made.lineage, heightsMm: Float32Array.from(design.layers[4].values)},
      {folder: join(folder, 'thick'), name: 'thick again', command: 'tried'},
    );
    expect((await loadDesignFolder(join(folder, 'thick'))).file.plateOptics).toEqual(thickPlates);
    // Sessions that are measured with the new plate say in their report where it comes from.
    const {uid: againUid} = store.createSession({
      ...{title: 'again', operator: 'Ada', benchName: 'north'},
      designHash: design.file.contentHash,
    });
    store.addArtifact({
      ...{sessionUid: againUid, kind: artifactKinds.design, name: 'design.json'},
      mediaType: 'application/json',
      bytes: new Uint8Array(readFileSync(join(out, 'design.json'))),
      metadata: {designHash: design.file.contentHash},
    });
    expect(new Map(calibrationChain(store, againUid, {})).get('one plate designed again')).toContain(
      `plate 5 of digits (${bench.design.file.contentHash}), all others as they are; for as-built record version 1 (${asBuiltUid})`,
    );
    expect(design.file.name).toBe('digits again');
    expect(design.file.training).toMatchObject({
      command: 'tried',
      reprint: {parentHash: bench.design.file.contentHash},
    });
    design.layers.forEach(({values}, i) => {
      const same = values.every((value, k) => Math.abs(value - bench.design.layers[i].values[k]) < 1e-6);
      expect(same, `plate ${i + 1}`).toBe(i !== 4);
    });
    await expect(
      reprintPlate(recorded, {...order, folder: join(folder, 'none'), settings: {...settings, plate: 6}}),
    ).rejects.toThrow(/Plate 6 cannot be printed again/);
  });

  it('offers what may be done, with what each gains, costs and risks', async () => {
    const offers = await offersApart({
      databasePath: store.path,
      asBuiltUid,
      judgedCount: 12,
      learnedCount: 12,
      tryingSteps: 1,
      seed: 1,
      errors: {lateralMm: 0.02, axialMm: 0.02, rotationDeg: 0.05, print: {rmsMm: 0, correlationMm: 0.5}},
      planeS: 60,
      workerCount: 1,
    });
    expect(offers.offers.map(({kind}) => kind)).toEqual(['read-out', 'move', 'reprint']);
    const [readOut, move, reprint] = offers.offers;
    expect(readOut.cost).toMatchObject({planes: 12, measuringS: 720});
    // The bench of the test differs from its design by its places alone: moved, it is as designed.
    expect(move.after).toEqual(offers.designed);
    expect(reprint.cost.printG).toBeGreaterThan(0.1);
    expect(offers.tried).toHaveLength(5);
    expect(offers.planes.values.map(({name, power}) => [name, power.length])).toEqual([
      ['as designed', 24 * 24],
      ['as built', 24 * 24],
      ['plates moved', 24 * 24],
    ]);
  });
});

describe('predictions of a network as it was built', () => {
  it('are of the record that is named, or of the placement that is accepted, and say so', async () => {
    const {file} = bench.design;
    const [first] = listAsBuilt(store);
    const at = {design: file, atS: nowS()};
    const named = chosenBench(store, {kind: 'record', uid: first.uid}, at);
    expect(named.source).toMatchObject({
      asBuiltUid: first.uid,
      version: 1,
      benchName: 'north',
      isAccepted: true,
    });
    // The first record knows heights as designed, whatever a later one has found.
    expect(named.found.prints).toBeUndefined();
    expect((await named.read()).prints).toBeUndefined();
    const accepted = chosenBench(store, {kind: 'accepted'}, at);
    expect(accepted.source).toMatchObject({version: 2, isAccepted: true});
    expect(accepted.found.prints?.valuesMm).toHaveLength(5 * 60 ** 2);
    const other = {...at, design: {name: 'other', contentHash: 'sha256:x'}};
    expect(() => chosenBench(store, {kind: 'record', uid: first.uid}, other)).toThrow(
      /of another design \(digits\) than other/,
    );
    expect(() => chosenBench(store, {kind: 'accepted'}, other)).toThrow(/No placement is accepted for other/);
  });

  it('show the plane that the bench shows, in the frame of the design', async () => {
    const {found} = chosenBench(
      store,
      {kind: 'record', uid: listAsBuilt(store)[0].uid},
      {design: bench.design.file, atS: nowS()},
    );
    const [digit] = bench.digits;
    const predict = (of?: FoundBench) =>
      predictIntensity({
        ...{designFolder: bench.designFolder, bench: of, method: 'asm', oversample: 2},
        object: {kind: 'plane', plane: digit.object},
      });
    const [built, designed] = [await predict(found), await predict()];
    const {count, pitchMm} = built;
    const at = (i: number): number => (i - (count - 1) / 2) * pitchMm;
    const shown = bench.read(
      digit,
      Float64Array.from(built.intensity, (_, i) => at(i % count)),
      Float64Array.from(built.intensity, (_, i) => at(Math.floor(i / count))),
      {...bench.state, frame: bench.designed.frame},
    );
    const likeness = ({intensity}: typeof built): number => computePearson(intensity, shown) ?? 0;
    // The bench reads means over an opening of 0.6 mm.
    expect(likeness(built)).toBeGreaterThan(0.97);
    expect(likeness(designed)).toBeLessThan(likeness(built) - 0.03);
    const {shares = [], winner} = built.verdict ?? {};
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(winner).toBe(String(shares.indexOf(Math.max(...shares))));
  });

  it('run over a set of images as the threads of the calibration compute them', async () => {
    const {read, found} = chosenBench(store, {kind: 'accepted'}, {design: bench.design.file, atS: nowS()});
    const built = await read();
    const {images, judged} = drawnObjects(built.design.file, {taughtCount: 1, judgedCount: 10});
    const files = {imagesPath: join(folder, 'images.idx'), labelsPath: join(folder, 'labels.idx')};
    const size = images.rows * images.columns;
    const from = judged[0];
    const head = (kind: number, ...sides: number[]): Uint8Array =>
      new Uint8Array(Uint32Array.of(kind, ...sides).map(swapped).buffer);
    writeFileSync(
      files.imagesPath,
      Buffer.concat([
        head(0x803, 10, images.rows, images.columns),
        images.bytes.subarray(from * size, (from + 10) * size),
      ]),
    );
    writeFileSync(files.labelsPath, Uint8Array.of(...head(0x801, 10), ...images.labels.subarray(from)));
    const request = {
      bench: built,
      illumination: found.illumination ?? built.design.file.illumination,
      images: {kind: 'files' as const, fullScale: 255, ...files},
      workerCount: 1,
    };
    const classified = await classifyAsBuiltApart({...request, limit: 10});
    await using pool = createAsBuiltPool(asBuiltWork(built, images), {workerCount: 1});
    const energies = await pool.energies({
      ...{place: 0, heightsMm: null, grain: 'fine', draw: noDraw, indices: judged},
    });
    const right = energies.filter(
      (own, i) => own.indexOf(Math.max(...own)) === images.labels[judged[i]],
    ).length;
    expect(classified).toMatchObject({count: 10, accuracy: right / 10});
    expect(classified.confusion.flat().reduce((sum, own) => sum + own, 0)).toBe(10);
    expect(classified.efficiency).toBeGreaterThan(0);
    expect(classified.efficiency).toBeLessThan(1);
    await expect(
      classifyAsBuiltApart({...request, images: {kind: 'test-digits'}, limit: 30}),
    ).rejects.toThrow(/labels that are no class of digits, which tells 4/);
  });
});

/** The bytes of a number of 32 bits the other way round. */
const swapped = (value: number): number => Buffer.from(Uint32Array.of(value).buffer).readUInt32BE(0);

describe('how many objects a read-out has to be learnt from', () => {
  it('is foretold of a network as it was built, and of a design on drawn benches', async () => {
    const {bench: built, uid} = await recordedBench(store, listAsBuilt(store)[0].uid);
    const counts = {learnedCount: 10, testedCount: 10, seed: 1, workerCount: 1};
    const ofBuilt = await readOutCurveApart({...counts, of: {kind: 'built', bench: built, uid}});
    expect(ofBuilt).toMatchObject({asBuiltUid: uid, benchCount: 1, before: {count: 10}});
    expect(ofBuilt.points.map(({count, after}) => [count, after.count])).toEqual([[10, 10]]);
    const model = measurementModelSchema.parse({});
    const drawn = {
      kind: 'drawn' as const,
      designFolder: bench.designFolder,
      model,
      benchCount: 2,
      isQuick: true,
    };
    const ofDrawn = await readOutCurveApart({...counts, of: drawn});
    expect(ofDrawn).toMatchObject({asBuiltUid: null, benchCount: 2, before: {count: 20}});
    expect(ofDrawn.points.map(({after}) => after.count)).toEqual([20]);
  });
});

describe('a calibrated read-out', () => {
  it('is learnt from measured objects, tested by others, and shown beside the raw verdicts', async () => {
    const {sessionUid, runUids} = campaign;
    const study = await learnReadOutApart({
      databasePath: store.path,
      sessionUids: [sessionUid],
      seed: 1,
      testedCount: 12,
      asBuiltUid: null,
      simulatedCount: 0,
    });
    expect(study.learnedRunUids).toHaveLength(12);
    expect(study.testedRunUids).toHaveLength(12);
    expect(new Set([...study.learnedRunUids, ...study.testedRunUids])).toEqual(new Set(runUids));
    expect(study.before.count).toBe(12);
    const raw = computeCampaign(store, sessionUid).result;
    expect(raw.readOutCalibration).toBeUndefined();
    // Class 1 wins everything with such an offset: what is shown is what was learnt.
    const offsets = study.correction.offsets.map((own, k) => own + (k === 1 ? 10 : 0));
    const uid = store.addCalibration({
      kind: readOutKinds.calibration,
      sessionUid,
      runUid: study.learnedRunUids[0],
      timeS: nowS(),
      validUntilS: nowS() + 3600,
      value: {
        benchName: 'north',
        benchSeed: 3,
        designHash: bench.design.file.contentHash,
        designName: 'digits',
        study: {...study, correction: {...study.correction, offsets}},
        by: 'Ada',
        programVersion: 'test',
      },
    });
    const {result} = computeCampaign(store, sessionUid);
    expect(result.digits.map(({measured}) => measured)).toEqual(raw.digits.map(({measured}) => measured));
    expect(result.accuracyMeasured).toEqual(raw.accuracyMeasured);
    expect(new Set(result.digits.map(({calibrated}) => calibrated?.winner))).toEqual(new Set(['1']));
    const {readOutCalibration} = result;
    expect(readOutCalibration).toMatchObject({calibrationUid: uid, learnedCount: 12});
    expect(readOutCalibration?.winnersCalibrated.count).toBe(12);
    const ones = result.digits.filter(
      ({label, calibrated}) => label === '1' && calibrated?.isLearned === false,
    );
    expect(readOutCalibration?.winnersCalibrated.successes).toBe(ones.length);

    // Beside the raw winners also where two planes are compared, and in the report.
    const [a, b] = runUids;
    const compared = compareSides(store, {
      a: {kind: 'run', runUid: a},
      b: {kind: 'prediction', runUid: b, placement: 'nominal'},
      predictedA: null,
      predictedB: null,
    });
    expect(compared).toMatchObject({
      winnerA: raw.digits[0].measured.winner,
      calibratedA: '1',
      calibratedB: null,
    });
    const {reportPath} = await evaluateCampaign(store, sessionUid, folder);
    const report = readFileSync(reportPath, 'utf8');
    expect(report).toMatch(/measured <strong>\d<\/strong>.{0,80}calibrated read-out <strong>1<\/strong>/);
    expect(report).toContain('Winner with the calibrated read-out');
    expect(report).toContain(uid);

    // A later campaign on the same bench is read with it, until it is over or another design stood there.
    const later = await writeMeasuredSession(
      store,
      {...bench, digits: bench.digits.slice(0, 1)},
      {benchSeed: 3, hasPredictions: true},
    );
    expect(computeCampaign(store, later.sessionUid).result.digits[0].calibrated).toMatchObject({
      winner: '1',
      isLearned: false,
    });
    const other = await writeMeasuredSession(
      store,
      {...bench, digits: bench.digits.slice(0, 1)},
      {benchSeed: 4, hasPredictions: true},
    );
    expect(computeCampaign(store, other.sessionUid).result.digits[0].calibrated).toBeUndefined();
    const readOut = getReadOut(store, uid);
    expect(readOutStatusOf(store, readOut, {atS: nowS()}).status).toBe('current');
    expect(readOutStatusOf(store, readOut, {atS: nowS() + 7200})).toMatchObject({status: 'expired'});
    expect(
      readOutStatusOf(store, {...readOut, order: readOut.order - 1, uid: 'before'}, {atS: nowS()}).status,
    ).toBe('replaced');

    // A report names everything that stands between the design and such verdicts.
    const placementUid = acceptAlignment(store, alignmentUid, {validForH: 1, author: 'Ben', atS: nowS()});
    const builtUid = storeAsBuilt(store, alignmentUid, null, {by: 'Cleo'});
    const rate = {successes: 1, count: 2, ratio: 0.5, low: 0, high: 1, confidence: 0.95};
    const chain = new Map(
      calibrationChain(store, sessionUid, {
        alignment: {alignmentUid, placementUid, alignedAtS: 1, matchAligned: rate, accuracyAligned: rate},
        ...(readOutCalibration && {readOutCalibration}),
      }),
    );
    expect(chain.get('plates, nominal simulation')).toBe('thin');
    expect(chain.get('plates, simulation as aligned')).toBe('thin');
    expect(chain.get('alignment')).toMatch(new RegExp(`^${alignmentUid}, (trusted|doubtful), .* 2 planes`));
    expect(chain.get('placement')).toMatch(new RegExp(`^${placementUid}, accepted by Ben at .* UTC, until`));
    expect(chain.get('network as built')).toMatch(
      new RegExp(`^record version \\d \\(${builtUid}\\), made by Cleo at .* heights as designed`),
    );
    expect(chain.get('calibration of the read-out')).toMatch(
      new RegExp(`^${uid}, made by Ada at .* learnt from 12 objects; of 12 others`),
    );

    const ledgerStatusOf = (own: string): string | undefined =>
      viewCalibrations(store, nowS()).find((entry) => entry.uid === own)?.status;
    expect(ledgerStatusOf(uid)).toBe('current');
    revokeReadOut(store, uid);
    expect(ledgerStatusOf(uid)).toBe('revoked');
    expect(readOutStatusOf(store, readOut, {atS: nowS()}).status).toBe('revoked');
    expect(computeCampaign(store, sessionUid).result.readOutCalibration).toBeUndefined();
    expect(() => revokeReadOut(store, uid)).toThrow(/revoked already/);
  });

  it('is refused with too few objects, and of two benches', async () => {
    const request = {sessionUids: [campaign.sessionUid], seed: 1};
    expect(() => learnReadOut(store, {...request, testedCount: 20})).toThrow(/30 are needed/);
    const other = await writeMeasuredSession(
      store,
      {...bench, digits: bench.digits.slice(0, 1)},
      {benchSeed: 5, hasPredictions: true},
    );
    expect(() =>
      learnReadOut(store, {...request, sessionUids: [campaign.sessionUid, other.sessionUid]}),
    ).toThrow(/several benches or designs/);
  });
});
