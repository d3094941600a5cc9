import type {ZaberAxis} from './zaber-axis.ts';
import {ZaberRejection} from './zaber-axis.ts';
import {knowsSetting, type ZaberFirmware} from './zaber-firmware.ts';
import {longestPacket} from './zaber-message.ts';

/** What a command may see and change of its device. */
export interface ZaberState {
  readonly deviceId: number;
  /** Of what is connected to each axis. */
  readonly peripheralId: number;
  readonly serial: number;
  readonly firmware: ZaberFirmware;
  readonly axes: readonly ZaberAxis[];
  hasAlerts: boolean;
  hasChecksum: boolean;
  /** Longest line of a reply, bytes without its end. */
  packetSize: number;
  /** Settings of the whole device back to what they were at first. */
  restore(): void;
}

/** Order in which warnings are shown and listed, the most urgent first (section 3). */
const warningOrder =
  'FF FN FZ FH FV FO FC FM FD FQ FI FA FR FS FB FP FE FT WL WV WT WS WM WP WR WH NC NI ND NR NT NU NJ NB'.split(
    ' ',
  );

export const orderedWarnings = (axes: readonly ZaberAxis[]): readonly string[] =>
  warningOrder.filter((flag) => axes.some((axis) => axis.warnings.has(flag)));

const integerPattern = /^-?\d{1,10}$/;

function integer(word: string | undefined, [least, most]: readonly [number, number]): number {
  const value = word !== undefined && integerPattern.test(word) ? Number(word) : Number.NaN;
  if (!(value >= least && value <= most)) throw new ZaberRejection('BADDATA');
  return value;
}
const int32: readonly [number, number] = [-(2 ** 31), 2 ** 31 - 1];
const unsigned31: readonly [number, number] = [0, 2 ** 31 - 1];

interface Setting<Owner> {
  readonly get: (owner: Owner) => number | string;
  readonly set?: (owner: Owner, word: string | undefined) => void;
}

const kept = (name: string, range: readonly [number, number]): Setting<ZaberAxis> => ({
  get: ({settings}) => settings[name],
  set: ({settings}, word) => void (settings[name] = integer(word, range)),
});

const axisSettings: Readonly<Record<string, Setting<ZaberAxis>>> = {
  pos: {get: (axis) => axis.position, set: (axis, word) => axis.setPosition(integer(word, int32))},
  'encoder.pos': {get: (axis) => axis.position},
  resolution: {
    get: (axis) => axis.microstepsPerStep,
    set: (axis, word) => axis.setResolution(integer(word, [1, 256])),
  },
  'limit.min': kept('limit.min', int32),
  'limit.max': kept('limit.max', int32),
  'limit.home.preset': kept('limit.home.preset', int32),
  'limit.approach.maxspeed': kept('limit.approach.maxspeed', unsigned31),
  maxspeed: kept('maxspeed', unsigned31),
  'motion.accelonly': kept('motion.accelonly', unsigned31),
  'motion.decelonly': kept('motion.decelonly', unsigned31),
  accel: {
    get: ({settings}) => settings['motion.accelonly'],
    set: ({settings}, word) => {
      const value = integer(word, unsigned31);
      settings['motion.accelonly'] = value;
      settings['motion.decelonly'] = value;
    },
  },
  'driver.temperature': {get: () => '27.5'},
};

/** The shortest is this simulator's own choice. */
const packetSizes: readonly [number, number] = [24, longestPacket];
const flagOf = (word: string | undefined): boolean => integer(word, [0, 1]) === 1;
const deviceSettings: Readonly<Record<string, Setting<ZaberState>>> = {
  'device.id': {get: (device) => device.deviceId},
  deviceid: {get: (device) => device.deviceId},
  version: {get: (device) => device.firmware},
  'system.serial': {get: (device) => device.serial},
  'system.axiscount': {get: (device) => device.axes.length},
  'comm.packet.size.max': {
    get: (device) => device.packetSize,
    set: (device, word) => void (device.packetSize = integer(word, packetSizes)),
  },
  'comm.alert': {
    get: (device) => Number(device.hasAlerts),
    set: (device, word) => void (device.hasAlerts = flagOf(word)),
  },
  'comm.checksum': {
    get: (device) => Number(device.hasChecksum),
    set: (device, word) => void (device.hasChecksum = flagOf(word)),
  },
};

function find<Owner>(
  table: Readonly<Record<string, Setting<Owner>>>,
  {firmware}: ZaberState,
  name: string,
): Setting<Owner> | undefined {
  return Object.hasOwn(table, name) && knowsSetting(firmware, name) ? table[name] : undefined;
}

/** Writing one would connect another peripheral, which a bench has no use for: they are read only here. */
const peripheralNames: readonly string[] = ['peripheral.id', 'peripheralid'];

