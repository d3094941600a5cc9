import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createPortAssistant} from '../../../src/host/bench-service/port-assistant.ts';
import type {TraceEntry} from '../../../src/host/serial/trace.ts';
import {startVirtualBench, type VirtualBench} from '../../../src/virtual/spawn.ts';
import {createSmallDesign, type SmallDesign} from '../../virtual/small-design.ts';

let virtual: VirtualBench;
let folder: string;
let small: SmallDesign;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd2nn-ports-'));
  small = await createSmallDesign();
  virtual = await startVirtualBench({speed: 1, noise: false, designFolder: small.folder});
});
afterAll(async () => {
  await virtual[Symbol.asyncDispose]();
  small[Symbol.dispose]();
  await rm(folder, {recursive: true});
});

const pathOf = (role: string): string => {
  const found = virtual.instruments.find((instrument) => instrument.role === role);
  return found?.path ?? `${found?.host}:${found?.port}`;
};

describe('port assistant', () => {
  it('finds what stands at a port, and knows it again by its adapter, at whatever path', async () => {
    const traced: TraceEntry[] = [];
    const options = {
      memoryPath: join(folder, 'ports.json'),
      used: () => [],
      onTrace: (_role: string, entry: TraceEntry) => traced.push(entry),
      onDamaged: (sentence: string) => {
        throw new Error(sentence);
      },
    };
    const path = pathOf('lockin');
    const adapter = {path, description: 'FTDI', identity: '0403:6001 A50285BI'};
    const assistant = createPortAssistant({...options, list: async () => [adapter]});
    expect(await assistant.list()).toEqual([{...adapter, usedBy: '', remembered: null}]);
    const {found, tried} = await assistant.identify(path);
    expect(found).toMatchObject({driver: 'sr830', model: 'SR830', port: path});
    expect(tried.at(-1)).toMatchObject({driver: 'sr830'});
    expect(traced.length).toBeGreaterThan(0);
    const later = createPortAssistant({...options, list: async () => [{...adapter, path: '/dev/ttyUSB7'}]});
    expect((await later.list())[0]?.remembered).toMatchObject({
      driver: 'sr830',
      identity: expect.stringContaining('SR830') as string,
    });
    expect((await virtual.readState()).isOutputOn).toBe(false);
  });

  it('asks driver after driver without harm: RF off, nothing moves', async () => {
    const before = await virtual.readState();
    const assistant = createPortAssistant({
      memoryPath: join(folder, 'other.json'),
      used: () => [],
      onTrace: () => undefined,
      onDamaged: () => undefined,
      list: async () => [],
    });
    const stage = await assistant.identify(pathOf('stage'));
    expect(stage.found).toMatchObject({driver: 'grbl'});
    expect(stage.tried.length).toBeGreaterThan(1);
    const wrong = await assistant.identify(pathOf('lockin'), 'grbl');
    expect(wrong).toMatchObject({found: null, tried: [{driver: 'grbl'}]});
    await expect(assistant.identify(join(folder, 'nothing'))).rejects.toMatchObject({code: 'port/not-found'});
    const after = await virtual.readState();
    expect(after).toMatchObject({isOutputOn: false, isMoving: false, probeMm: before.probeMm});
  });

  it('begins its memory anew when the file is damaged, and refuses a port in use', async () => {
    const memoryPath = join(folder, 'damaged.json');
    await writeFile(memoryPath, '{"x": ');
    const received: string[] = [];
    const path = pathOf('source');
    const assistant = createPortAssistant({
      memoryPath,
      used: () => [{path, role: 'source'}],
      onTrace: () => undefined,
      onDamaged: (sentence) => received.push(sentence),
      list: async () => [],
    });
    expect(await assistant.list()).toMatchObject([{path, usedBy: 'source', remembered: null}]);
    expect(received).toHaveLength(1);
    await expect(assistant.identify(path)).rejects.toMatchObject({code: 'port/busy'});
    await assistant.remember(path, 'scpi-source', 'a synthesiser');
    expect(JSON.parse(await readFile(memoryPath, 'utf8'))).toMatchObject({[path]: {driver: 'scpi-source'}});
  });
});
