import {access} from 'node:fs/promises';
import {join} from 'node:path';
import type {ApiInputs, TwinImages} from '../../contract/api/index.ts';
import type {TrainingSettingsData} from '../../contract/training.ts';
import {readBenchFile} from '../bench/bench-file.ts';
import {createGate} from '../../base/gate.ts';
import {BenchError} from '../../contract/errors.ts';
import {defaultDesignFolder} from '../designs/default-design.ts';
import {trainApart, type TrainingNews, type TrainingRequest} from '../designs/train-apart.ts';
import type {ComputationHooks} from '../jobs/computation-jobs.ts';
import {sensitivityApart} from '../probes/sensitivity-apart.ts';
import type {HostServices} from '../services.ts';
import type {ShownObject} from '../twin/plane-jobs.ts';
import {measurementModelOf} from '../twin/measurement-model-of.ts';
import {classifyApart, measureApart, predictApart, propagateApart} from '../twin/twin-threads.ts';
import {dataServicesOf} from './data-services.ts';
import {designPlacesOf, namedPath} from './named-paths.ts';
import {os, type ApiContext} from './procedures.ts';

/** Predictions that are computed at the same time; the others wait. */
const predictionCount = 2;

/** The optical twin by itself: planes, classifications, trainings. */
export const twinApi = (services: HostServices) => ({
  predict: predictHandler(services),
  propagate: propagateHandler(),
  sensitivity: sensitivityHandler(services),
  classify: classifyHandler(services),
  measure: measureHandler(services),
  train: trainHandler(services),
});

const predictHandler = (services: HostServices) => {
  const {designs, analysis} = dataServicesOf(services);
  const gate = createGate(predictionCount);
  const within = {within: [], subject: 'twin.predict'};
  return os.twin.predict.handler(async ({input, context, signal}) => {
    const {object, benchPath, designFolder = defaultDesignFolder, ...request} = input;
    const shown = async (): Promise<ShownObject> => {
      if (object.kind === 'file') return {...object, path: namedPath(object.path, within, context)};
      const {file: design} = await designs.open(designFolder);
      const one = {ids: [object.id], count: 1, seed: 0, design};
      const [digit] = await analysis.ask('chooseDigits', one, signal);
      return {kind: 'plane', plane: digit.object};
    };
    const whole = {
      ...request,
      ...(benchPath === undefined ? {} : {benchPath: namedPath(benchPath, within, context)}),
      designFolder,
      object: await shown(),
    };
    return await gate.run(() => predictApart(whole, signal), signal);
  });
};

const propagateHandler = () => {
  const gate = createGate(predictionCount);
  return os.twin.propagate.handler(({input, signal}) =>
    gate.run(() => propagateApart(input, signal), signal),
  );
};

const sensitivityHandler = (services: HostServices) => {
  const {computations} = dataServicesOf(services);
  return os.twin.sensitivity.handler(({input: {designFolder = defaultDesignFolder, ...options}}) =>
    computations.start({
      kind: 'sensitivity',
      title: `sensitivity of ${designFolder}`,
      whenStopped: 'Nothing of it is kept.',
      run: async ({signal}) => ({
        kind: 'sensitivity',
        sensitivity: await sensitivityApart({designFolder, ...options}, signal),
      }),
    }),
  );
};

const classifyHandler = (services: HostServices) => {
  const {computations} = dataServicesOf(services);
  return os.twin.classify.handler(({input, context}) => {
    const {images, designFolder = defaultDesignFolder, ...options} = input;
    const request = {...options, designFolder, images: imagesFrom(images, context)};
    return computations.start({
      kind: 'classify',
      title: `classification by ${designFolder}`,
      whenStopped: 'Nothing of it is kept.',
      async run({signal, onProgress}) {
        const classified = await classifyApart(request, {
          signal,
          onProgress: ({done, total}) => onProgress({done, total, unit: 'images'}),
        });
        return {kind: 'classify', ...classified};
      },
    });
  });
};

