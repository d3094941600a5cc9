import {type ChildProcess, spawn} from 'node:child_process';
import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {openStore} from '../../../src/host/store/open-store.ts';

const childFile = fileURLToPath(new URL('writing-child.ts', import.meta.url));
let folder: string;
let path: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-kill-'));
  path = join(folder, 'bench.db');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, {recursive: true, force: true});
});

interface Writer {
  readonly child: ChildProcess;
  /** X of each point that the child said is committed, V. */
  readonly committed: number[];
  /** Resolves when at least so many points are committed. */
  reached(count: number): Promise<void>;
  kill(): Promise<void>;
}

function startWriter(): Writer {
  const child = spawn(process.execPath, [childFile, path], {stdio: ['ignore', 'pipe', 'pipe']});
  children.push(child);
  const committed: number[] = [];
  let errors = '';
  let rest = '';
  let onGrown = (): void => undefined;
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  child.stdout.on('data', (data: Buffer) => {
    const lines = (rest + data.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) committed.push(Number(line.split(' ')[1]));
    onGrown();
  });
  return {
    child,
    committed,
    reached: (count) =>
      new Promise((resolve, reject) => {
        void ended.then(() => reject(new Error(`The writer ended: ${errors}`)));
        onGrown = () => committed.length >= count && resolve();
        onGrown();
      }),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

test('a killed scan loses no committed point and is closed as failed with its reason by the next start', async () => {
  const random = createRandom('kill');
  for (let round = 0; round < 4; round++) {
    const writer = startWriter();
    await writer.reached(1 + random.integer(300));
    await writer.kill();
    using store = openStore(path);
    const [recovered] = store.recoveredRuns;
    expect(store.recoveredRuns).toHaveLength(1);
    expect(recovered?.scanId).toBe(round + 1);
    const run = store.getRun(recovered?.uid ?? '');
    const points = store.readPoints(run.start.uid);
    expect(points.count).toBeGreaterThanOrEqual(writer.committed.length);
    expect([...(points.data['x_v'] ?? [])].slice(0, writer.committed.length)).toEqual(writer.committed);
    expect(run.stop).toMatchObject({
      exit_status: 'fail',
      reason: `the program ended without closing this run (killed or power cut); ${points.count} points kept`,
      num_events: {primary: points.count},
    });
    expect(store.search({exitStatus: 'fail', text: 'killed'})).toHaveLength(round + 1);
  }
  // Neither a lock nor a journal is left.
  expect(readdirSync(folder)).toEqual(['bench.db']);
});

test('a run of a living process is left alone by a second one, which may write and read beside it', async () => {
  const writer = startWriter();
  await writer.reached(20);
  {
    using second = openStore(path);
    expect(second.recoveredRuns).toEqual([]);
    const session = second.createSession({title: 'beside it', operator: 'Grace', benchName: 'other'});
    second.addNote({author: 'Grace', text: 'The other bench is scanning.', sessionUid: session.uid});
    const [run] = second.search({});
    expect(run?.exitStatus).toBeUndefined();
  }
  using reader = openStore(path, {readOnly: true});
  const [run] = reader.search({sessionUid: reader.listSessions().at(-1)?.uid ?? ''});
  const before = reader.readPoints(run?.uid ?? '').count;
  await writer.reached(before + 50);
  expect(reader.readPoints(run?.uid ?? '').count).toBeGreaterThanOrEqual(before + 50);
  expect(reader.getRun(run?.uid ?? '').stop).toBeUndefined();
  await writer.kill();
  using after = openStore(path);
  expect(after.recoveredRuns.map(({uid}) => uid)).toEqual([run?.uid]);
});
