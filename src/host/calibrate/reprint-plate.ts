import {countOf} from '../../base/count-text.ts';
import {fixedText} from '../../base/number-format.ts';
import type {DrawnPlanes} from '../../contract/calibrate-offers.ts';
import {BenchError} from '../../contract/errors.ts';
import type {ReprintLineage, ReprintSettingsData} from '../../contract/reprint.ts';
import {sFromMs} from '../../contract/units.ts';
import {beginPlate, type PlateCheckpoint} from '../../twin/calibration/plate-training.ts';
import {createReadOut} from '../../twin/metrics/index.ts';
import {createAsBuiltPool} from './as-built-pool.ts';
import {drawnPlane, shownPower, shownStepMm} from './drawn-planes.ts';
import {drawnObjects, type DrawnObjects} from './drawn-objects.ts';
import type {RecordedBench} from './recorded-bench.ts';
import {createReprintCheckpoint, type StoredReprint} from './reprint-checkpoint.ts';
import type {ReprintNews, ReprintOutput, ReprintRequest} from './reprint-protocol.ts';
import {originOf, rateOfJudged, writeReprint} from './reprint-record.ts';
import {
  asBuiltWork,
  heightsAt,
  judgePlate,
  printablePlaces,
  retrainPlate,
  tryPlates,
  type AsBuiltBench,
  type ComputedBench,
  type ReprintSettings,
} from './reprint.ts';

export interface ReprintHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onNews?: ((news: ReprintNews) => void) | undefined;
}

/** Steps between two checkpoints. */
const checkpointSteps = 25;

/**
 * Designs one plate of a network again, all others frozen as built and where they stand, and writes a new design whose other
 * plates are the old ones. Stopped, it keeps a checkpoint and goes on from there when it is called with the same settings.
 * Throws `plan/invalid` for networks of which no plate can be designed again.
 */
export async function reprintPlate(
  {bench, uid, record}: RecordedBench,
  {
    settings: data,
    errors,
    folder,
    name,
    command,
    workerCount,
  }: Omit<ReprintRequest, 'databasePath' | 'asBuiltUid'>,
  {signal, onNews}: ReprintHooks = {},
): Promise<ReprintOutput> {
  const startedMs = performance.now();
  const objects = drawnObjects(bench.design.file, {
    taughtCount: data.trainingCount,
    judgedCount: data.judgedCount,
  });
  const store = createReprintCheckpoint(folder, JSON.stringify({uid, settings: data, errors}));
  const resumed = await store.read();
  await using pool = createAsBuiltPool(asBuiltWork(bench, objects.images), {workerCount, signal});
  const settings: ReprintSettings = {...data, errors};
  const job: Job = {pool, bench, objects, settings, signal, say: sayer(bench, data, onNews)};
  const begun = resumed ?? (await choosePlate(job, data.plate));
  const {plate, tried, before} = begun;
  const secondsNow = (): number => begun.seconds + sFromMs(performance.now() - startedMs);
  const {heightsMm} = await retrainPlate(
    job,
    {place: plate - 1, objectCount: objects.taught.length},
    settings,
    {
      start: begun.checkpoint,
      signal,
      async onStep({step, loss, accuracy, margin}, checkpoint) {
        job.say.step(step);
        if (step % checkpointSteps !== 0 && step !== settings.steps) return;
        job.say.note(
          `Step ${step}: loss ${fixedText(loss, 2)}, ${fixedText(100 * accuracy, 0)} % right, margin ${fixedText(margin, 3)}.`,
        );
        await store.write({plate, tried, before, checkpoint, seconds: secondsNow()});
      },
    },
  );
  const after = await judged(job, {place: plate - 1, heightsMm});
  const planes = await shownPlanes(job, {place: plate - 1, heightsMm});
  const lineage: ReprintLineage = {
    ...originOf({bench, uid, record}),
    plate,
    settings: data,
    tried,
    ...before,
    after: after.rate,
    confusionAfter: after.confusion,
    seconds: secondsNow(),
  };
  const designHash = await writeReprint(bench, {lineage, heightsMm}, {folder, name, command});
  return {folder, designHash, designName: name, lineage, planes};
}

