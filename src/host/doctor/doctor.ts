import {countOf, pluralOf} from '../../base/count-text.ts';
import {createRequire} from 'node:module';
import {cpus} from 'node:os';
import {BenchError} from '../../contract/errors.ts';
import {listPorts} from '../serial/list-ports.ts';
import {useTensorBackend} from '../tensor/backend.ts';
import {openDataFolder, type DataFolder} from '../data-folder.ts';
import {openStore} from '../store/open-store.ts';
import type {DataCheck} from '../store/verify.ts';
import {programVersion} from '../version.ts';
import type {ExamineInput} from './doctor-protocol.ts';
import {attempt, type Finding} from './finding.ts';

/** Tries each part that can be missing on a machine, for real. The database is looked at: a host has it open. */
export async function examineInstallation({dataFolder, isDataChecked}: ExamineInput): Promise<Finding[]> {
  const openFolder = (): Promise<DataFolder> => openDataFolder({...process.env, D2NN_BENCH_DATA: dataFolder});
  const require = createRequire(import.meta.url);
  const found = [
    {name: 'd2nn-bench', isNeeded: true, isWorking: true, detail: programVersion},
    {
      name: 'Node.js',
      isNeeded: true,
      isWorking: Number(process.versions.node.split('.')[0]) >= 24,
      detail: `${process.version} (${process.platform}, ${process.arch}, ${countOf(cpus().length, 'core')})`,
    },
    await attempt('data folder', true, async () => (await openFolder()).path),
    await attempt('database', true, async () => {
      using store = openStore((await openFolder()).databasePath, {readOnly: true});
      return `${countOf(store.listSessions(1000).length, 'session')}`;
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
  return `${countOf(pointCount, 'point')} ${pluralOf(pointCount, 'is', 'are')} as stored${unchecked}`;
}
