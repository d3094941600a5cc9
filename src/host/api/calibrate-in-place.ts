import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import type {InPlaceOrder} from '../../contract/reprint.ts';
import type {Job} from '../services.ts';
import {checkpointOf, learnInPlace, type InPlaceRequest} from '../calibrate/in-place.ts';
import {inPlaceCost, inPlaceSeconds} from '../calibrate/in-place-cost.ts';
import {assertCanLearnInPlace} from '../calibrate/in-place-rules.ts';
import {recordedBench, type RecordedBench} from '../calibrate/recorded-bench.ts';
import {printablePlaces} from '../calibrate/reprint.ts';
import {readStoppedInPlace, stoppedInPlace} from '../calibrate/stopped-in-place.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import type {HostServices} from '../services.ts';
import {programVersion} from '../version.ts';
import {dataServicesOf} from './data-services.ts';
import {designPlacesOf, namedPath} from './named-paths.ts';
import {newDesignFolder} from './new-design-folder.ts';
import {os} from './procedures.ts';

/** A plate that is learnt on the open bench; part of `calibrate`. */
export const calibrateInPlaceApi = (services: HostServices) => {
  const {store, bench} = services;
  const {inPlaceOutcomes, inPlaceFollowing} = dataServicesOf(services);
  const {own} = designPlacesOf(services);
  return {
    inPlaceDryRun: dryRunHandler(services),

    inPlace: os.calibrate.inPlace.handler(async ({input, context}) => {
      const {asBuiltUid, settings, pointsPerSide, startFolder, ...given} = input;
      bench.requireOpen();
      const recorded = await recordedBench(store, asBuiltUid);
      const plate = plateOf(recorded, settings);
      const name = given.name ?? `${recorded.record.designName} with plate ${plate} learnt in place`;
      const folder = await newDesignFolder(services, {path: given.folder, name}, context);
      const by = given.operator ?? (context.operator() || context.client);
      const order = {
        ...{asBuiltUid, pointsPerSide, name, settings: {...settings, plate}},
        startFolder: startFolder === undefined ? null : namedPath(startFolder, pathsOf(services), context),
        command: given.command ?? `calibrate.inPlace by ${by}`,
      };
      return await startLearning(services, {...given, order, folder, recorded, operator: by});
    }),

    resumeInPlace: os.calibrate.resumeInPlace.handler(async ({input, context}) => {
      const {folder: named, operator, ...given} = input;
      bench.requireOpen();
      const {folder, order} = await readStoppedInPlace(
        namedPath(named, {within: [own], subject: 'calibrate.resumeInPlace'}, context),
      );
      const recorded = await recordedBench(store, order.asBuiltUid);
      const by = operator ?? (context.operator() || context.client);
      return await startLearning(services, {...given, order, folder, recorded, operator: by});
    }),

    inPlaceStopped: os.calibrate.inPlaceStopped.handler(async () => {
      const underWay = bench.isBusy ? inPlaceFollowing.progress?.folder : undefined;
      return {stopped: (await stoppedInPlace(own)).filter(({folder}) => folder !== underWay)};
    }),

    inPlaceProgress: os.calibrate.inPlaceProgress.handler(() => ({progress: inPlaceFollowing.progress})),

    inPlaceOutcome: os.calibrate.inPlaceOutcome.handler(({input: {id}}) => inPlaceOutcomes.get(id)),
  };
};

/** The plate that is meant, from 1: the last one with a relief unless another is named. */
const plateOf = ({bench: {design}}: RecordedBench, {plate}: InPlaceOrder['settings']): number =>
  plate ?? (printablePlaces(design).at(-1) ?? 0) + 1;

/** What it would take, and why it may not be: nothing moves. */
const dryRunHandler = ({store, bench}: HostServices) =>
  os.calibrate.inPlaceDryRun.handler(async ({input: {asBuiltUid, settings, pointsPerSide}, signal}) => {
    const recorded = await recordedBench(store, asBuiltUid);
    const plate = plateOf(recorded, settings);
    const plates = printablePlaces(recorded.bench.design).map((place) => place + 1);
    const cost = inPlaceCost(recorded, {settings, pointsPerSide});
    try {
      const open = bench.requireOpen();
      assertCanLearnInPlace(open, recorded, plate);
      const benchS = await inPlaceSeconds(open, recorded, {settings, pointsPerSide, plate}, signal);
      return {isAllowed: true, refusal: '', plate, plates, ...cost, seconds: benchS / open.clock.speed};
    } catch (error) {
      signal?.throwIfAborted();
      const {message: refusal} = benchErrorFrom(error);
      return {isAllowed: false, refusal, plate, plates, ...cost, seconds: null};
    }
  });

/** A learning that is begun or gone on with. */
interface Learning extends Pick<InPlaceRequest, 'recorded' | 'folder' | 'operator' | 'workerCount'> {
  readonly order: InPlaceOrder;
  readonly onSettings?: Job['settingsPolicy'];
  readonly isAttended?: Job['isAttended'];
}

/** Starts it as a job of the bench, once it is known that it may be, and that its folder holds nothing else. */
async function startLearning(
  services: HostServices,
  {order, folder, recorded, operator, workerCount, onSettings, isAttended}: Learning,
): Promise<{readonly id: string; readonly folder: string}> {
  const {store, bench} = services;
  const {inPlaceOutcomes, inPlaceFollowing, designs} = dataServicesOf(services);
  const {record, bench: built} = recorded;
  const plate = plateOf(recorded, order.settings);
  assertCanLearnInPlace(bench.requireOpen(), recorded, plate);
  const start = order.startFolder === null ? built.design : await designs.open(order.startFolder);
  if (start.layers[plate - 1]?.values.length !== built.design.layers[plate - 1].values.length)
    throw new BenchError(
      'plan/invalid',
      `${start.file.name} has no plate ${plate} with as many pixels as that of ${record.designName}, so it cannot be where that begins. Nothing was moved.`,
    );
  const request: InPlaceRequest = {
    ...order,
    ...{recorded, start, folder, operator, workerCount, settings: {...order.settings, plate}},
  };
  // Told now and not after the run has begun.
  await checkpointOf(request).read();
  const {id} = bench.startJob({
    kind: 'in-place',
    settingsPolicy: onSettings,
    isAttended,
    title: `plate ${plate} of ${record.designName} learnt in place`,
    async run(onBench, hooks) {
      const made = await learnInPlace({bench: onBench, store}, request, {
        ...hooks,
        onLearnt: (news) => inPlaceFollowing.learnt(id, news),
      });
      const {benchName, benchSeed, alignmentUid} = record;
      const {designHash, designName, lineage} = made;
      const by = operator;
      store.addCalibration({
        kind: 'plate-reprint',
        sessionUid: getAlignment(store, alignmentUid).sessionUid,
        dependsOn: [order.asBuiltUid],
        value: {benchName, benchSeed, lineage, designHash, designName, folder, by, programVersion},
      });
      inPlaceOutcomes.keep(id, made);
    },
  });
  inPlaceFollowing.begin({
    ...{id, plate, folder, before: null, curve: []},
    designName: record.designName,
    stepCount: order.settings.steps,
  });
  return {id, folder};
}

const pathsOf = (services: HostServices) => ({
  within: designPlacesOf(services).all,
  subject: 'calibrate.inPlace',
});
