import type {MountConfig} from '../../src/contract/bench-file.ts';
import type {CallOptions} from '../../src/contract/devices.ts';
import {BenchError, hasCode} from '../../src/contract/errors.ts';
import {defineDriver} from '../kit/index.ts';
import type {Link, LinkSettings, MountDriver} from '../kit/index.ts';
import {mountPlatesFrom, type MountPlate} from './mount-axes.ts';
import {mountActions} from './mount-by-name.ts';
import {ZaberMount, type ZaberDynamics} from './zaber-mount.ts';
import {ZaberWire} from './zaber-wire.ts';

/** ASCII protocol of firmware 6 and 7: 115200 8N1, LF ends a command, CR LF a reply; alerts and info lines interleave. */
const link: LinkSettings = {
  style: 'streamed',
  baudRate: 115_200,
  dataBits: 8,
  stopBits: 1,
  parity: 'none',
  sendTerminator: '\n',
  replyTerminator: '\r\n',
  dtr: 'leave',
  bootWaitMs: 0,
  commandGapMs: 0,
  timeoutMs: 500,
  quietMs: 30,
  maxLineBytes: 512,
  tcpPort: 55_550,
  isResponse: (line) => line.startsWith('@'),
};

/** Speed data are 1.6384 x steps/s, acceleration data 1.6384 x steps/s^2 / 10000. */
const dataPerSpeed = 1.6384;
const accelerationPerDatum = 10_000 / dataPerSpeed;
/** Stands for "without ramp", which a device calls 0. */
const noRamp = 1e12;

async function readDynamics(
  wire: ZaberWire,
  {address, axes}: MountPlate,
  options: CallOptions,
): Promise<readonly ZaberDynamics[]> {
  const dynamics: ZaberDynamics[] = [];
  for (const {axis} of axes) {
    const place = {address, axis};
    const speed = (await wire.askNumber(place, 'get maxspeed', options)) / dataPerSpeed;
    const data = [
      await wire.askNumber(place, 'get motion.accelonly', options),
      await wire.askNumber(place, 'get motion.decelonly', options),
    ];
    const ramp = Math.min(...data.map((datum) => (datum === 0 ? noRamp : datum * accelerationPerDatum)));
    dynamics.push({speed: Math.max(speed, 1e-3), acceleration: ramp});
  }
  return dynamics;
}

function silent(address: number, plate: number, wire: ZaberWire, cause: unknown): BenchError {
  return new BenchError(
    'port/timeout',
    `No Zaber device with the address ${address} (plate ${plate}) answered at ${wire.link.name} (${wire.link.settingsText}). ` +
      'Nothing moved; likely causes: it is off, another port or baud rate, or its address is another one (renumber).',
    {details: {port: wire.link.name, address, plate}, cause},
  );
}

/** Finds every plate's device and reads what its motion depends on. Nothing moves and nothing is set. */
export async function connectZaber(
  link: Link,
  config: MountConfig,
  options: CallOptions = {},
): Promise<ZaberMount> {
  const plates = mountPlatesFrom(config);
  const wire = new ZaberWire(link);
  // Ends whatever another program has left half-written; an empty line is no command.
  await link.send('', options);
  const firmware: string[] = [];
  const dynamics: (readonly ZaberDynamics[])[] = [];
  const names: string[] = [];
  for (const plate of plates) {
    const place = {address: plate.address, axis: 0};
    const {data: model} = await wire.ask(place, 'get device.id', options).catch((error: unknown) => {
      throw hasCode(error, 'port/timeout') ? silent(plate.address, plate.number, wire, error) : error;
    });
    const {data: version} = await wire.ask(place, 'get version', options);
    const {data: serial} = await wire.ask(place, 'get system.serial', options);
    const axisCount = await wire.askNumber(place, 'get system.axiscount', options);
    const beyond = plate.axes.find(({axis}) => axis > axisCount);
    if (beyond)
      throw new BenchError(
        'file/invalid',
        `The bench file gives ${beyond.name} of plate ${plate.number} to axis ${beyond.axis}, but device ${plate.address} at ` +
          `${link.name} has ${axisCount}. Nothing moved; correct mount.plates.`,
        {details: {plate: plate.number, axisCount}},
      );
    firmware.push(version);
    names.push(`${plate.address}: device ${model}, serial ${serial}, firmware ${version}`);
    dynamics.push(await readDynamics(wire, plate, options));
  }
  const identity = {
    maker: 'Zaber',
    model: 'ASCII chain',
    serialNumber: '',
    firmware: [...new Set(firmware)].join(', '),
    text: `Zaber ${names.join('; ')}`,
  };
  return new ZaberMount(wire, config, {plates, dynamics, identity, firmware});
}

export const zaber: MountDriver = defineDriver({
  name: 'zaber',
  kind: 'mount',
  model: 'Zaber ASCII',
  title: 'Plate mounts on a chain of Zaber controllers (ASCII protocol, firmware 6 and 7)',
  manual: 'Zaber ASCII Protocol Manual, firmware 6 and 7',
  docs: 'docs/instruments/zaber.md',
  identity: '/ get device.id answers @AA 0 OK ... for every device',
  link,
  // Which plates and axes there are is known only from the bench file: see the connected mount.
  parameters: [],
  columns: [],
  actions: mountActions,
  connect: connectZaber,
});
