import {join} from 'node:path';
import {fixedText, percentText} from '../../base/number-format.ts';
import type {ApiInputs} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {imagingSettingsSchema} from '../../contract/imaging.ts';
import type {TrainingSettingsData} from '../../contract/training.ts';
import {readBenchFile} from '../bench/bench-file.ts';
import {checkTrainingData} from '../designs/check-training-data.ts';
import {assertOwnCheckpoint, hasBegun} from '../designs/checkpoint-store.ts';
import {settingsOfTraining, storedTrainings} from '../designs/stored-trainings.ts';
import {
  trainApart,
  type TrainingMessage,
  type TrainingNews,
  type TrainingRequest,
} from '../designs/train-apart.ts';
import {assertTrainable, onProcessors} from '../designs/train-design.ts';
import type {GpuLink} from '../gpu/gpu-offers.ts';
import {answerGpuRequest} from '../gpu/gpu-port.ts';
import type {ComputationHooks, ComputationJobs} from '../jobs/computation-jobs.ts';
import {createTrainingFeed, type TrainingFeeds} from '../jobs/training-feeds.ts';
import {fileExists} from '../files/file-exists.ts';
import type {HostServices} from '../services.ts';
import {dataServicesOf} from './data-services.ts';
import {designPlacesOf, namedPath} from './named-paths.ts';
import {os, type ApiContext} from './procedures.ts';

/** Trainings: begun, gone on with, and followed. */
export const trainingApi = (services: HostServices) => {
  const {computations, trainingFeeds: feeds, gpuOffers} = dataServicesOf(services);
  const begin: Begin = (request, gpuId) => {
    const gpu = gpuId === undefined ? undefined : gpuOffers.take(gpuId);
    try {
      return startTraining({...request, gpuName: gpu?.name}, {computations, feeds, gpu});
    } catch (error) {
      gpu?.end('the training was not begun');
      throw error;
    }
  };
  return {
    train: trainHandler(services, begin),
    resume: resumeHandler(services, begin),
    training: os.twin.training.handler(async ({input: {id, ...wait}, signal}) => {
      const feed = feeds.get(id);
      const {entries, ...answer} = await feed.follow({...wait, signal});
      return {
        hostId: services.hostId,
        ...answer,
        folder: feed.folder,
        settings: feed.settings,
        entries: [...entries],
      };
    }),
    trainings: os.twin.trainings.handler(() => storedTrainings(designPlacesOf(services).own)),
  };
};

type Begin = (request: TrainingRequest, gpuId: string | undefined) => {id: string; folder: string};

const trainHandler = (services: HostServices, begin: Begin) => {
  const {own, all} = designPlacesOf(services);
  const subject = 'twin.train';
  return os.twin.train.handler(async ({input, context, signal}) => {
    const {settings: given, folder: named, command, workerCount, gpuId} = input;
    const settings = {...given, ...(await trainedFor(input, context, signal))};
    const {startFrom, name} = settings;
    const from = startFrom === null ? null : namedPath(startFrom, {within: all, subject}, context);
    const folder =
      named === undefined
        ? join(own, folderNameFrom(name))
        : namedPath(named, {within: [own], subject}, context);
    assertTrainable(settings);
    const whole = {...settings, startFrom: from};
    await assertNoOtherDesign(folder, whole);
    await assertOwnCheckpoint(folder, whole);
    // Files that do not fit are refused here, before there is a training with a folder of its own.
    if (namesFiles(whole)) await checkTrainingData(whole, {signal});
    const by = `${subject} by ${context.operator() || context.client}`;
    return begin({settings: whole, folder, command: command ?? by, workerCount}, gpuId);
  });
};

const resumeHandler = (services: HostServices, begin: Begin) => {
  const {own} = designPlacesOf(services);
  const subject = 'twin.resume';
  return os.twin.resume.handler(async ({input: {folder: named, workerCount, gpuId}, context}) => {
    const folder = namedPath(named, {within: [own], subject}, context);
    const settings = await settingsOfTraining(folder);
    const command = `${subject} by ${context.operator() || context.client}`;
    return begin({settings, folder, command, workerCount}, gpuId);
  });
};

/** What a training is begun with. */
interface TrainingPlaces {
  readonly computations: ComputationJobs;
  readonly feeds: TrainingFeeds;
  /** Computes the steps where it was chosen. */
  readonly gpu: GpuLink | undefined;
}