interface Job extends ComputedBench {
  readonly objects: DrawnObjects;
  readonly settings: ReprintSettings;
  readonly signal: AbortSignal | undefined;
  readonly say: ReturnType<typeof sayer>;
}

/** Tells how far it is, in steps of whatever is trained. */
function sayer(
  {design}: AsBuiltBench,
  {plate, steps, tryingSteps}: ReprintSettingsData,
  onNews: ReprintHooks['onNews'],
) {
  const trying = plate === null ? printablePlaces(design).length * tryingSteps : 0;
  const total = trying + steps;
  const report = (done: number, text: string): void => onNews?.({kind: 'progress', done, total, text});
  return {
    note: (text: string): void => onNews?.({kind: 'note', text}),
    tried: (count: number): void =>
      report(count * tryingSteps, `${countOf(count, 'plate')} tried, of ${printablePlaces(design).length}`),
    step: (step: number): void => report(trying + step, `step ${step} of ${steps}`),
  };
}

/** What the network reads as it is, and the plate that recovers most unless one is named. */
async function choosePlate(job: Job, named: number | null): Promise<StoredReprint> {
  const {bench, objects, settings, signal, say} = job;
  const places = printablePlaces(bench.design);
  if (named !== null && !places.includes(named - 1))
    throw new BenchError(
      'plan/invalid',
      `Plate ${named} cannot be printed again: ${bench.design.file.name} has ${countOf(bench.design.layers.length, 'plate')}, and those with a relief are ${places.map((place) => place + 1).join(', ')}. Nothing was computed.`,
    );
  const as = await judged(job, {place: 0, heightsMm: null});
  say.note(`As built ${as.rate.successes} of ${as.rate.count} drawn objects are read right.`);
  let count = 0;
  const tried =
    named === null
      ? await tryPlates(
          job,
          {labels: objects.images.labels, trainedCount: objects.taught.length, judged: objects.judged},
          settings,
          {
            signal,
            onPlate({place, accuracy}) {
              say.note(`Plate ${place + 1} tried: ${accuracy.successes} of ${accuracy.count} right.`);
              say.tried(++count);
            },
          },
        )
      : [];
  const place = named === null ? tried[0].place : named - 1;
  return {
    plate: place + 1,
    tried: tried.map(({place: own, ...rest}) => ({plate: own + 1, ...rest})),
    before: {before: as.rate, confusionBefore: as.confusion},
    checkpoint: startOf(bench, place),
    seconds: 0,
  };
}

/** The plate as it was designed. */
const startOf = (bench: AsBuiltBench, place: number): PlateCheckpoint =>
  beginPlate(heightsAt(bench, place), bench.design.layers[place].values);

async function judged(
  {pool, bench, objects, settings: {errors, seed}}: Job,
  changed: {readonly place: number; readonly heightsMm: Float32Array | null},
) {
  const {labels} = objects.images;
  const {judgements} = await judgePlate(pool, bench, changed, {
    labels,
    indices: objects.judged,
    errors,
    seed,
  });
  return rateOfJudged(bench.design, judgements);
}

/** What a drawn object shows through the network as built, with the plate of before and with the new one. */
async function shownPlanes(
  {pool, bench, objects: {images, judged: indices}}: Job,
  changed: {readonly place: number; readonly heightsMm: Float32Array},
): Promise<DrawnPlanes> {
  const see = (heightsMm: Float32Array | null) => drawnPlane(pool, {...changed, heightsMm}, indices[0]);
  const [before, after] = [await see(null), await see(changed.heightsMm)];
  const {labels} = createReadOut(bench.design.file.detector);
  return {
    label: labels[images.labels[indices[0]]],
    side: before.side,
    stepMm: shownStepMm,
    values: [
      {name: 'as built', power: shownPower(before)},
      {name: `with the new plate ${changed.place + 1}`, power: shownPower(after)},
    ],
  };
}
