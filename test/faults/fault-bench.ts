import {createBench, type InProcessBench} from '../../src/virtual/bench.ts';
import type {VirtualBenchHandle} from '../../src/host/bench/open-bench.ts';
import {virtualDetectors} from '../../src/virtual/instrument-list.ts';
import {startHostOn, type HostOnBench} from '../host/bench-service/bench-fixture.ts';
import {createSmallDesign, type SmallDesign} from '../virtual/small-design.ts';
import {Middle, plugIn, type Plug} from './middle.ts';

export const roles = ['stage', 'lockin', 'source', 'mount'] as const;
export type Role = (typeof roles)[number];

/** An instrument with the wire to it. */
export interface Wired {
  readonly middle: Middle;
  readonly plug: Plug;
}

/** A host on a virtual bench in this process, with a man in the middle of every wire. */
export interface FaultBench extends AsyncDisposable {
  readonly virtual: InProcessBench;
  readonly wires: Readonly<Record<Role, Wired>>;
  readonly on: HostOnBench;
  readonly small: SmallDesign;
  /** Places beyond its limits that the true probe has reached other than by homing. */
  readonly violations: readonly string[];
}

/** Bench time per real time. */
export const speed = 20;
export const seed = 3;

/** Limits of the stage in the bench file of the virtual bench, mm, with room for play and screws. */
const limitMm = 50.5;

const carrierOf = (role: Role): 'serial' | 'tcp' =>
  role === 'source' || process.platform === 'win32' ? 'tcp' : 'serial';

/** Starts host and bench; light is a plain spot unless there are mounts. The bench is not opened. */
export async function startFaultBench({hasMounts = false} = {}): Promise<FaultBench> {
  const small = await createSmallDesign(8, {plateCount: 2});
  const virtual = createBench({
    seed,
    speed,
    hasNoise: false,
    profile: 'bench',
    ...(hasMounts && {designFolder: small.folder, hasMounts}),
  });
  await virtual.ready;
  const {instruments} = virtual;
  const of = {
    stage: instruments.grbl,
    lockin: instruments.sr830,
    source: instruments['scpi-source'],
    mount: instruments.zaber ?? instruments['keithley-2000'],
  };
  const wireOf = async (role: Role): Promise<Wired> => {
    const middle = new Middle(of[role]);
    return {middle, plug: await plugIn(middle, carrierOf(role))};
  };
  const wires = {
    stage: await wireOf('stage'),
    lockin: await wireOf('lockin'),
    source: await wireOf('source'),
    mount: await wireOf('mount'),
  };
  const entryOf = (role: Role) => ({role, ...wires[role].plug.address});
  const handle: VirtualBenchHandle = {
    seed,
    instruments: [
      entryOf('stage'),
      {...entryOf('lockin'), detector: virtualDetectors.sr830},
      entryOf('source'),
      ...(hasMounts ? [{...entryOf('mount'), plateCount: 2}] : []),
    ],
    mountObject: (object) => virtual.mountObject(object),
    setPlatesPresent: () => Promise.resolve(),
    exchangePlate: () => Promise.resolve(),
    blockBeam: () => Promise.resolve(),
    unblockBeam: () => Promise.resolve(),
    // It outlives the host's opening of it, so that it can be asked afterwards.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const on = await startHostOn(() => Promise.resolve(handle));
  const violations: string[] = [];
  // Homing leads to the switches, which lie outside; what follows leads back.
  let hasComeBack = false;
  const look = setInterval(() => {
    const [x, y] = virtual.wiring.probeMm(virtual.time.nowS());
    const isOutside = Math.abs(x) > limitMm || Math.abs(y) > limitMm;
    if (virtual.stage.axes.state === 'home') hasComeBack = false;
    else if (!isOutside) hasComeBack = true;
    else if (hasComeBack) violations.push(`the probe was at ${x.toFixed(1)}, ${y.toFixed(1)} mm`);
  }, 5);
  return {
    virtual,
    wires,
    on,
    small,
    violations,
    async [Symbol.asyncDispose]() {
      clearInterval(look);
      for (const {middle} of Object.values(wires)) middle.mend();
      await on[Symbol.asyncDispose]();
      for (const {middle, plug} of Object.values(wires)) {
        await plug[Symbol.asyncDispose]();
        middle.dispose();
      }
      await virtual.dispose();
      small[Symbol.dispose]();
    },
  };
}
