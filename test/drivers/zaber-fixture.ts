import {setTimeout as sleepMs} from 'node:timers/promises';
import {afterEach} from 'vitest';
import {zaberChecksum} from '../../drivers/mount/zaber-reply.ts';
import {connectZaber, zaber} from '../../drivers/mount/zaber.ts';
import {createClock} from '../../src/base/clock.ts';
import {mountSchema, type MountConfig} from '../../src/contract/bench-file.ts';
import type {PlateMount} from '../../src/contract/devices.ts';
import {byteLinkFromStream} from '../../src/host/serial/byte-link.ts';
import {createLineLink} from '../../src/host/serial/line-link.ts';
import {noFaults, withFaults} from '../../src/virtual/faults.ts';
import {Zaber, type ZaberOptions} from '../../src/virtual/instruments/zaber.ts';
import {createDuplex} from '../../src/virtual/port.ts';
import {createVirtualTime} from '../../src/virtual/time.ts';
import {expectWire, type WireStep} from './wire-script.ts';

export const mmPerStep = 0.000047625;
export const linear = (axis: number, more: object = {}) => ({axis, mmPerStep, limitsMm: [-3, 3], ...more});
export const configWith = (plates: readonly object[]): MountConfig =>
  mountSchema.parse({driver: 'zaber', link: {port: 'fake'}, plates});
export const oneAxis = configWith([{address: 1, axes: {x: linear(1)}}]);

/** A line as the driver must send it and the simulated device would answer. */
export const step = (body: string, reply: string): WireStep => [`/${body}:${zaberChecksum(body)}`, reply];
/** How a device of firmware 7.35 is found. */
export const connecting: readonly WireStep[] = [
  ['', undefined],
  step('1 0 0', '@01 0 00 OK IDLE WR 0'),
  step('1 0 1 get version', '@01 0 01 OK IDLE WR 7.35'),
  step('1 0 2 get device.id', '@01 0 02 OK IDLE WR 30342'),
  step('1 0 3 get system.serial', '@01 0 03 OK IDLE WR 81001'),
  step('1 0 4 get system.axiscount', '@01 0 04 OK IDLE WR 4'),
  step('1 1 5 get peripheral.id', '@01 1 05 OK IDLE WR 43022'),
  step('1 1 6 get maxspeed', '@01 1 06 OK IDLE WR 153600'),
  step('1 1 7 get motion.accelonly', '@01 1 07 OK IDLE WR 205'),
  step('1 1 8 get motion.decelonly', '@01 1 08 OK IDLE WR 205'),
  // As firmware 7.01 answers: what is not told is not asked again.
  step('1 0 9 get resolution', '@01 0 09 RJ IDLE WR BADCOMMAND'),
];
export const states = (firstId: number, steps: number, flags: string): readonly WireStep[] => {
  const [shown = '--'] = flags.split(' ').slice(1);
  const id = (offset: number): string => String(firstId + offset).padStart(2, '0');
  return [
    step(`1 1 ${firstId} warnings`, `@01 1 ${id(0)} OK IDLE ${shown} ${flags}`),
    step(`1 1 ${firstId + 1} get pos`, `@01 1 ${id(1)} OK IDLE ${shown} ${steps}`),
  ];
};

/** A mount of one axis that was found; then the script. */
export const runZaber = (
  script: readonly WireStep[],
  body: (mount: PlateMount) => Promise<void>,
): Promise<void> =>
  expectWire({settings: zaber.link}, [...connecting, ...script], async (link) =>
    body(await connectZaber(link, oneAxis)),
  );

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

export const fourAxes = (address: number, more: object = {}) => ({
  address,
  axes: {
    x: linear(1, more),
    y: linear(2),
    z: linear(3, {direction: -1}),
    rotation: {axis: 4, degPerStep: 0.000234375, limitsDeg: [-5, 5]},
  },
});

/** The driver and the byte-level simulator, on a clock that runs faster than real time. */
export async function setUp(
  config: MountConfig,
  {speed = 20, ...more}: Partial<ZaberOptions> & {speed?: number} = {},
) {
  const time = createVirtualTime(speed);
  const body = {unitPerStep: mmPerStep, travel: 12.7, start: 6.35};
  const turn = {unitPerStep: 0.000234375, travel: 20, start: 10};
  const chain = new Zaber({time, devices: [1, 2].map(() => [body, body, body, turn]), ...more});
  if (speed === 1) chain.devices[0].axes[0].settings['maxspeed'] = 20_000;
  const faults = noFaults();
  const stream = createDuplex(withFaults(chain, faults));
  const link = createLineLink(byteLinkFromStream(stream, {name: 'fake'}), zaber.link, {
    clock: createClock(speed),
    shortestLimitRealMs: 250,
  });
  const mount = await connectZaber(link, config);
  /** Resolves when the first plate is on its way, which then takes seconds at speed 1. */
  const underWay = async (): Promise<void> => {
    while (Math.abs(chain.devices[0].axes[0].offset) < 0.02) await sleepMs(2);
  };
  open.push(mount, {
    async [Symbol.asyncDispose]() {
      chain.dispose();
      time.dispose();
    },
  });
  return {chain, mount, faults, underWay};
}
