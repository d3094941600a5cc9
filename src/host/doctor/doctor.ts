import {createRequire} from 'node:module';
import {cpus} from 'node:os';
import type {BenchFile} from '../../contract/bench-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {instrumentKinds} from '../../contract/instruments.ts';
import {readBenchFile} from '../bench/bench-file.ts';
import {probeInstrument} from '../instruments/manual-instrument.ts';
import {listPorts} from '../serial/list-ports.ts';
import {useTensorBackend} from '../tensor/backend.ts';
import {openDataFolder, type DataFolder} from '../data-folder.ts';
import {openStore} from '../store/open-store.ts';
import type {DataCheck} from '../store/verify.ts';
import {programVersion} from '../version.ts';

export interface Finding {
  readonly name: string;
  readonly isWorking: boolean;
  /** Without it the main job does not run. */
  readonly isNeeded: boolean;
  readonly detail: string;
}

export interface ExamineOptions {
  /** A bench file whose instruments are asked who they are, each by itself; RF goes off and nothing moves. */
  readonly benchPath?: string | undefined;
  /** Factor on every time limit of the instruments. */
  readonly timeoutScale?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Instead of the system's own place for data. */
  readonly dataFolder?: string | undefined;
  /** Also reads the whole database and compares it with its checksums. */
  readonly isDataChecked?: boolean;
  /** Only looks at the database: a host has it open. */
  readonly isHostRunning?: boolean;
}

/** Tries each part that can be missing on a machine, for real. */
export async function examineInstallation({
  dataFolder,
  isHostRunning = false,
  isDataChecked = false,
  benchPath,
  signal,
  timeoutScale,
}: ExamineOptions = {}): Promise<Finding[]> {
  const openFolder = (): Promise<DataFolder> =>
    openDataFolder(dataFolder === undefined ? process.env : {...process.env, D2NN_BENCH_DATA: dataFolder});
  const require = createRequire(import.meta.url);
  const attempt = async (
    name: string,
    isNeeded: boolean,
    work: () => Promise<string> | string,
  ): Promise<Finding> => {
    try {
      return {name, isNeeded, isWorking: true, detail: await work()};
    } catch (error) {
      const [detail] = (error instanceof Error ? error.message : String(error)).split('\n');
      return {name, isNeeded, isWorking: false, detail};
    }
  };
  const found = [
    {name: 'd2nn-bench', isNeeded: true, isWorking: true, detail: programVersion},
    {
      name: 'Node.js',
      isNeeded: true,
      isWorking: Number(process.versions.node.split('.')[0]) >= 24,
      detail: `${process.version} (${process.platform}, ${process.arch}, ${cpus().length} cores)`,
    },
    await attempt('data folder', true, async () => (await openFolder()).path),
    await attempt('database', true, async () => {
      using store = openStore((await openFolder()).databasePath, {readOnly: isHostRunning});
      return `${store.listSessions(1000).length} sessions`;
    }),
    await attempt('serial ports', true, async () => {
      const ports = await listPorts();
      return ports.length === 0 ? 'none plugged in' : ports.map((port) => port.path).join(', ');
    }),
    await attempt('pseudo-terminals', false, () => {
      require('@lydell/node-pty');
      return 'the virtual bench speaks over real serial paths';
    }),
  ];
  if (isDataChecked)
    found.push(
      await attempt('stored data', true, async () => {
        using store = openStore((await openFolder()).databasePath, {readOnly: true});
        return verdictOf(store.verify());
      }),
    );
  const backend = await useTensorBackend();
  found.push({
    name: 'tfjs-node',
    isNeeded: false,
    isWorking: backend.name === 'tensorflow',
    detail:
      backend.name === 'tensorflow'
        ? backend.reason
        : `${backend.reason}; training uses the ${backend.name} backend`,
  });
  if (benchPath !== undefined)
    found.push(
      ...(await examineBench(
        await readBenchFile(benchPath, signal),
        {benchPath, timeoutScale},
        attempt,
        signal,
      )),
    );
  return found;
}

/** What a check of the data found, in a sentence. Throws `store/damaged` where there is damage. */
function verdictOf({pointCount, uncheckedPointCount, damageCount, damage}: DataCheck): string {
  const [first] = damage;
  if (first)
    throw new BenchError(
      'store/damaged',
      `${damageCount} damaged: ${first.where}: ${first.text} "sessions verify" lists all.`,
    );
  const unchecked = uncheckedPointCount > 0 ? `, ${uncheckedPointCount} of them without a checksum` : '';
  return `${pointCount} points are as they were stored${unchecked}`;
}

/** Each instrument of a bench file, so that one that is silent does not hide the others. */
async function examineBench(
  file: BenchFile,
  target: {readonly benchPath: string; readonly timeoutScale?: number | undefined},
  attempt: (name: string, isNeeded: boolean, work: () => Promise<string>) => Promise<Finding>,
  signal: AbortSignal | undefined,
): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const kind of instrumentKinds) {
    const config = file[kind];
    if (!config) continue;
    const probe = async (): Promise<string> => {
      const {port, identity} = await probeInstrument({...target, role: config.role}, {signal});
      return `${port}: ${identity.text.trim()}`;
    };
    found.push(await attempt(`${file.name}: ${config.role}`, true, probe));
  }
  return found;
}
