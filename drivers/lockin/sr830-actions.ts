import type {CallOptions, SettingValue} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {integerArg, parseNumber, unknownAction} from '../kit/index.ts';
import type {ActionArgs, ActionMeta} from '../kit/index.ts';
import {bufferCapacity, bytesPerBin, decodeTrcb, decodeTrcl, parseTrca} from './sr830-buffer.ts';
import {describeErrs, describeEsr, describeLias} from './sr830-status.ts';
import type {Sr830Wire} from './sr830-wire.ts';

/** What an action may use of the device. */
export interface Sr830Control {
  readonly wire: Sr830Wire;
  get(name: string, options?: CallOptions): Promise<SettingValue>;
  refresh(options?: CallOptions): Promise<void>;
  waitSettled(residualRatio: number, options: CallOptions): Promise<void>;
  autoPhase(options?: CallOptions): Promise<void>;
  autoRange(options?: CallOptions): Promise<number>;
}

export const sr830Actions: readonly ActionMeta[] = [
  {name: 'auto-phase', label: 'Turn the phase until Y is zero (APHS)'},
  {name: 'auto-range', label: 'Choose the sensitivity for 30..80 % of full scale'},
  {name: 'auto-gain', label: "The instrument's own auto gain (AGAN)"},
  {name: 'auto-reserve', label: 'Auto reserve (ARSV)'},
  {name: 'auto-offset', label: 'Auto offset (AOFF): channel 1 X, 2 Y, 3 R', args: ['channel']},
  {name: 'buffer-start', label: 'Start or resume storing (STRT)'},
  {name: 'buffer-start-delayed', label: 'Start storing after 0.5 s (STRD)'},
  {name: 'buffer-pause', label: 'Pause storing (PAUS)'},
  {name: 'buffer-clear', label: 'Stop storing and erase both buffers (REST)'},
  {name: 'buffer-read', label: 'Read stored points', args: ['channel', 'first', 'count', 'format']},
  {name: 'trigger', label: 'Software trigger (TRIG)'},
  {name: 'read-display', label: 'Value that a channel shows (OUTR)', args: ['channel']},
  {name: 'read-status', label: 'Read and clear the status bytes'},
  {name: 'clear-status', label: 'Clear the status bytes (*CLS)'},
  {name: 'save-setup', label: 'Save the set-up (SSET)', args: ['memory']},
  {name: 'recall-setup', label: 'Recall a set-up (RSET)', args: ['memory']},
  {name: 'reset', label: 'Standard settings (*RST); stored points are lost'},
];

/** AGAN and ARSV take many time constants: time between two questions whether they are done, and how many are asked. */
const autoPollTimeConstants = 10;
const shortestAutoPollMs = 500;
const autoPollCount = 60;
const isFree = 1 << 1;
const slowTimeoutMs = 10_000;

type Handler = (device: Sr830Control, args: ActionArgs, options: CallOptions) => Promise<unknown>;

const sends =
  (line: string): Handler =>
  (device, _args, options) =>
    device.wire.writeText(line, options);

/** After a command that moves many settings at once. */
async function refreshAfter(device: Sr830Control, line: string, options: CallOptions): Promise<void> {
  await device.wire.writeText(line, options);
  await device.refresh(options);
  await device.waitSettled(0.01, options);
}

/** Runs AGAN or ARSV until the interface reports that nothing executes, or the settings stand still. */
async function runAuto(
  device: Sr830Control,
  line: string,
  watched: string,
  options: CallOptions,
): Promise<unknown> {
  const timeConstantS = Number(await device.get('timeConstantS', options));
  if (timeConstantS > 1)
    throw new BenchError(
      'device/refused',
      `${line} does nothing with a time constant of ${timeConstantS} s: the instrument asks for 1 s or less. ` +
        'Nothing was sent; shorten timeConstantS or use auto-range.',
    );
  await device.wire.writeText(line, options);
  const pollMs = Math.max(shortestAutoPollMs, timeConstantS * 1000 * autoPollTimeConstants);
  let last = await device.get(watched, options);
  let stillCount = 0;
  for (let poll = 0; poll < autoPollCount && stillCount < 3; poll++) {
    await device.wire.link.clock.sleepMs(pollMs, {signal: options.signal});
    const status = await device.wire.readByte('*STB?', options);
    const now = await device.get(watched, options);
    stillCount = now === last ? stillCount + 1 : 0;
    last = now;
    if ((status & isFree) !== 0 && stillCount > 0) break;
  }
  await device.refresh(options);
  await device.waitSettled(0.01, options);
  return {[watched]: last};
}

