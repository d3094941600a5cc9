import {mkdtempSync, rmSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {encodeNpy} from '../../../src/base/npy.ts';
import {createRandom} from '../../../src/base/random.ts';
import type {Illumination, Probe} from '../../../src/contract/illumination.ts';
import type {ExitStatus} from '../../../src/contract/run-records.ts';
import {
  artifactKinds,
  storePrediction,
  type CampaignDetails,
} from '../../../src/host/campaign/campaign-results.ts';
import {chooseTestDigits, type TestDigit} from '../../../src/host/campaign/digits.ts';
import {defaultDesignFolder} from '../../../src/host/designs/default-design.ts';
import {openDesign} from '../../../src/host/designs/design-folder.ts';
import type {Store} from '../../../src/host/store/open-store.ts';
import {designedState} from '../../../src/twin/alignment/defaults.ts';
import {createPlaneEvaluator} from '../../../src/twin/alignment/evaluate-plane.ts';
import {createStack} from '../../../src/twin/alignment/stack.ts';
import type {BenchState} from '../../../src/twin/alignment/state.ts';
import {modelFrom, type Design} from '../../../src/twin/design/load.ts';
import {printedDesign, type PlateHeightErrors} from '../../../src/twin/design/printed-design.ts';
import {writeGridRun} from '../store/grid-run.ts';
import {numberKey, startRecord} from '../store/sample-run.ts';
import {createPlates, smallPlateLight} from './small-plates.ts';

export const probe: Probe = {kind: 'aperture', shape: 'rectangle', widthMm: 0.6, heightMm: 0.6};

/** What is unknown of a measured bench: fewer numbers than usual, so that an alignment takes a few seconds. */
export const unknowns = [
  ...[1, 2, 3, 4, 5].flatMap((plate) => [`plate${plate}.dx`, `plate${plate}.dy`]),
  'frame.dx',
  'frame.dy',
  'frame.rotation',
];

/** A bench that differs from the design by shifts of its plates and by where its scan stands. */
export interface MeasuredBench {
  readonly design: Design;
  readonly designFolder: string;
  readonly illumination: Illumination;
  /** Of its scans: points along a side and their distance, mm. */
  readonly side: number;
  readonly stepMm: number;
  readonly state: BenchState;
  readonly digits: readonly TestDigit[];
  readonly designed: BenchState;
  /** Relative powers behind a digit's mask at places of the scan; of the bench as it is unless a state is given. */
  read(digit: TestDigit, xMm: Float64Array, yMm: Float64Array, of?: BenchState): Float64Array;
}

/**
 * The fine model of the alignment itself stands for the bench: what is tested is the way through the store. Five small
 * plates unless the shipped design is asked for, whose fits take ten times as long.
 */
export async function createMeasuredBench(
  seed: number,
  digitCount: number,
  {isFullSize = false, printed}: {readonly isFullSize?: boolean; readonly printed?: PlateHeightErrors} = {},
): Promise<MeasuredBench> {
  const designFolder = isFullSize ? defaultDesignFolder : mkdtempSync(join(tmpdir(), 'd2nn-five-plates-'));
  if (!isFullSize) process.once('exit', () => rmSync(designFolder, {recursive: true, force: true}));
  const design = isFullSize
    ? await openDesign(designFolder)
    : await createPlates(designFolder, 'digits', [0, 1, 2, 3, 4]);
  const illumination = isFullSize
    ? {...smallPlateLight, radiusMm: 30, curvatureRadiusMm: null}
    : smallPlateLight;
  // The bench has its plates as they are printed, also where nobody knows it.
  const model = modelFrom(printedDesign(design, printed));
  const random = createRandom(`placements ${seed}`);
  const designed = designedState(model.plates, illumination);
  const state: BenchState = {
    ...designed,
    plates: designed.plates.map((plate) => ({
      ...plate,
      dxMm: 0.15 * random.normal(),
      dyMm: 0.15 * random.normal(),
    })),
    frame: {dxMm: 0.4, dyMm: -0.3, dzMm: 0, rotationDeg: 0.3, scale: 1},
  };
  const stack = createStack({
    wavelengthMm: model.wavelengthMm,
    grid: model.grid,
    oversample: 2,
    method: 'rs',
    plates: model.plates,
    outputZMm: model.outputZMm,
    probe,
  });
  const evaluator = createPlaneEvaluator(stack, probe);
  return {
    design,
    designFolder,
    illumination,
    side: isFullSize ? 40 : 28,
    stepMm: isFullSize ? 1.5 : 0.85,
    state,
    designed,
    digits: chooseTestDigits(digitCount, seed, design.file),
    read: ({object}, xMm, yMm, of = state) => evaluator.evaluate(of, {object, xMm, yMm}, []).power,
  };
}

const signalV = 1e-3;
const noiseV = 1e-6;
const offsetV = 5e-6;

export interface MeasuredSessionOptions {
  readonly side?: number;
  readonly stepMm?: number;
  readonly benchName?: string;
  readonly benchSeed?: number | null;
  /** How the run of each digit ended; null is still under way. */
  readonly endings?: readonly (ExitStatus | null)[];
  readonly hasDark?: boolean;
  /** Light of the scans, for one without any. */
  readonly brightness?: number;
  readonly designHash?: string;
  /** When its scans began, seconds since the epoch. */
  readonly timeS?: number;
  /** Steps in which the lock-in reads, V; with one its noise is below them and not seen. */
  readonly resolutionV?: number;
  /** Also what a campaign predicts: everything as designed, and the frame alone where it is. */
  readonly hasPredictions?: boolean;
}

/** Stores a campaign's session of a bench as the engine would, point by point; returns session and runs. */
export async function writeMeasuredSession(
  store: Store,
  bench: MeasuredBench,
  options: MeasuredSessionOptions = {},
): Promise<{sessionUid: string; runUids: string[]}> {
  const {
    side = bench.side,
    stepMm = bench.stepMm,
    benchName = 'north',
    benchSeed = null,
    endings = [],
    hasDark = true,
    brightness = 1,
    resolutionV,
  } = options;
  const {digits, design, designFolder} = bench;
  const random = createRandom(`noise ${digits[0].sample}`);
  const details: CampaignDetails = {
    kind: 'campaign',
    programVersion: 'test',
    seed: 1,
    designName: design.file.name,
    designFolder,
    regions: design.file.detector.regions,
    stepMm,
    digits: digits.map(({label, sample, index}) => ({label, sample, index})),
    illuminationNominal: design.file.illumination,
    illuminationKnown: bench.illumination,
    probe,
    benchSpeed: 1,
    isVirtual: true,
    benchSeed,
  };
  const {uid: sessionUid} = store.createSession({
    title: 'Planes',
    operator: 'Ada',
    benchName,
    designHash: design.file.contentHash,
    details,
  });
  for (const name of ['design.json', ...design.file.layers.map(({heightMap}) => heightMap)])
    store.addArtifact({
      sessionUid,
      kind: artifactKinds.design,
      name,
      mediaType: 'application/octet-stream',
      metadata: {designHash: design.file.contentHash},
      bytes: new Uint8Array(await readFile(join(designFolder, name))),
    });
  const recorder = store.recorder(sessionUid);
  if (hasDark)
    writeDark(store, sessionUid, () => offsetV + (resolutionV === undefined ? noiseV * random.normal() : 0));
  const runUids: string[] = [];
  digits.forEach((digit, index) => {
    const at = (place: number): number => (place - (side - 1) / 2) * stepMm;
    const cells = Array.from({length: side * side}, (_, i) => i);
    const xMm = Float64Array.from(cells, (i) => at(i % side));
    const yMm = Float64Array.from(cells, (i) => at(Math.floor(i / side)));
    const powers = bench.read(digit, xMm, yMm);
    const brightest = powers.reduce((most, power) => Math.max(most, power), 0);
    const ending = endings[index] === undefined ? 'success' : endings[index];
    const {uid} = writeGridRun(recorder, {
      rows: side,
      columns: side,
      stepMm,
      signalV: (xMm, yMm) => {
        const cell =
          Math.round(yMm / stepMm + (side - 1) / 2) * side + Math.round(xMm / stepMm + (side - 1) / 2);
        if (resolutionV !== undefined)
          return {
            xV: resolutionV * Math.round((offsetV + (signalV * powers[cell]) / brightest) / resolutionV),
            yV: 0,
          };
        return {
          xV: offsetV + (brightness * signalV * powers[cell]) / brightest + noiseV * random.normal(),
          yV: noiseV * random.normal(),
        };
      },
      isStopped: ending !== null,
      ...(ending === null ? {} : {exitStatus: ending}),
      start: {
        ...(options.timeS === undefined ? {} : {time: options.timeS}),
        plan_name: 'campaign-scan',
        sample: digit.sample,
        campaign_index: index,
        design_hash: options.designHash ?? design.file.contentHash,
      },
    });
    const {count, pitchMm} = digit.object.grid;
    store.addArtifact({
      sessionUid,
      runUid: uid,
      kind: artifactKinds.mask,
      name: `${digit.sample}.npy`,
      mediaType: 'application/x-npy',
      bytes: encodeNpy({shape: [count, count], dtype: '<f4', re: digit.object.re}),
      metadata: {pitchMm, label: digit.label},
    });
    runUids.push(uid);
    if (!options.hasPredictions) return;
    const {state, designed} = bench;
    for (const [kind, of] of [
      ['nominal', designed],
      ['registered', {...designed, frame: state.frame}],
    ] as const)
      storePrediction(
        store,
        {sessionUid, runUid: uid, kind: artifactKinds[kind]},
        bench.read(digit, xMm, yMm, of),
        {illumination: bench.illumination, frame: {dxMm: 0, dyMm: 0, rotationDeg: 0}, probe},
      );
  });
  return {sessionUid, runUids};
}

function writeDark(store: Store, sessionUid: string, read: () => number): void {
  const recorder = store.recorder(sessionUid);
  const start = startRecord(recorder, {plan_name: 'dark-level'});
  const descriptor = `${start.uid}-d`;
  recorder.write(['start', start]);
  recorder.write([
    'descriptor',
    {
      uid: descriptor,
      run_start: start.uid,
      time: 1000,
      name: 'dark',
      data_keys: {x_v: numberKey, y_v: numberKey},
      object_keys: {},
      configuration: {},
    },
  ]);
  for (let seq_num = 1; seq_num <= 20; seq_num++)
    recorder.write([
      'event',
      {
        uid: `${descriptor}:${seq_num}`,
        descriptor,
        seq_num,
        time: 1000 + seq_num,
        data: {x_v: read(), y_v: read() - offsetV},
        timestamps: {x_v: 1000, y_v: 1000},
      },
    ]);
  recorder.write([
    'stop',
    {
      uid: `${start.uid}-s`,
      run_start: start.uid,
      time: 1100,
      exit_status: 'success',
      reason: '',
      num_events: {dark: 20},
    },
  ]);
}
