import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer, type Server} from 'node:net';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {encodeNpy} from '../../src/base/npy.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {startVirtualBench, type VirtualBench} from '../../src/virtual/spawn.ts';
import {createSmallDesign, type SmallDesign} from '../virtual/small-design.ts';
import {
  benchFileOf,
  createTestFolder,
  errorOf,
  jsonOf,
  root,
  runCli,
  storedRuns,
  targetOf,
  type CliResult,
  type TestFolder,
} from './run-cli.ts';

let folder: TestFolder;
let bench: VirtualBench;
let benchFile: string;
let small: SmallDesign;
let data: string;
beforeAll(async () => {
  folder = createTestFolder();
  data = folder.file('data');
  small = await createSmallDesign();
  bench = await startVirtualBench({speed: 50, noise: false, designFolder: small.folder});
  benchFile = folder.file('bench.json', benchFileOf(bench));
});
afterAll(async () => {
  await bench?.[Symbol.asyncDispose]();
  small?.[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const cli = (...args: string[]): Promise<CliResult> => runCli(args, data);

/** Permissions do not bind the superuser: this process is somebody whom they do while `act` runs. */
async function asNobody<Value>(act: () => Promise<Value>): Promise<Value> {
  if (process.geteuid?.() !== 0) return act();
  process.seteuid?.(65534);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}

/** One line on stderr with what, what became of data and motion, and what to do; and a failing exit code. */
function expectComplaint(result: CliResult, code: string, ...says: (string | RegExp)[]): void {
  const error = errorOf(result);
  expect(error.code, result.stderr).toBe(code);
  for (const said of says) expect(error.message).toMatch(said);
  // Whoever reads it must know that nothing was lost, opened or moved.
  expect(error.message).toMatch(
    /Nothing (was|is|more|moved)|nothing is lost|not stored|left as it is|safe|stays|was not stored/i,
  );
  expect(result.code).not.toBe(0);
}

describe('ports and instruments', () => {
  test('a port that is missing is named', async () => {
    expectComplaint(
      await cli('instrument', 'probe', '--driver', 'sr830', '--port', '/dev/ttyNOSUCH7'),
      'port/not-found',
      '/dev/ttyNOSUCH7',
    );
    expectComplaint(
      await cli('instrument', 'probe', '--driver', 'scpi-source', '--port', '127.0.0.1:1'),
      'port/not-found',
      '127.0.0.1:1',
    );
  });

  test('another instrument behind the path is no instrument of this driver', async () => {
    const portOf = (role: 'stage' | 'lockin' | 'source'): string => targetOf(bench, role).at(-1) ?? '';
    const probe = (driver: string, port: string): Promise<CliResult> =>
      cli('instrument', 'probe', '--driver', driver, '--port', port, '--timeout-scale', '0.5');
    const [grblAtLockIn, sr830AtSource] = await Promise.all([
      probe('grbl', portOf('lockin')),
      probe('sr830', portOf('source')),
    ]);
    // The lock-in hears another baud rate, terminator and language, and says nothing.
    expectComplaint(grblAtLockIn, 'port/timeout', /baud rate/);
    expectComplaint(sr830AtSource, 'device/wrong-instrument', /SR830/, /N5183A/);
    const [sr830AtStage, scpiAtStage] = [
      await probe('sr830', portOf('stage')),
      await probe('scpi-source', portOf('stage')),
    ];
    expectComplaint(sr830AtStage, 'device/wrong-instrument', /SR830/);
    expectComplaint(scpiAtStage, 'device/wrong-instrument', /synthesiser/);
  });

  test('a silent device: what was tried and what it usually is', async () => {
    await bench.setFaults('sr830', {isStalled: true});
    try {
      const silent = await cli('instrument', 'probe', ...targetOf(bench, 'lockin'), '--timeout-scale', '0.3');
      expectComplaint(silent, 'port/timeout', /baud/, /parity/);
    } finally {
      await bench.setFaults('sr830', {isStalled: false});
    }
  });

  test('garbled replies are errors, never numbers', async () => {
    await bench.setFaults('sr830', {garbleReplies: 1000});
    try {
      const garbled = await cli(
        'lockin',
        'read',
        ...targetOf(bench, 'lockin'),
        '--timeout-scale',
        '0.3',
        '--json',
      );
      expect(errorOf(garbled).code).toMatch(/^(device\/|port\/)/);
      expect(garbled.stdout).not.toContain('readings');
    } finally {
      await bench.setFaults('sr830', {garbleReplies: 0});
    }
    const after = await cli('instrument', 'get', ...targetOf(bench, 'lockin'), 'timeConstantS');
    expect(after.code).toBe(0);
  });

  test('a scan whose lock-in falls silent ends with the source off and its points kept', async () => {
    const own = folder.file('silent-scan');
    const plan = JSON.stringify({plan: 'grid', widthMm: 30, heightMm: 30, stepMm: 1, restMs: 40});
    const running = runCli(['scan', '--bench', benchFile, '--plan', plan, '--timeout-scale', '0.3'], own);
    await expect.poll(() => storedRuns(own).at(0)?.pointCount ?? 0).toBeGreaterThan(2);
    await bench.setFaults('sr830', {isStalled: true});
    const result = await running;
    await bench.setFaults('sr830', {isStalled: false});
    expect(result.code).toBe(1);
    expect(errorOf(result).message).toMatch(/points are kept in session/);
    expect((await bench.readState()).isOutputOn).toBe(false);
    const [run] = storedRuns(own);
    expect(run).toMatchObject({exitStatus: 'fail'});
    expect(run.pointCount).toBeGreaterThan(2);
  });

  test('a server that talks nonsense is refused as a source', async () => {
    const server: Server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const {port} = server.address() as AddressInfo;
      const result = await cli(
        'instrument',
        'probe',
        '--driver',
        'scpi-source',
        '--port',
        `127.0.0.1:${port}`,
      );
      expectComplaint(result, 'device/wrong-instrument', /HTTP/);
    } finally {
      server.close();
    }
  });
});

describe('usage', () => {
  test('a slip of the keyboard starts nothing', async () => {
    const wrong = [
      ['stage', 'move', '--driver', 'grbl', '--port', '/dev/x', '--x-mm', 'abc'],
      ['stage', 'where', '--driver', 'sr830', '--port', '/dev/x'],
      ['instrument', 'probe', '--port', '/dev/x'],
      ['instrument', 'probe', '--driver', 'sr830', '--port', 'GPIB0::8::INSTR'],
      ['scan', '--plan', 'regions'],
    ];
    for (const result of await Promise.all(wrong.map((args) => cli(...args)))) {
      expect(result.code).toBe(2);
      expectComplaint(result, 'cli/usage');
    }
    const group = await cli('stage');
    expect(group.code).toBe(2);
    expect(group.stderr).toMatch(/Usage: d2nn-bench stage/);
  });

  test('a driver that does not exist is answered with those that do', async () => {
    expectComplaint(
      await cli('instrument', 'probe', '--driver', 'sr860', '--port', '/dev/x'),
      'device/unknown',
      /grbl, sr830, scpi-source|sr830/,
    );
  });

  test('a wrong plan is refused with the field named', async () => {
    const plan = (text: string): Promise<CliResult> => cli('scan', '--plan', text);
    const [negative, unknown, missing, noFile] = await Promise.all([
      plan('{"plan":"grid","widthMm":3,"heightMm":3,"stepMm":-1}'),
      plan('{"plan":"grit"}'),
      plan('grid'),
      plan('no-such-file.yaml'),
    ]);
    expectComplaint(negative, 'plan/invalid', /field stepMm: /);
    expectComplaint(unknown, 'plan/invalid', /beam-find/);
    expectComplaint(missing, 'plan/invalid', /field widthMm is missing/);
    expectComplaint(noFile, 'file/not-found', /no-such-file/);
  });
});

describe('files', () => {
  test('a malformed bench file is refused with the field named', async () => {
    const good = JSON.parse(readFileSync(benchFile, 'utf8')) as {stage: {axes: {x: object}}};
    const wrong = {...good, stage: {...good.stage, axes: {x: {...good.stage.axes.x, limitsMm: [50, -50]}}}};
    const path = folder.file('wrong.json', JSON.stringify(wrong));
    expectComplaint(
      await cli('scan', '--bench', path, '--plan', 'beam-find'),
      'file/invalid',
      /stage\.axes\.x\.limitsMm/,
      path,
    );
    const text = folder.file('text.yaml', 'stage: [unclosed');
    expectComplaint(await cli('stage', 'where', '--bench', text), 'file/invalid', /neither YAML nor JSON/);
    expectComplaint(
      await cli('stage', 'where', '--bench', folder.file('none.yaml')),
      'file/not-found',
      /none\.yaml/,
    );
  });

  test('the example bench file is a valid one', async () => {
    const example = join(root, 'benches/example.yaml');
    const result = await cli('instrument', 'probe', '--bench', example, '--role', 'lockin');
    // Read and understood: what is missing here is its port.
    expectComplaint(result, 'port/not-found', /A50285BI/);
  });

  test('a malformed design is refused with the field named', async () => {
    const design = folder.file('design');
    mkdirSync(design);
    writeFileSync(join(design, 'design.json'), '{"format":"d2nn-bench/design","version":1,"name":""}');
    for (const args of [
      ['scan', '--design', design, '--plan', 'regions'],
      ['twin', 'predict', '--design', design, '--object', 'o.npy', '--out', folder.file('i.npy')],
    ])
      expect(errorOf(await cli(...args))).toMatchObject({
        code: 'file/invalid',
        message: expect.stringMatching(/design\.json.*field name/) as string,
      });
  });

  test.each([
    ['NaN', encodeNpy({shape: [2, 2], dtype: '<f8', re: [1, Number.NaN, 0, 0]}), /row 0, column 1/],
    ['a wrong shape', encodeNpy({shape: [2, 3], dtype: '<f8', re: [1, 2, 3, 4, 5, 6]}), /2 x 3/],
    ['no .npy at all', new TextEncoder().encode('hello'), /does not begin as an \.npy/],
  ])('%s in a field is refused', async (_what, bytes, says) => {
    const field = folder.file('field.npy', bytes);
    const optics = ['--pitch-mm', '0.4', '--wavelength-mm', '0.75', '--distance-mm', '10'];
    const result = await cli('twin', 'propagate', '--in', field, ...optics, '--out', folder.file('out.npy'));
    expectComplaint(result, 'file/invalid', says);
  });

  test('an export that could not be written is refused before anything moves', async () => {
    const result = await cli(
      'scan',
      '--bench',
      benchFile,
      '--plan',
      'beam-find',
      '--out',
      folder.file('no/such/p.csv'),
    );
    expectComplaint(result, 'file/invalid', /p\.csv/);
    expect((await cli('scan', '--bench', benchFile, '--plan', 'beam-find', '--out', 'plane.tiff')).code).toBe(
      2,
    );
  });
});

describe('database', () => {
  const scanInto = (own: string): Promise<CliResult> =>
    runCli(['scan', '--bench', benchFile, '--plan', 'point', '--x-mm', '0', '--y-mm', '0'], own);
  function prepare(name: string): {own: string; path: string} {
    const own = folder.file(name);
    mkdirSync(own);
    const path = join(own, 'bench.sqlite');
    using store = openStore(path);
    store.createSession({title: 'before', operator: 'Ada', benchName: 'b'});
    return {own, path};
  }

  test('of a later version, damaged: refused, left as it is, nothing moves', async () => {
    const newer = prepare('newer');
    const db = new Database(newer.path);
    db.pragma('user_version = 99');
    db.close();
    const damaged = prepare('damaged');
    writeFileSync(damaged.path, 'This is no database.');
    for (const [{own, path}, code] of [
      [newer, 'store/newer-version'],
      [damaged, 'store/damaged'],
    ] as const) {
      const bytes = readFileSync(path);
      expectComplaint(await scanInto(own), code, path);
      expect(errorOf(await runCli(['sessions', 'list'], own)).code).toBe(code);
      expect(readFileSync(path).equals(bytes)).toBe(true);
    }
    expect((await bench.readState()).isOutputOn).toBe(false);
  });

  test.runIf(process.platform !== 'win32')(
    'read-only: refused before anything moves, and what it holds can still be listed',
    async () => {
      const {own, path} = prepare('read-only');
      mkdirSync(join(own, 'reports'));
      chmodSync(folder.path, 0o755);
      chmodSync(path, 0o444);
      chmodSync(own, 0o555);
      try {
        const args = ['scan', '--bench', benchFile, '--plan', 'point', '--x-mm', '0', '--y-mm', '0'];
        expectComplaint(await asNobody(() => runCli(args, own)), 'store/read-only', path);
        const listed = await asNobody(() => runCli(['sessions', 'list', '--json'], own));
        expect(jsonOf(listed)).toMatchObject({sessions: [{title: 'before'}]});
      } finally {
        chmodSync(own, 0o755);
      }
    },
  );

  test('a data folder that cannot be made is named', async () => {
    const file = folder.file('a-file', '');
    const result = await scanInto(join(file, 'data'));
    expectComplaint(result, 'store/read-only', /D2NN_BENCH_DATA/);
    // It keeps nobody from looking where a stage is, and from stopping it.
    for (const action of ['where', 'stop']) {
      const stage = await runCli(
        ['stage', action, ...targetOf(bench, 'stage'), '--json'],
        join(file, 'data'),
      );
      expect(stage.code, stage.stderr).toBe(0);
      expect(jsonOf(stage)).toHaveProperty('positionMm');
    }
  });
});
