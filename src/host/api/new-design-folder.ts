import {join} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import {fileExists} from '../files/file-exists.ts';
import type {HostServices} from '../services.ts';
import {designPlacesOf, namedPath} from './named-paths.ts';
import type {ApiContext} from './procedures.ts';

/**
 * The folder that a design of a calibrated network is written to: the one that a caller names and may write, else one among
 * the designs of the data folder, called as the design. Throws `file/invalid` for one that holds a design.
 */
export async function newDesignFolder(
  services: Pick<HostServices, 'data'>,
  {path, name}: {readonly path: string | undefined; readonly name: string},
  context: ApiContext,
): Promise<string> {
  const {own} = designPlacesOf(services);
  const folder =
    path === undefined
      ? join(own, name.replace(/[^\w.-]+/g, '-'))
      : namedPath(path, {within: [own], subject: 'calibrate'}, context);
  if (await fileExists(join(folder, 'design.json')))
    throw new BenchError(
      'file/invalid',
      `${folder} holds a design already, which would be lost. Nothing was started; name a new folder.`,
    );
  return folder;
}
