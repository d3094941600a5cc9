import type {CallOptions} from '../../src/contract/devices.ts';
import {BenchError, hasCode} from '../../src/contract/errors.ts';
import {plateAxisNames} from '../../src/contract/plate-labels.ts';
import {proveSame, type KnownInstrument} from '../kit/index.ts';
import type {MountPlate} from './mount-axes.ts';
import type {ZaberPlace, ZaberWire} from './zaber-wire.ts';

/** How fast an axis goes, steps/s and steps/s^2. */
export interface ZaberDynamics {
  readonly speed: number;
  readonly acceleration: number;
}

/** A device of the chain as far as it tells who it is; '' for what its firmware does not know. */
export interface ZaberIdentity {
  readonly firmware: string;
  readonly deviceId: string;
  readonly serial: string;
  readonly axisCount: number;
  /** By axis of the plate; undefined where the device does not tell its speed. */
  readonly dynamics: readonly (ZaberDynamics | undefined)[];
  /** `1: device 30342, serial 81001, firmware 7.35`. */
  readonly text: string;
}

/** Speed data are 1.6384 x steps/s, acceleration data 1.6384 x steps/s^2 / 10000. */
const dataPerSpeed = 1.6384;
const accelerationPerDatum = 10_000 / dataPerSpeed;
/** Stands for "without ramp", which a device calls 0. */
const noRamp = 1e12;
/** From this firmware on settings of the device have a dot in their names. */
const dottedNamesFrom = 7;

const versionQuestion = 'get version';

const numberFrom = (data: string | undefined): number | undefined =>
  data !== undefined && /^-?\d+(?:\.\d+)?$/.test(data) ? Number(data) : undefined;

/**
 * Finds a plate's device and reads what its motion depends on; nothing moves and nothing is set. Only that it answers
 * and has the axes is needed. Names differ between firmware 6 (`deviceid`, `peripheralid`, no `system.serial` before
 * 6.15) and 7 (`device.id`, `peripheral.id`): Zaber ASCII Protocol Manual of either. Throws `port/timeout` naming what
 * the silence points to, `file/invalid` for an axis that is not there.
 */
export async function identifyZaber(
  wire: ZaberWire,
  plate: MountPlate,
  options: CallOptions,
): Promise<ZaberIdentity> {
  const place = {address: plate.address, axis: 0};
  await wire.ask(place, '', options).catch(async (error: unknown) => {
    throw hasCode(error, 'port/timeout') ? await silent(wire, plate, error, options) : error;
  });
  const name = await nameDevice(wire, place, options);
  const axisCount = await countAxes(wire, place, options);
  assertAxes(wire, plate, axisCount);
  const dynamics: (ZaberDynamics | undefined)[] = [];
  const peripherals: string[] = [];
  for (const {axis} of plate.axes) {
    const own = {address: plate.address, axis};
    peripherals.push(...(await namePeripheral(wire, own, name, options)));
    dynamics.push(await readDynamics(wire, own, options));
  }
  return {...name, axisCount, dynamics, text: textOf(plate, name, peripherals)};
}

/** Identity of a chain, as the devices of its plates have told theirs. */
export const chainText = (texts: readonly string[]): string => `Zaber ${texts.join('; ')}`;

/**
 * Asks the devices of a chain one after the other who they are, and sends nothing else. Throws `device/wrong-instrument` at the
 * first that is not the one of the known chain, and `port/timeout` where none answers.
 */
export async function proveSameChain(
  wire: ZaberWire,
  known: KnownInstrument,
  plates: readonly MountPlate[],
  options: CallOptions,
): Promise<void> {
  const texts: string[] = [];
  for (const [index, plate] of plates.entries()) {
    const place = {address: plate.address, axis: 0};
    await proveSame(wire.link, known, {
      asked: 'get version, device.id, system.serial, peripheral.id',
      async ask() {
        // Silence is no other device.
        await wire
          .ask({address: plate.address, axis: 0}, versionQuestion, options)
          .catch((error: unknown) => {
            if (!hasCode(error, 'device/refused')) throw error;
          });
        const name = await nameDevice(wire, place, options);
        const peripherals: string[] = [];
        for (const {axis} of plate.axes)
          peripherals.push(...(await namePeripheral(wire, {...place, axis}, name, options)));
        texts[index] = textOf(plate, name, peripherals);
        return chainText(texts);
      },
      isSame: (answer) => known.identity.text === answer || known.identity.text.startsWith(`${answer}; `),
    });
  }
}

type ZaberName = Pick<ZaberIdentity, 'firmware' | 'deviceId' | 'serial'>;

const isDotted = ({firmware}: Pick<ZaberName, 'firmware'>): boolean =>
  !(Number.parseInt(firmware, 10) < dottedNamesFrom);

