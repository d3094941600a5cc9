import {randomUUID} from 'node:crypto';
import {mkdir, readdir, rename, rm} from 'node:fs/promises';
import {dirname} from 'node:path';
import type {DesignFile} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {isTransmission, type MapDesign} from '../../contract/map-import.ts';
import {loadDesignFolder, saveDesign} from '../designs/design-folder.ts';
import {hasErrorCode} from '../files/read-if-there.ts';
import {programVersion} from '../version.ts';
import {readMapFiles, type ChosenPlane} from './chosen-planes.ts';
import {prepareMapDesign, savedPlatesOf, type PreparedMapDesign} from './map-design.ts';
import {allSourcesOf} from './plate-maps.ts';

/** A design that is to be made of maps. */
export interface MapImportRequest {
  readonly design: MapDesign;
  readonly name: string;
  readonly folder: string;
  /** ISO 8601, UTC. */
  readonly importedAt: string;
  /** How it was asked for, kept with the design. */
  readonly command: string;
}

/** A design that was made of maps. */
export interface MapImportResult {
  readonly folder: string;
  readonly name: string;
  readonly contentHash: string;
  readonly plateCount: number;
  readonly warnings: readonly string[];
}

/**
 * Makes a design folder of maps. It appears whole at the end or not at all, and never over something that is there.
 * Throws as `prepareMapDesign`, `plan/invalid` for a folder that holds something, and `store/full`.
 */
export async function importMaps(request: MapImportRequest): Promise<MapImportResult> {
  const {design, name, folder} = request;
  await assertFree(folder);
  const prepared = await prepareMapDesign(design, await readMapFiles(allSourcesOf(design)));
  const {frame, plates, warnings} = prepared;
  const draft = `${folder}.${randomUUID().slice(0, 8)}.new`;
  try {
    await mkdir(dirname(folder), {recursive: true});
    const file = await saveDesign(
      draft,
      {...frame.description, name, training: recordOf(request, prepared)},
      savedPlatesOf(frame, plates),
    );
    // Read back before it gets its name: what was written is what was meant.
    await loadDesignFolder(draft);
    await assertFree(folder);
    await rename(draft, folder);
    return {folder, name, contentHash: file.contentHash, plateCount: file.layers.length, warnings};
  } catch (error) {
    await rm(draft, {recursive: true, force: true});
    throw error;
  }
}

/** What the design keeps of where it came from: files by name and hash, and all that was answered. */
function recordOf(
  {design, importedAt, command}: MapImportRequest,
  {frame, plates}: PreparedMapDesign,
): NonNullable<DesignFile['training']> {
  const {answers, levels, masks, maskLevels} = design;
  const fromText = (plane: ChosenPlane | null): Readonly<Record<string, string>> | null =>
    plane && {file: plane.file.name, sha256: plane.file.sha256, array: plane.name};
  const areMasks = isTransmission(answers.quantity);
  return {
    imported: {
      at: importedAt,
      command,
      programVersion,
      geometry: frame.text,
      maps: plates.map(({relief, mask}) => fromText(areMasks ? (mask?.plane ?? null) : relief)),
      answers,
      levels,
      ...(masks && {
        masks: plates.map(({mask}) => fromText(mask?.plane ?? null)),
        maskAnswers: {quantity: masks.quantity, raw: masks.raw, complex: masks.complex},
      }),
      ...(maskLevels !== null && {maskLevels}),
    },
  };
}

async function assertFree(folder: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw new BenchError(
      'plan/invalid',
      `The folder ${folder} cannot be used (${error instanceof Error ? error.message : String(error)}). Nothing was imported; name another one.`,
      {cause: error},
    );
  }
  if (names.length > 0)
    throw new BenchError(
      'plan/invalid',
      `The folder ${folder} holds something already (${names.slice(0, 3).join(', ')}). Nothing was imported; name a folder that does not exist yet.`,
    );
}