const measureHandler = (services: HostServices) => {
  const {computations} = dataServicesOf(services);
  return os.twin.measure.handler(async ({input, context, signal}) => {
    const {images, bench, designFolder = defaultDesignFolder, ...options} = input;
    const path =
      bench.kind === 'virtual'
        ? undefined
        : namedPath(bench.path, {within: [], subject: 'twin.measure'}, context);
    const model = await measurementModelOf(path, designFolder, signal);
    const request = {...options, model, designFolder, images: imagesFrom(images, context)};
    return computations.start({
      kind: 'measure',
      title: `losses of ${designFolder} on a bench`,
      whenStopped: 'Nothing of it is kept.',
      async run(hooks) {
        const {losses, ...measured} = await measureApart(request, {
          signal: hooks.signal,
          onProgress: ({done, total}) => hooks.onProgress({done, total, unit: 'images'}),
        });
        return {kind: 'measure', model, ...measured, losses: [...losses]};
      },
    });
  });
};

const trainHandler = (services: HostServices) => {
  const {computations} = dataServicesOf(services);
  const {own, all} = designPlacesOf(services);
  const subject = 'twin.train';
  return os.twin.train.handler(async ({input, context, signal}) => {
    const {settings: given, folder: named, command, workerCount} = input;
    const settings = {...given, ...(await trainedFor(input, context, signal))};
    const {startFrom, name} = settings;
    const from = startFrom === null ? null : namedPath(startFrom, {within: all, subject}, context);
    const folder =
      named === undefined
        ? join(own, folderNameFrom(name))
        : namedPath(named, {within: [own], subject}, context);
    await assertNoOtherDesign(folder);
    const request: TrainingRequest = {
      settings: {...settings, startFrom: from},
      folder,
      command: command ?? `${subject} by ${context.operator() || context.client}`,
      workerCount,
    };
    const {id} = computations.start({
      kind: 'train',
      title: `training of ${name}`,
      whenStopped: `The design of its last epoch is kept in ${folder}; started again with the same settings it goes on from there.`,
      async run(hooks) {
        const onProgress = (news: TrainingNews): void => reportTraining(news, hooks);
        return {kind: 'train', folder, curve: await trainApart(request, {signal: hooks.signal, onProgress})};
      },
    });
    return {id, folder};
  });
};

/** Of the settings of a training what files of the computer say: light and probe of a bench, images. */
async function trainedFor(
  {settings, benchPath}: ApiInputs['twin']['train'],
  context: ApiContext,
  signal: AbortSignal | undefined,
): Promise<Partial<TrainingSettingsData>> {
  const within = {within: [], subject: 'twin.train'};
  const data = settings.data ?? null;
  const ofFiles =
    data === null
      ? {}
      : {
          data: {
            images: namedPath(data.images, within, context),
            labels: namedPath(data.labels, within, context),
          },
        };
  if (benchPath === undefined) return ofFiles;
  const {illumination, probe} = await readBenchFile(namedPath(benchPath, within, context), signal);
  return {...ofFiles, probe, ...(illumination && {illumination})};
}

function reportTraining(news: TrainingNews, {onNote, onProgress}: ComputationHooks): void {
  if (news.kind === 'note') return onNote(news.text);
  onProgress({done: news.done, total: news.total, unit: 'steps'}, news.text);
}

function imagesFrom(images: TwinImages, context: ApiContext): TwinImages {
  if (images.kind === 'test-digits') return images;
  const {imagesPath, labelsPath, ...rest} = images;
  const within = {within: [], subject: 'twin.classify'};
  return {
    ...rest,
    imagesPath: namedPath(imagesPath, within, context),
    labelsPath: namedPath(labelsPath, within, context),
  };
}

/** Name of a folder for a design: letters, digits and hyphens of its own name. */
function folderNameFrom(name: string): string {
  const folder = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  if (folder !== '') return folder;
  throw new BenchError(
    'plan/invalid',
    `No folder can be named after the design "${name}". Nothing was started; give it a name with letters or digits, or name the folder.`,
  );
}

/** A training goes on from its own checkpoint; a design that has none was made otherwise and would be lost. */
async function assertNoOtherDesign(folder: string): Promise<void> {
  const exists = async (name: string): Promise<boolean> =>
    access(join(folder, name)).then(
      () => true,
      () => false,
    );
  if (!(await exists('design.json')) || (await exists(join('checkpoint', 'state.json')))) return;
  throw new BenchError(
    'file/invalid',
    `${folder} holds a design without the checkpoint of a training: it would be lost. Nothing was started; give the new design another name or folder.`,
  );
}
