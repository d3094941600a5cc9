import {createClock} from '../../src/base/clock.ts';
import {connectSr830, sr830} from '../../drivers/lockin/sr830.ts';
import type {Sr830} from '../../drivers/lockin/sr830-device.ts';
import {expectWire, type WireStep} from './wire-script.ts';

export const identity = 'Stanford_Research_Systems,SR830,s/n12345,ver1.07';
export const refreshLine = 'OFLT?;OFSL?;SYNC?;FREQ?;HARM?;SENS?;ISRC?;OEXP? 1';
export const refreshed = (timeConstant = 7, sensitivity = 26, xOffset = '0,0', slope = 1): WireStep[] => [
  [
    refreshLine,
    {lines: [String(timeConstant), String(slope), '0', '1000', '1', String(sensitivity), '0', xOffset]},
  ],
  ['OEXP? 2;OEXP? 3', {lines: ['0,0', '0,0']}],
];
export const greeting: WireStep[] = [['OUTX 0'], ['*IDN?', identity]];
export const config = {role: 'lockin', driver: 'sr830', link: {port: 'scripted'}, settings: {}};
export const options = {settings: sr830.link, clock: createClock(200)};
/** The orders in which X, Y, R and theta are asked for, turn by turn. */
const orders = [
  [1, 2, 3, 4],
  [2, 1, 4, 3],
  [3, 4, 1, 2],
  [4, 3, 2, 1],
];
export const asksAt = (turn: number): string => `SNAP?${orders[turn % 4].join(',')};LIAS?`;
/** X, Y, R and theta as they are told at a turn. */
export const toldAt = (turn: number, values: string): string => {
  const each = values.split(',');
  return orders[turn % 4].map((parameter) => each[parameter - 1]).join(',');
};
export const readAt = (turn: number, values = '0.3,0.4,0.5,53.1301', status = '0'): WireStep => [
  asksAt(turn),
  {lines: [toldAt(turn, values), status]},
];
/** With the latch read afresh, which was `latched`. */
export const readAnewAt = (
  turn: number,
  latched = '4',
  values = '0.3,0.4,0.5,53.1301',
  status = '0',
): WireStep => [`LIAS?;${asksAt(turn)}`, {lines: [latched, toldAt(turn, values), status]}];
export const firstRead = readAnewAt(0);

export const inStep: WireStep = ['*IDN?', identity];
export const damaged = (snap: string, turn = 0): WireStep => [
  `LIAS?;${asksAt(turn)}`,
  {lines: ['0', snap, '0']},
];

export const withLockIn = (script: WireStep[], body: (lockIn: Sr830) => Promise<void>, timeoutMs?: number) =>
  expectWire({...options, ...(timeoutMs === undefined ? {} : {timeoutMs})}, script, async (link) =>
    body(await connectSr830(link, config, {identityCheckEvery: 0})),
  );