async function nameDevice(wire: ZaberWire, place: ZaberPlace, options: CallOptions): Promise<ZaberName> {
  const firmware = (await wire.askIfKnown(place, versionQuestion, options)) ?? '';
  const names = isDotted({firmware}) ? ['device.id', 'deviceid'] : ['deviceid', 'device.id'];
  const deviceId = await firstKnown(wire, place, names, options);
  const serial = (await wire.askIfKnown(place, 'get system.serial', options)) ?? '';
  return {firmware, deviceId, serial};
}

/** What hangs on an axis, as its part of the identity; none where it does not tell. */
async function namePeripheral(
  wire: ZaberWire,
  own: ZaberPlace,
  name: ZaberName,
  options: CallOptions,
): Promise<string[]> {
  const names = isDotted(name) ? ['peripheral.id', 'peripheralid'] : ['peripheralid', 'peripheral.id'];
  const peripheral = await firstKnown(wire, own, names, options);
  // 0 stands for none connected, and an integrated device does not know the setting.
  return peripheral === '' || peripheral === '0' ? [] : [`${own.axis}: ${peripheral}`];
}

function textOf(
  {address}: MountPlate,
  {firmware, deviceId, serial}: ZaberName,
  peripherals: readonly string[],
): string {
  const parts = [
    deviceId === '' ? 'a device' : `device ${deviceId}`,
    ...(serial === '' ? [] : [`serial ${serial}`]),
    firmware === '' ? 'firmware not reported' : `firmware ${firmware}`,
    ...(peripherals.length === 0 ? [] : [`peripherals ${peripherals.join(', ')}`]),
  ];
  return `${address}: ${parts.join(', ')}`;
}

/** A setting under the first of its names that the firmware knows; '' when it knows none. */
async function firstKnown(
  wire: ZaberWire,
  place: ZaberPlace,
  names: readonly string[],
  options: CallOptions,
): Promise<string> {
  for (const name of names) {
    const data = await wire.askIfKnown(place, `get ${name}`, options);
    if (data !== undefined) return data;
  }
  return '';
}

/** Number of axes as the device states it, or, where it does not, the number of positions it answers. */
async function countAxes(wire: ZaberWire, place: ZaberPlace, options: CallOptions): Promise<number> {
  const told = numberFrom(await wire.askIfKnown(place, 'get system.axiscount', options));
  if (told !== undefined) return told;
  const {data} = await wire.ask(place, 'get pos', options);
  return data.split(' ').length;
}

function assertAxes(wire: ZaberWire, plate: MountPlate, axisCount: number): void {
  const beyond = plate.axes.find(({axis}) => axis > axisCount);
  if (beyond === undefined) return;
  throw new BenchError(
    'file/invalid',
    `The bench file gives ${plateAxisNames[beyond.name]} of plate ${plate.number} to axis ${beyond.axis}, but device ${plate.address} at ` +
      `${wire.link.name} has ${axisCount}. Nothing moved; correct mount.plates.`,
    {details: {plate: plate.number, axisCount}},
  );
}

/** Speed and acceleration, by which the time of a move is estimated; undefined where an axis does not report them. */
async function readDynamics(
  wire: ZaberWire,
  place: ZaberPlace,
  options: CallOptions,
): Promise<ZaberDynamics | undefined> {
  const ask = async (name: string): Promise<number | undefined> =>
    numberFrom(await wire.askIfKnown(place, `get ${name}`, options));
  const speed = await ask('maxspeed');
  if (speed === undefined) return undefined;
  const ramps = [await ask('motion.accelonly'), await ask('motion.decelonly')];
  const data = ramps.filter((datum) => datum !== undefined);
  if (data.length < ramps.length) {
    const both = await ask('accel');
    if (both === undefined) return undefined;
    data.push(both);
  }
  const ramp = Math.min(...data.map((datum) => (datum === 0 ? noRamp : datum * accelerationPerDatum)));
  return {speed: Math.max(speed / dataPerSpeed, 1e-3), acceleration: ramp};
}

/** The error of a device that does not answer; whether others of the chain answer says where to look. */
async function silent(
  wire: ZaberWire,
  {address, number}: MountPlate,
  cause: BenchError,
  options: CallOptions,
): Promise<BenchError> {
  const others = await wire.listAddresses(options);
  const rest = cause.details['rest'];
  const why =
    others.length > 0
      ? `the chain answers, with ${others.length === 1 ? 'device' : 'devices'} ${others.join(', ')}: correct mount.plates.address, ` +
        'or give the device that address (renumber)'
      : typeof rest === 'string' && rest !== ''
        ? 'bytes came, but no line: likely another baud rate, or a device that speaks the binary protocol'
        : 'nothing came at all: it is off, it hangs on another port, or it does not speak the ASCII protocol ' +
          '(firmware below 6.06, or set to the binary protocol)';
  return new BenchError(
    'port/timeout',
    `No Zaber device with the address ${address} (plate ${number}) answered at ${wire.link.name} ` +
      `(${wire.link.settingsText}). Nothing moved; ${why}.`,
    {details: {port: wire.link.name, address, plate: number, others}, cause},
  );
}