/** Which axes a command concerns. */
interface Scope {
  readonly isWholeDevice: boolean;
  readonly axes: readonly ZaberAxis[];
}

function getSetting(
  device: ZaberState,
  {isWholeDevice, axes}: Scope,
  [name = '', ...rest]: readonly string[],
): string {
  if (rest.length > 0) throw new ZaberRejection('BADCOMMAND');
  const ofDevice = find(deviceSettings, device, name);
  if (ofDevice) {
    if (!isWholeDevice) throw new ZaberRejection('DEVICEONLY');
    return String(ofDevice.get(device));
  }
  if (peripheralNames.includes(name) && knowsSetting(device.firmware, name))
    return axes.map(() => String(device.peripheralId)).join(' ');
  const ofAxis = find(axisSettings, device, name);
  if (!ofAxis) throw new ZaberRejection('BADCOMMAND');
  return axes.map((axis) => String(ofAxis.get(axis))).join(' ');
}

function setSetting(device: ZaberState, {isWholeDevice, axes}: Scope, words: readonly string[]): void {
  const [name = '', value, ...rest] = words;
  const ofDevice = find(deviceSettings, device, name);
  const ofAxis = find(axisSettings, device, name);
  if (peripheralNames.includes(name) && knowsSetting(device.firmware, name))
    throw new ZaberRejection('NOACCESS');
  if (rest.length > 0 || (!ofDevice && !ofAxis)) throw new ZaberRejection('BADCOMMAND');
  if (!(ofDevice ?? ofAxis)?.set) throw new ZaberRejection('NOACCESS');
  if (ofDevice) {
    if (!isWholeDevice) throw new ZaberRejection('DEVICEONLY');
    ofDevice.set?.(device, value);
  } else for (const axis of axes) ofAxis?.set?.(axis, value);
}

function move({axes}: Scope, [how = '', value, ...rest]: readonly string[]): void {
  if (rest.length > 0) throw new ZaberRejection('BADDATA');
  const all = (act: (axis: ZaberAxis) => void): void => axes.forEach(act);
  switch (how) {
    case 'abs':
    case 'rel': {
      const data = integer(value, int32);
      return all((axis) => (how === 'abs' ? axis.moveAbsolute(data) : axis.moveRelative(data)));
    }
    case 'vel': {
      const data = integer(value, int32);
      return all((axis) => axis.moveAtVelocity(data));
    }
    case 'min':
    case 'max':
      if (value !== undefined) throw new ZaberRejection('BADDATA');
      return all((axis) => axis.moveToLimit(how === 'min' ? 'limit.min' : 'limit.max'));
    default:
      throw new ZaberRejection('BADCOMMAND');
  }
}

function listWarnings({axes}: Scope, words: readonly string[]): string {
  if (words.length > 1 || (words.length === 1 && words[0] !== 'clear'))
    throw new ZaberRejection('BADCOMMAND');
  const flags = orderedWarnings(axes);
  if (words[0] === 'clear') for (const axis of axes) axis.clearWarnings();
  return [String(flags.length).padStart(2, '0'), ...flags].join(' ');
}

function runSystem(device: ZaberState, {isWholeDevice}: Scope, words: readonly string[]): void {
  if (words.length !== 1 || (words[0] !== 'reset' && words[0] !== 'restore'))
    throw new ZaberRejection('BADCOMMAND');
  if (!isWholeDevice) throw new ZaberRejection('DEVICEONLY');
  if (words[0] === 'reset') device.axes.forEach((axis) => axis.reset());
  else device.restore();
}

/** Runs a command and returns the data of its reply; throws `ZaberRejection` with the reason. */
export function runZaberCommand(device: ZaberState, scope: Scope, words: readonly string[]): string {
  const [name, ...rest] = words;
  const alone = (act: (axis: ZaberAxis) => void): string => {
    if (rest.length > 0) throw new ZaberRejection('BADDATA');
    scope.axes.forEach(act);
    return '0';
  };
  switch (name) {
    case undefined:
      return '0';
    case 'home':
      return alone((axis) => axis.home());
    case 'stop':
      return alone((axis) => axis.stop());
    case 'estop':
      return alone((axis) => axis.stopAtOnce());
    case 'move':
      move(scope, rest);
      return '0';
    case 'get':
      return getSetting(device, scope, rest);
    case 'set':
      setSetting(device, scope, rest);
      return '0';
    case 'warnings':
      return listWarnings(scope, rest);
    case 'tools':
      if (rest[0] !== 'echo') throw new ZaberRejection('BADCOMMAND');
      return rest.slice(1).join(' ') || '0';
    case 'system':
      runSystem(device, scope, rest);
      return '0';
    default:
      throw new ZaberRejection('BADCOMMAND');
  }
}
