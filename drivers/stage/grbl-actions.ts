import type {AxisName, CallOptions, ColumnSpec, PositionMm} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {numberArg, unknownAction} from '../kit/index.ts';
import type {ActionArgs, ActionMeta} from '../kit/index.ts';
import {realtimeBytes} from './grbl-controller.ts';
import type {GrblController} from './grbl-controller.ts';
import {isCriticalAlarm} from './grbl-labels.ts';

/** What an action may use of the stage. */
export interface GrblControl {
  readonly axes: readonly AxisName[];
  readonly controller: GrblController;
  readPosition(options?: CallOptions): Promise<PositionMm>;
  home(options?: CallOptions): Promise<void>;
  stop(): Promise<void>;
  trustPosition(): void;
  distrustPosition(reason: string): void;
  beforeMotion(): Promise<void>;
  jog(axis: AxisName, distanceMm: number, feedMmPerMin: number, options?: CallOptions): Promise<void>;
  cancelJog(): Promise<void>;
}

export const grblColumns = (axes: readonly AxisName[]): readonly ColumnSpec[] =>
  axes.map((axis) => ({name: `${axis}Mm`, unit: 'mm', label: axis, precision: 3}));

export const grblActions: readonly ActionMeta[] = [
  {name: 'home', label: 'Homing cycle ($H)'},
  {name: 'stop', label: 'Stop at once'},
  {name: 'unlock', label: 'Leave an alarm ($X); the position is not trusted until homed or confirmed'},
  {name: 'trust-position', label: 'Confirm that the stage really stands at the reported position'},
  {name: 'jog', label: 'Move by a distance', args: ['axis', 'distanceMm', 'feedMmPerMin']},
  {name: 'jog-cancel', label: 'End a jog'},
  {name: 'resume', label: 'Go on after a feed hold (~)'},
  {name: 'reset', label: 'Soft reset (ctrl-X); the position is not trusted until homed or confirmed'},
  {name: 'read-status', label: 'Status report, all fields'},
  {name: 'read-offsets', label: 'Work offsets and stored positions ($#)'},
  {name: 'read-modes', label: 'Modes of the g-code parser ($G)'},
  {name: 'read-build', label: 'Firmware version and options ($I)'},
  {name: 'set-rapid-override', label: 'Speed of rapid moves: 100, 50 or 25 per cent', args: ['percent']},
  {name: 'set-feed-override', label: 'Feed override, 10..200 per cent', args: ['percent']},
];

type Handler = (stage: GrblControl, args: ActionArgs, options: CallOptions) => Promise<unknown>;

const lists =
  (line: string): Handler =>
  async ({controller}, _args, options) =>
    (await controller.command(line, options)).pushed.filter((pushed) => pushed.startsWith('['));

async function unlock({controller}: GrblControl, options: CallOptions): Promise<void> {
  if (isCriticalAlarm(controller.alarmCode)) await controller.reset(options);
  await controller.command('$X', options);
  await controller.readStatus(options);
}

async function jog(stage: GrblControl, args: ActionArgs, options: CallOptions): Promise<void> {
  const axis = stage.axes.find((candidate) => candidate === args['axis']);
  if (axis === undefined)
    throw new BenchError(
      'device/out-of-range',
      `The argument axis = ${String(args['axis'])} was refused: this stage has ${stage.axes.join(', ')}. Nothing moved.`,
    );
  const distanceMm = numberArg(args, 'distanceMm', [-1e4, 1e4]);
  return stage.jog(axis, distanceMm, numberArg(args, 'feedMmPerMin', [1, 1e5]), options);
}

/** Confirms the position that the controller reports now, unless it is locked. Resolves with that position, mm. */
async function trustPosition(
  stage: GrblControl,
  _args: ActionArgs,
  options: CallOptions,
): Promise<PositionMm> {
  const positionMm = await stage.readPosition(options);
  if (stage.controller.isLocked) throw stage.controller.alarmError();
  stage.trustPosition();
  return positionMm;
}

const rapidBytes: Readonly<Record<number, number>> = {100: 0x95, 50: 0x96, 25: 0x97};

async function setRapidOverride({controller}: GrblControl, args: ActionArgs): Promise<void> {
  const percent = numberArg(args, 'percent', [25, 100]);
  const byte = rapidBytes[percent];
  if (byte === undefined)
    throw new BenchError(
      'device/out-of-range',
      `percent = ${percent} was refused: give 100, 50 or 25. Nothing was sent.`,
    );
  controller.link.realtime(byte);
}

async function setFeedOverride({controller}: GrblControl, args: ActionArgs): Promise<void> {
  const percent = Math.round(numberArg(args, 'percent', [10, 200]));
  controller.link.realtime(0x90);
  const [tens, ones] = [Math.trunc((percent - 100) / 10), Math.trunc((percent - 100) % 10)];
  for (let step = 0; step < Math.abs(tens); step++) controller.link.realtime(tens > 0 ? 0x91 : 0x92);
  for (let step = 0; step < Math.abs(ones); step++) controller.link.realtime(ones > 0 ? 0x93 : 0x94);
}

const handlers: Readonly<Record<string, Handler>> = {
  home: (stage, _args, options) => stage.home(options),
  stop: (stage) => stage.stop(),
  unlock: (stage, _args, options) => unlock(stage, options),
  'trust-position': trustPosition,
  jog,
  'jog-cancel': (stage) => stage.cancelJog(),
  async resume(stage) {
    await stage.beforeMotion();
    stage.controller.link.realtime(realtimeBytes.resume);
  },
  async reset(stage, _args, options) {
    stage.distrustPosition('the controller was reset by hand');
    await stage.controller.reset(options);
  },
  'read-status': ({controller}, _args, options) => controller.readStatus(options),
  'read-offsets': lists('$#'),
  'read-modes': lists('$G'),
  'read-build': lists('$I'),
  'set-rapid-override': setRapidOverride,
  'set-feed-override': setFeedOverride,
};

/** Runs one of the actions of the list. */
export async function callGrbl(
  stage: GrblControl,
  action: string,
  args: ActionArgs,
  options: CallOptions,
): Promise<unknown> {
  const handler = Object.hasOwn(handlers, action) ? handlers[action] : undefined;
  if (handler === undefined) throw unknownAction('grbl', action, grblActions);
  return handler(stage, args, options);
}