function startTraining(
  request: TrainingRequest,
  {computations, feeds, gpu}: TrainingPlaces,
): {id: string; folder: string} {
  const {folder, settings} = request;
  const feed = createTrainingFeed({folder, settings});
  const {id} = computations.start({
    kind: 'train',
    title: `training of ${settings.name}`,
    whenStopped: `The design of its last epoch is kept in ${folder}; started again with the same settings it goes on from there.`,
    async run(hooks) {
      const {signal} = hooks;
      const onProgress = (message: TrainingMessage): void => {
        if (message.kind === 'gpu') return void (gpu && answerGpuRequest(gpu, message.request));
        reportTraining(message, settings.task, hooks);
        feed.add(message);
      };
      // A step that waits for the GPU is finished by the processors, so that a pause never waits for a window.
      const onAbort = (): void => gpu?.end('the training is paused');
      signal.addEventListener('abort', onAbort, {once: true});
      try {
        return {kind: 'train', folder, curve: await trainApart(request, {signal, onProgress})};
      } finally {
        signal.removeEventListener('abort', onAbort);
        gpu?.end('the training has ended');
      }
    },
  });
  feeds.add(id, feed);
  return {id, folder};
}

const namesFiles = ({data, task, imaging}: TrainingSettingsData): boolean =>
  data !== null || (task === 'imaging' && (imaging.images ?? imaging.targets) !== null);

/** Of the settings of a training what files of the computer say: light and probe of a bench, images. */
async function trainedFor(
  {settings, benchPath}: ApiInputs['twin']['train'],
  context: ApiContext,
  signal: AbortSignal | undefined,
): Promise<Partial<TrainingSettingsData>> {
  const within = {within: [], subject: 'twin.train'};
  const data = settings.data ?? null;
  const named = (path: string | null | undefined): string | null =>
    path === null || path === undefined ? null : namedPath(path, within, context);
  const imaging = imagingSettingsSchema.parse(settings.imaging ?? {});
  const ofFiles = {
    data:
      data === null
        ? null
        : {
            images: namedPath(data.images, within, context),
            labels: namedPath(data.labels, within, context),
          },
    imaging: {...imaging, images: named(imaging.images), targets: named(imaging.targets)},
  };
  if (benchPath === undefined) return ofFiles;
  const {illumination, probe} = await readBenchFile(namedPath(benchPath, within, context), signal);
  return {...ofFiles, probe, ...(illumination && {illumination})};
}

/** What a training tells, in words for those who follow computations of any kind. */
function reportTraining(
  news: TrainingNews,
  task: TrainingSettingsData['task'],
  {onNote, onProgress}: ComputationHooks,
): void {
  switch (news.kind) {
    case 'note':
      return onNote(news.text);
    case 'place':
      // As a rule, which needs no word.
      return news.text === onProcessors ? undefined : onNote(news.text);
    case 'progress': {
      const {step, stepCount, epoch, loss, accuracy} = news.progress;
      return onProgress(
        {done: step, total: stepCount, unit: 'steps'},
        `epoch ${epoch + 1}, loss ${fixedText(loss, 3)}, ` +
          (task === 'imaging'
            ? `correlation ${fixedText(accuracy, 3)}`
            : `training accuracy ${percentText(accuracy, 1)}`),
      );
    }
    case 'epoch': {
      const {epoch, validationAccuracy, efficiency, meanMargin, psnrDb, pearson, behindPearson, seconds} =
        news.point;
      if (task === 'imaging')
        return onNote(
          `epoch ${epoch}: SSIM ${fixedText(validationAccuracy, 3)} as printed, PSNR ${fixedText(psnrDb ?? 0, 1)} dB, ` +
            `correlation ${fixedText(pearson ?? 0, 3)}${behindPearson === undefined ? '' : ` (from behind ${fixedText(behindPearson, 3)})`}, efficiency ${percentText(efficiency, 2)}, ${seconds} s`,
        );
      return onNote(
        `epoch ${epoch}: validation ${percentText(validationAccuracy, 1)} as printed, ` +
          `margin ${fixedText(meanMargin ?? 0, 3)}, efficiency ${percentText(efficiency, 2)}, ${seconds} s`,
      );
    }
    case 'behind':
    case 'planes':
  }
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
async function assertNoOtherDesign(folder: string, settings: TrainingSettingsData): Promise<void> {
  const holds = (...names: readonly string[]): Promise<boolean> => fileExists(join(folder, ...names));
  if (!(await holds('design.json')) || (await holds('checkpoint', 'state.json'))) return;
  if (await hasBegun(folder, settings)) return;
  throw new BenchError(
    'file/invalid',
    `${folder} holds a design without the checkpoint of a training: it would be lost. Nothing was started; give the new design another name or folder.`,
  );
}
