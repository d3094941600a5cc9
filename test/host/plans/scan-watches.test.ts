import {expect, test} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import type {Msg} from '../../../src/contract/messages.ts';
import {gridScan} from '../../../src/host/plans/grid.ts';
import {defaultDwell, defaultRoles} from '../../../src/host/plans/measure.ts';
import {scanMonitors} from '../../../src/host/scan/scan-monitors.ts';
import {createSpeckle} from '../../twin/metrics/speckle.ts';
import {collect} from './message-collector.ts';

const light = createSpeckle(createRandom('light of a scan'), 1.5);
const grid = {
  centerMm: {xMm: 0, yMm: 0},
  widthMm: 8,
  heightMm: 8,
  stepMm: 0.4,
  order: 'snake',
} as const;
const options = {roles: defaultRoles, dwell: defaultDwell, grid, monitors: scanMonitors};

const notesOf = (messages: readonly Msg[]): readonly string[] =>
  messages.flatMap((message) => (message.type === 'note' ? [message.text] : []));
const countOf = (messages: readonly Msg[], type: Msg['type'], stream: string): number =>
  messages.filter((message) => message.type === type && 'stream' in message && message.stream === stream)
    .length;

test('a snake whose backward lines are read elsewhere says by how much, and what to do', () => {
  const rowAt = (yMm: number): number => Math.round((yMm + 4) / 0.4);
  const {messages} = collect(gridScan(options), {
    signalV: (x, y) => light(x + (rowAt(y) % 2 === 1 ? 0.1 : 0), y),
  });
  expect(countOf(messages, 'derive', 'line_shift')).toBe(21);
  const [first = '', last = ''] = notesOf(messages);
  expect(first).toMatch(/^Backward lines stand \d+ \+- \d+ um off forward ones, after \d+ lines\.$/);
  expect(last).toMatch(/order one-way, or take \d+ um off x/);
  const shiftUm = Number(/stand (\d+)/.exec(last)?.[1]);
  expect(shiftUm).toBeGreaterThan(85);
  expect(shiftUm).toBeLessThan(115);
});

test('lines that fit, and lines of one way, are told nothing of', () => {
  const sound = collect(gridScan(options), {signalV: light});
  expect(notesOf(sound.messages)).toEqual([]);
  const oneWay = collect(gridScan({...options, grid: {...grid, order: 'one-way'}}), {signalV: light});
  expect(countOf(oneWay.messages, 'declare-stream', 'line_shift')).toBe(0);
});

test('a reference whose light has no slope says how little it tells of the place', () => {
  const {messages} = collect(
    gridScan({
      ...options,
      grid: {...grid, widthMm: 0.4, heightMm: 0.4},
      reference: {
        every: 4,
        atMm: {xMm: 0, yMm: 0},
        patch: {distanceMm: 0.2, limitMm: 0.01, onLost: 'pause', judge: scanMonitors.judgePosition},
      },
    }),
    {signalV: (x, y) => 1e-3 * Math.exp(-(x * x + y * y) / 30)},
  );
  expect(notesOf(messages)[0]).toMatch(/tells the place of the probe to 0\.\d+ mm only/);
  // Three patches at first, one at the end; the middle of each is the reference point.
  expect(countOf(messages, 'record', 'reference')).toBe(4);
  expect(countOf(messages, 'record', 'reference_patch')).toBe(4 * 8);
  expect(countOf(messages, 'derive', 'position')).toBe(2);
});
