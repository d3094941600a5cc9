import {readdir, stat} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {parseBoundedJson} from '../../base/bounded-json.ts';
import {createGate} from '../../base/gate.ts';
import {benchErrorFrom} from '../../contract/errors.ts';
import type {Design} from '../../twin/design/load.ts';
import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded} from '../files/read-bounded.ts';
import {designFrom, openDesign, openDesigns} from './design-folder.ts';

/** A design that is at hand, or why it cannot be used. */
export interface DesignCacheEntry {
  readonly folder: string;
  readonly design: Design | null;
  readonly problem: string;
}

/** Designs of several places, read again only when their description changed. */
export interface DesignCache {
  /** Folders below `places` that hold a design.json, and `folders` that still exist, each once. */
  list(places: readonly string[], folders: readonly string[]): Promise<DesignCacheEntry[]>;
  /** Throws as `openDesign` does. */
  open(folder: string): Promise<Design>;
}

/** Designs that are kept in memory, the last ones used: one of the shipped size has 0.8 MB, the largest 512 MB. */
const keptCount = 16;
/** Designs that are read at the same time. */
const readingCount = 2;

export function createDesignCache(): DesignCache {
  const gate = createGate(readingCount);
  const known = new Map<string, {readonly changedMs: number; readonly design: Promise<Design>}>();
  const isKnown = (path: string, changedMs: number | null): boolean =>
    changedMs !== null && known.get(path)?.changedMs === changedMs;
  const keep = (path: string, changedMs: number | null, design: Promise<Design>): void => {
    // The last ones used stand at the end.
    known.delete(path);
    known.set(path, {changedMs: changedMs ?? 0, design});
    for (const [oldest] of known) if (known.size > keptCount) known.delete(oldest);
  };
  const open = async (folder: string): Promise<Design> => {
    const path = resolve(folder);
    const changedMs = await changedMsOf(path);
    const kept = isKnown(path, changedMs) ? known.get(path) : undefined;
    const design = kept?.design ?? gate.run(() => openDesign(path));
    keep(path, changedMs, design);
    try {
      return await design;
    } catch (error) {
      if (known.get(path)?.design === design) known.delete(path);
      throw error;
    }
  };
  /** Has folders that are not known read together; `open` of each finds them. */
  const readTogether = async (paths: readonly string[]): Promise<void> => {
    const looked = await Promise.all(paths.map(async (path) => ({path, changedMs: await changedMsOf(path)})));
    const unknown = looked.filter(({path, changedMs}) => !isKnown(path, changedMs)).slice(0, keptCount);
    if (unknown.length < 2) return;
    const read = gate.run(() => openDesigns(unknown.map(({path}) => path)));
    for (const [index, {path, changedMs}] of unknown.entries()) {
      const design = read.then(
        (all) => designFrom(all[index]),
        // Given up because of one of them: each alone tells of which.
        () => gate.run(() => openDesign(path)),
      );
      // Whoever opens it is told.
      design.catch(() => undefined);
      keep(path, changedMs, design);
    }
  };
  return {
    open,
    async list(places, folders) {
      const found = (await Promise.all(places.map(designFoldersIn))).flat();
      const existing = await Promise.all(
        folders.map(async (folder) => ((await changedMsOf(folder)) === null ? [] : [resolve(folder)])),
      );
      const all = [...new Set([...found, ...existing.flat()])];
      await readTogether(all);
      return Promise.all(
        all.map(async (folder): Promise<DesignCacheEntry> => {
          try {
            return {folder, design: await open(folder), problem: ''};
          } catch (error) {
            return {folder, design: null, problem: benchErrorFrom(error).message};
          }
        }),
      );
    },
  };
}

/** The curve of a training beside its design (`training.json`), or what design.json tells of it; null without either. */
export async function readTraining(folder: string, design: Design): Promise<Record<string, unknown> | null> {
  try {
    const path = join(folder, 'training.json');
    const bytes = await readBounded(path, fileLimitBytes.training, {
      subject: `The curve ${path}`,
      whenMissing: '',
      whenUnusable: '',
    });
    const json = parseBoundedJson(new TextDecoder().decode(bytes), fileLimitBytes.training);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return {...json};
  } catch {
    // No curve, or none that can be read: the design itself is whole without it.
  }
  return design.file.training ?? null;
}

async function designFoldersIn(place: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(place);
  } catch {
    // A place that is not there holds no designs.
    return [];
  }
  const folders = await Promise.all(
    names.sort().map(async (name) => {
      const folder = resolve(place, name);
      return (await changedMsOf(folder)) === null ? [] : [folder];
    }),
  );
  return folders.flat();
}

/** When a folder's design.json was changed last; null where there is none. */
async function changedMsOf(folder: string): Promise<number | null> {
  try {
    return (await stat(join(folder, 'design.json'))).mtimeMs;
  } catch {
    return null;
  }
}
