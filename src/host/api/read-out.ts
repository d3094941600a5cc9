import {join} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import type {ReadOutTraining} from '../../contract/read-out-training.ts';
import {defaultDesignFolder} from '../designs/default-design.ts';
import {fileExists} from '../files/file-exists.ts';
import type {HostServices} from '../services.ts';
import {readOutApart} from '../twin/twin-threads.ts';
import {dataServicesOf} from './data-services.ts';
import {designPlacesOf, namedPath} from './named-paths.ts';
import {os, type ApiContext} from './procedures.ts';

const subject = 'twin.readOut';

/** Trains the electronic read-out of a design as a computation. */
export const readOutHandler = (services: HostServices) => {
  const {computations} = dataServicesOf(services);
  const {own} = designPlacesOf(services);
  return os.twin.readOut.handler(async ({input, context}) => {
    const {designFolder = defaultDesignFolder, folder: named, command, workerCount} = input;
    const folder = namedPath(named, {within: [own], subject}, context);
    await assertOwnOrNone(folder, designFolder);
    const request = {
      designFolder,
      folder,
      settings: {...input.settings, data: dataFrom(input.settings.data, context)},
      command: command ?? `${subject} by ${context.operator() || context.client}`,
      workerCount,
    };
    return computations.start({
      kind: 'read-out',
      title: `read-out of ${designFolder}`,
      whenStopped: 'Nothing was written.',
      async run({signal, onNote, onProgress}) {
        const result = await readOutApart(request, {
          signal,
          onProgress: (news) => (news.kind === 'note' ? onNote(news.text) : onProgress(news)),
        });
        return {kind: 'read-out', ...result};
      },
    });
  });
};

function dataFrom(data: ReadOutTraining['data'], context: ApiContext): ReadOutTraining['data'] {
  const within = {within: [], subject};
  return (
    data && {
      images: namedPath(data.images, within, context),
      labels: namedPath(data.labels, within, context),
    }
  );
}

/** A design gets another read-out, or a new folder is made; another design would be lost. */
async function assertOwnOrNone(folder: string, designFolder: string): Promise<void> {
  if (folder === designFolder || !(await fileExists(join(folder, 'design.json')))) return;
  throw new BenchError(
    'file/invalid',
    `${folder} holds another design, which would be lost. Nothing was started; name a new folder.`,
  );
}
