import {fixedText, percentText} from '../../base/number-format.ts';
import type {InPlaceLineage, InPlaceOrder, ReprintLineage} from '../../contract/reprint.ts';
import {sFromMs} from '../../contract/units.ts';
import type {Design} from '../../twin/design/load.ts';
import type {MeasurementSite, RunHooks} from '../bench/bench-engine.ts';
import {measuringOn, runPlan} from '../guide/step-context.ts';
import {inPlace} from '../plans/in-place.ts';
import {createAsBuiltPool} from './as-built-pool.ts';
import {drawnObjects, type DrawnObjects} from './drawn-objects.ts';
import {assertCanLearnInPlace, scanRegionsOf} from './in-place-rules.ts';
import {createPlateOptimizer, mountOf, type PlateOptimizer} from './plate-optimizer.ts';
import type {RecordedBench} from './recorded-bench.ts';
import {createReprintCheckpoint, type StoredReprint} from './reprint-checkpoint.ts';
import type {ReprintOutput} from './reprint-protocol.ts';
import {originOf, rateOf, writeReprint} from './reprint-record.ts';
import {asBuiltWork} from './reprint.ts';

/** A plate to be learnt on the open bench; the bench itself says how far a new plate is off. */
export interface InPlaceRequest extends Omit<InPlaceOrder, 'asBuiltUid'> {
  readonly recorded: RecordedBench;
  readonly settings: InPlaceOrder['settings'] & {readonly plate: number};
  /** Design whose plate is the first to be changed: the parent, or one that was designed again for this bench. */
  readonly start: Design;
  /** Of the new design. */
  readonly folder: string;
  /** Who measures. */
  readonly operator: string;
  readonly workerCount?: number | undefined;
}

/** What is known of a plate while it is learnt: what that of before read right, once it was measured, and each step. */
export interface InPlaceNews {
  readonly before: ReprintLineage['before'] | null;
  readonly curve: InPlaceLineage['curve'];
}

/**
 * Learns one plate on the bench, everything else as it stands there: measured forward, carried back by the twin as built
 * (physics-aware training), and writes a design with it. A checkpoint is written after every step: stopped, in whatever
 * way, it goes on from there when it is called with the same settings and folder. Throws as `assertCanLearnInPlace`,
 * before anything moves.
 */
export async function learnInPlace(
  site: MeasurementSite,
  request: InPlaceRequest,
  hooks: RunHooks & {readonly signal: AbortSignal; readonly onLearnt?: (news: InPlaceNews) => void},
): Promise<ReprintOutput> {
  const startedMs = performance.now();
  const {recorded, settings, folder, name, command} = request;
  const {bench: built} = recorded;
  assertCanLearnInPlace(site.bench, recorded, settings.plate);
  const objects = drawnObjects(built.design.file, {
    taughtCount: settings.trainingCount,
    judgedCount: settings.judgedCount,
  });
  const kept = checkpointOf(request);
  const resumed = await kept.read();
  const report = ({before: {before}, inPlace}: Pick<StoredReprint, 'before' | 'inPlace'>): void =>
    hooks.onLearnt?.({before: before.count === 0 ? null : before, curve: inPlace?.curve ?? []});
  if (resumed) report(resumed);
  const secondsNow = (): number => (resumed?.seconds ?? 0) + sFromMs(performance.now() - startedMs);
  const sessionUid = resumed?.inPlace?.sessionUid ?? openSession(site, request);
  await using pool = createAsBuiltPool(asBuiltWork(built, objects.images), {
    workerCount: request.workerCount,
    signal: hooks.signal,
  });
  const pointsPerObject = built.design.file.detector.regions.length * request.pointsPerSide ** 2;
  const optimizer = createPlateOptimizer(pool, {
    ...{built, objects, settings, resumed, sessionUid, pointsPerObject},
    startMm: request.start.layers[settings.plate - 1].values,
    keep: async (state) => {
      await kept.write({...state, order: orderOf(request), seconds: secondsNow()});
      report(state);
    },
    onStep: ({step, loss, accuracy, margin}) =>
      hooks.onText?.(
        `Step ${step} of ${settings.steps}: loss ${fixedText(loss, 2)}, ${percentText(accuracy)} right, margin ${fixedText(margin, 3)}, as measured.`,
      ),
  });
  const energies = await measure(site, request, {objects, sessionUid, optimizer, hooks});
  site.store.closeSession(sessionUid);
  const lineage = lineageOf(
    request,
    {objects, energies, pointsPerObject, state: optimizer.state()},
    secondsNow(),
  );
  const made = {lineage, heightsMm: optimizer.lastHeights()};
  const designHash = await writeReprint(built, made, {folder, name, command});
  return {folder, designHash, designName: name, lineage};
}

