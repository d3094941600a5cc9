import {mkdirSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, it} from 'vitest';
import {requestLimitBytes} from '../../../src/host/api/transport/request-limit.ts';
import {saveDesign} from '../../../src/host/designs/design-folder.ts';
import {fileLimitBytes} from '../../../src/host/files/file-limits.ts';
import type {TestHost} from './bench-fixture.ts';
import {startStopping} from './stop-fixture.ts';

let stopping: Awaited<ReturnType<typeof startStopping>>;
let at: TestHost;

beforeAll(async () => {
  stopping = await startStopping();
  ({at} = stopping);
  // What belongs to a page is loaded at its first call.
  await Promise.all([post('/designs', '{}'), post('/settings', '{}'), checkFile(join(at.folder, 'none'))]);
});
afterAll(() => stopping[Symbol.asyncDispose]());

const post = (path: string, body: string): Promise<string> => stopping.post(path, body);
const expectStopInTime = (feed: () => Promise<string>, answered: RegExp): Promise<void> =>
  stopping.expectStopInTime(feed, answered);
const checkFile = (path: string): Promise<string> => post('/bench/check-file', JSON.stringify({path}));
const fileOf = (name: string, content: string): string => {
  const path = join(at.folder, name);
  writeFileSync(path, content);
  return path;
};

/** Bench files within their size that take a parser longest; on the host's thread they held STOP up for seconds. */
const benchFiles: readonly (readonly [what: string, text: () => string, answered: RegExp])[] = [
  ['brackets', () => '['.repeat(100_000), /neither YAML nor JSON.*nested too deeply/],
  ['lists in lists', () => '- '.repeat(130_000), /neither YAML nor JSON/],
  ['maps in maps', () => '{a: '.repeat(60_000), /neither YAML nor JSON/],
  ['anchors', () => Array.from({length: 18_000}, (_, i) => `- &a${i} 1`).join('\n'), /expected object/],
  ['keys', () => Array.from({length: 6000}, (_, i) => `k${i}: 1`).join('\n'), /field format/],
  ['unknown tags', () => '- !!x 1\n'.repeat(20_000), /Unresolved tag/],
  ['escapes that are none', () => `"${'\\x'.repeat(120_000)}`, /neither YAML nor JSON/],
  [
    'aliases of aliases',
    () =>
      ['l0: &l0 [1,1,1,1,1,1,1,1,1]']
        .concat(Array.from({length: 25}, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`))
        .join('\n'),
    /aliases stand for more/,
  ],
];

describe('STOP is in time while the host reads', () => {
  it.each(benchFiles)('a bench file of %s', async (what, text, answered) => {
    const path = fileOf(`${what}.yaml`, text());
    await expectStopInTime(() => checkFile(path), answered);
  });

  it('a bench file of 50 MB, and several at once', async () => {
    const path = fileOf('large.yaml', '');
    truncateSync(path, 50_000_000);
    await expectStopInTime(() => checkFile(path), /at most 256 kB are read/);
    const nested = fileOf('nested.yaml', '['.repeat(20_000));
    const many = async (): Promise<string> =>
      (await Promise.all(Array.from({length: 3}, () => checkFile(nested)))).join('\n');
    await expectStopInTime(many, /nested too deeply/);
  });

  it('a description of a design that is nested or has too many values', async () => {
    const folder = join(at.folder, 'nested-design');
    mkdirSync(folder);
    const feed = (): Promise<string> => post('/designs/get', JSON.stringify({folder}));
    writeFileSync(join(folder, 'design.json'), '['.repeat(fileLimitBytes.design));
    await expectStopInTime(feed, /nested more than 64 times/);
    writeFileSync(join(folder, 'design.json'), `[${'{},'.repeat(fileLimitBytes.design / 4)}{}]`);
    await expectStopInTime(feed, /more than \d+ values/);
  });

  it('a design with a plate of 16 MB, and its planes', async () => {
    const count = 2048;
    const folder = join(at.folder, 'large-design');
    const region = {centerXMm: 0, centerYMm: 0, widthMm: 4, heightMm: 4};
    await saveDesign(
      folder,
      {
        format: 'd2nn-bench/design',
        version: 1,
        name: 'large',
        frequencyHz: 4e11,
        grid: {count, pitchMm: 0.4},
        illumination: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
        object: {kind: 'binary-mask', imageCount: 28, sideMm: 44.8, interpolation: 'nearest', threshold: 0.5},
        detector: {
          zMm: 60,
          regions: [
            {label: '0', ...region},
            {label: '1', ...region},
          ],
        },
      },
      [
        {
          zMm: 30,
          baseMm: 0.5,
          pitchMm: 0.4,
          refractiveIndex: 1.7,
          extinction: 0.02,
          reliefFaces: 'detector',
          levels: null,
          heightsMm: new Float32Array(count * count).fill(0.4),
        },
      ],
    );
    await expectStopInTime(() => post('/designs/get', JSON.stringify({folder})), /"name":"large"/);
    const plate = async (): Promise<string> => {
      const answer = await post('/designs/plate', JSON.stringify({folder, index: 0}));
      return answer.slice(0, 200);
    };
    await expectStopInTime(plate, /"rows":341/);
  });

  const full = (unit: string): string => unit.repeat(Math.floor((requestLimitBytes - 100) / unit.length));
  const bodies: readonly (readonly [what: string, body: () => string, answered: RegExp])[] = [
    ['brackets', () => full('['), /nested more than 64 times/],
    ['objects', () => `[${full('{},')}{}]`, /more than \d+ values/],
    ['one text', () => `{"choices":{"a":"${full('\\u0041')}"}}`, /api\/invalid-input/],
    [
      'as many choices as pass',
      () => `{"choices":{${Array.from({length: 16_000}, (_, i) => `"k${i}":1`).join()}}}`,
      /at most 5000 choices/,
    ],
  ];
  it.each(bodies)('the body of a request: %s', async (_what, body, answered) => {
    const text = body();
    await expectStopInTime(() => post('/settings/change', text), answered);
  });

  it('frames of a socket: what is too large ends its connection, the rest is dropped', async () => {
    const feed = async (): Promise<string> => {
      const socket = await stopping.openSocket('read');
      const closed = new Promise<number>((resolve) => socket.once('close', resolve));
      for (let i = 0; i < 10; i++) {
        socket.send(full('['));
        socket.send(`{"i":"1","p":[${full('{},').slice(0, -100)}{}]}`);
      }
      socket.send('x'.repeat(requestLimitBytes + 1));
      return `closed ${await closed}`;
    };
    await expectStopInTime(feed, /closed 1009/);
  });
});