async function readBuffer(device: Sr830Control, args: ActionArgs, options: CallOptions): Promise<number[]> {
  const channel = integerArg(args, 'channel', [1, 2]);
  const stored = Number(await device.get('bufferPointCount', options));
  const first = integerArg({first: 0, ...args}, 'first', [0, bufferCapacity]);
  const count = integerArg({count: stored - first, ...args}, 'count', [0, bufferCapacity]);
  if (first + count > stored)
    throw new BenchError(
      'device/out-of-range',
      `Points ${first} to ${first + count - 1} were asked, but the buffer holds ${stored}. Nothing was read.`,
      {details: {first, count, stored}},
    );
  if (count === 0) return [];
  const format = String(args['format'] ?? 'trca');
  const fields = `${channel},${first},${count}`;
  // A dump takes its time on a serial line: 18 characters a point as text.
  const timeoutMs = slowTimeoutMs + count * 20;
  if (format === 'trca') {
    const asked = `TRCA? ${fields}`;
    const text = await device.wire.readText(asked, {...options, timeoutMs});
    return parseTrca(text, count, {from: device.wire.from, asked});
  }
  if (format !== 'trcb' && format !== 'trcl')
    throw new BenchError('device/out-of-range', `format = ${format} was refused: give trca, trcb or trcl.`);
  const asked = `${format.toUpperCase()}? ${fields}`;
  const bytes = await device.wire.askBytes(asked, count * bytesPerBin, {...options, timeoutMs});
  const source = {from: device.wire.from, asked};
  return format === 'trcb' ? decodeTrcb(bytes, source) : decodeTrcl(bytes, source);
}

async function readStatus(device: Sr830Control, options: CallOptions): Promise<unknown> {
  const lias = await device.wire.readByte('LIAS?', options);
  const esr = await device.wire.readByte('*ESR?', options);
  const errs = await device.wire.readByte('ERRS?', options);
  return {
    lias,
    lockIn: describeLias(lias),
    esr,
    events: describeEsr(esr),
    errs,
    faults: describeErrs(errs),
  };
}

/** What a channel shows is a phase, a voltage, or a ratio, which has no unit: the name says which. */
async function readDisplay(device: Sr830Control, args: ActionArgs, options: CallOptions): Promise<unknown> {
  const channel = integerArg(args, 'channel', [1, 2]);
  const asked = `OUTR? ${channel}`;
  const value = parseNumber(await device.wire.readText(asked, options), {from: device.wire.from, asked});
  const shows = await device.get(`channel${channel}Display`, options);
  const dividedBy = await device.get(`channel${channel}Ratio`, options);
  if (dividedBy !== 'none') return {shows, dividedBy, ratio: value};
  return {shows, [shows === 'theta' ? 'thetaDeg' : 'displayV']: value};
}

const handlers: Readonly<Record<string, Handler>> = {
  'auto-phase': async (device, _args, options) => {
    await device.autoPhase(options);
    return {referencePhaseDeg: await device.get('referencePhaseDeg', options)};
  },
  'auto-range': async (device, _args, options) => ({sensitivityV: await device.autoRange(options)}),
  'auto-gain': (device, _args, options) => runAuto(device, 'AGAN', 'sensitivityV', options),
  'auto-reserve': (device, _args, options) => runAuto(device, 'ARSV', 'reserve', options),
  'auto-offset': (device, args, options) =>
    refreshAfter(device, `AOFF ${integerArg(args, 'channel', [1, 3])}`, options),
  'buffer-start': sends('STRT'),
  'buffer-start-delayed': sends('STRD'),
  'buffer-pause': sends('PAUS'),
  'buffer-clear': sends('REST'),
  'buffer-read': readBuffer,
  trigger: sends('TRIG'),
  'read-display': readDisplay,
  'read-status': (device, _args, options) => readStatus(device, options),
  'clear-status': sends('*CLS'),
  'save-setup': (device, args, options) =>
    device.wire.writeText(`SSET ${integerArg(args, 'memory', [1, 9])}`, options),
  'recall-setup': (device, args, options) =>
    refreshAfter(device, `RSET ${integerArg(args, 'memory', [1, 9])}`, options),
  reset: (device, _args, options) => refreshAfter(device, '*RST', options),
};

/** Runs one of the actions of the list. */
export async function callSr830(
  device: Sr830Control,
  action: string,
  args: ActionArgs,
  options: CallOptions,
): Promise<unknown> {
  const handler = Object.hasOwn(handlers, action) ? handlers[action] : undefined;
  if (handler === undefined) throw unknownAction('sr830', action, sr830Actions);
  return handler(device, args, options);
}