/** The checkpoint of a learning in the folder of its design: for this bench, these settings and this plate alone. */
export const checkpointOf = ({recorded, settings, pointsPerSide, start, folder}: InPlaceRequest) =>
  createReprintCheckpoint(
    folder,
    JSON.stringify({inPlace: recorded.uid, settings, pointsPerSide, start: start.file.contentHash}),
  );

const orderOf = ({recorded, settings, pointsPerSide, startFolder, name, command}: InPlaceRequest) => ({
  ...{asBuiltUid: recorded.uid, settings, pointsPerSide, startFolder, name, command},
});

const openSession = (
  {bench, store}: MeasurementSite,
  {recorded: {bench: built}, settings, operator}: InPlaceRequest,
): string =>
  store.createSession({
    title: `plate ${settings.plate} of ${built.design.file.name} learnt in place`,
    operator,
    benchName: bench.file.name,
    designHash: built.design.file.contentHash,
    details: {kind: 'session', benchSeed: bench.seed ?? null},
  }).uid;

/** Carries the plan out; resolves with the energies of the objects that judge, behind the last plate. */
async function measure(
  {bench, store}: MeasurementSite,
  {recorded: {bench: built}, settings, operator, pointsPerSide}: InPlaceRequest,
  {
    objects,
    sessionUid,
    optimizer,
    hooks,
  }: {
    readonly objects: DrawnObjects;
    readonly sessionUid: string;
    readonly optimizer: PlateOptimizer;
    readonly hooks: RunHooks & {readonly signal: AbortSignal};
  },
): Promise<readonly ArrayLike<number>[]> {
  const {design, state} = built;
  const {after} = await runPlan({bench, store, sessionUid, design, operator, hooks}, () =>
    inPlace({
      ...measuringOn({bench, design}, `plate ${settings.plate} learnt in place`),
      ...{pointsPerSide, optimizer, plate: settings.plate},
      plateGrid: design.layers[settings.plate - 1].grid,
      regions: scanRegionsOf(design.file.detector.regions, state.frame),
      judged: objects.judged.map((index) => mountOf(design, objects, index)),
    }),
  );
  return after;
}

function lineageOf(
  {recorded, settings, pointsPerSide, start}: InPlaceRequest,
  {
    objects: {images, judged},
    energies,
    pointsPerObject,
    state: {before, inPlace: learnt},
  }: {
    readonly objects: DrawnObjects;
    readonly energies: readonly ArrayLike<number>[];
    readonly pointsPerObject: number;
    readonly state: ReturnType<PlateOptimizer['state']>;
  },
  seconds: number,
): ReprintLineage {
  const labels = judged.map((index) => images.labels[index]);
  const {rate, confusion} = rateOf(recorded.bench.design, labels, energies);
  return {
    ...originOf(recorded),
    ...{plate: settings.plate, settings, tried: [], ...before},
    inPlace: {
      ...learnt,
      pointsPerSide,
      startHash: start.file.contentHash,
      exchangeCount: settings.steps + 1,
      objectCount: learnt.objectCount + energies.length,
      pointCount: learnt.pointCount + energies.length * pointsPerObject,
    },
    ...{after: rate, confusionAfter: confusion, seconds},
  };
}
