import {existsSync} from 'node:fs';
import {rename} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import {parseBoundedJson, UnboundedJson} from '../../base/bounded-json.ts';
import {trustBases} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import {firstIssueText} from '../../contract/schema-issue.ts';
import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded} from '../files/read-bounded.ts';
import {writeWhole} from '../files/write-whole.ts';
import {withFileLock} from '../store/file-lock.ts';

const axisMm = z.number().optional();

const placeSchema = z.object({
  /** '' for a stage that was opened by driver and port alone. */
  benchName: z.string(),
  role: z.string(),
  driver: z.string(),
  port: z.string(),
  /** Identity that the controller answered. */
  identity: z.string(),
  /** `moving` is written before a motion begins, so that a program that is killed on the way leaves nothing wrong. */
  state: z.enum(['known', 'moving', 'lost']),
  /** Where it stands (`known`) or stood when that was last known: machine frame, mm. */
  machineMm: z.object({x: axisMm, y: axisMm, z: axisMm}),
  basis: z.enum(trustBases).nullable(),
  /** Why it is not known; ''. */
  reason: z.string(),
  utc: z.string(),
});
/** What was last known of the place of a stage. */
export type StoredPlace = z.infer<typeof placeSchema>;
/** Which stage it is. Controllers of a kind say the same of themselves, so bench and port tell them apart. */
export type StageKey = Pick<StoredPlace, 'benchName' | 'role' | 'driver' | 'port'>;

const fileSchema = z.object({
  format: z.literal('d2nn-bench/stage-places'),
  version: z.literal(1),
  /** An earlier file could not be read: of a stage that is not listed something else may have been known. */
  hasLostOthers: z.boolean().default(false),
  /** Oldest first. */
  stages: z.array(placeSchema),
});
type PlacesFile = z.infer<typeof fileSchema>;
const mostStages = 64;

/** Places of stages, kept for the next time that they are connected. */
export interface StagePlaces {
  /**
   * The last of this stage: of the bench and role, or of whatever stood at this port; undefined at the first use.
   * Throws `file/invalid` where a file that could not be read may have held it.
   */
  find(key: StageKey): Promise<StoredPlace | undefined>;
  keep(place: StoredPlace): Promise<void>;
}

/** `stage-places.json` of the data folder, written whole; several programs may use one folder. */
export function openStagePlaces(folder: string): StagePlaces {
  const path = join(folder, 'stage-places.json');

  const read = async (): Promise<Pick<PlacesFile, 'stages' | 'hasLostOthers'>> => {
    if (!existsSync(path)) return {stages: [], hasLostOthers: false};
    const bytes = await readBounded(path, fileLimitBytes.settings, {
      subject: `The places of stages ${path}`,
      whenMissing: 'Nothing moved.',
      whenUnusable: 'Nothing moved.',
    });
    return fileFrom(new TextDecoder().decode(bytes), path);
  };

  const readOrPutAside: typeof read = async () => {
    try {
      return await read();
    } catch {
      // Whoever has opened a stage meanwhile got this error from `find`; the damaged file is put aside and a new one
      // begun.
      await rename(path, `${path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
      return {stages: [], hasLostOthers: true};
    }
  };

  return {
    async find(key) {
      const {stages, hasLostOthers} = await read();
      const found = stages.findLast((place) => isOf(place, key));
      if (!found && hasLostOthers) throw unreadable(path, 'it was damaged and has been put aside');
      return found;
    },
    keep: (place) =>
      withFileLock(path, async () => {
        const {stages, hasLostOthers} = await readOrPutAside();
        const others = stages.filter((known) => !isSameEntry(known, place));
        const content: PlacesFile = {
          format: 'd2nn-bench/stage-places',
          version: 1,
          hasLostOthers,
          stages: [...others, place].slice(-mostStages),
        };
        await writeWhole(path, `${JSON.stringify(content, null, 2)}\n`, {isPrivate: true});
      }),
  };
}

function fileFrom(text: string, path: string): PlacesFile {
  let content: unknown;
  try {
    content = parseBoundedJson(text, fileLimitBytes.settings);
  } catch (error) {
    throw unreadable(path, error instanceof UnboundedJson ? error.message : 'it is no JSON', error);
  }
  const parsed = fileSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw unreadable(path, firstIssueText(parsed.error), parsed.error);
}

const unreadable = (path: string, why: string, cause?: unknown): BenchError =>
  new BenchError('file/invalid', `The file ${path}, which tells where stages stood, cannot be used: ${why}`, {
    details: {path},
    cause,
  });

const isOf = (place: StageKey, key: StageKey): boolean =>
  place.driver === key.driver &&
  (place.port === key.port ||
    (key.benchName !== '' && place.benchName === key.benchName && place.role === key.role));

const isSameEntry = (one: StageKey, other: StageKey): boolean =>
  one.driver === other.driver &&
  one.port === other.port &&
  one.benchName === other.benchName &&
  one.role === other.role;
