import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {OpenBench, VirtualBenchHandle} from '../../../src/host/bench/open-bench.ts';
import {openVirtualBench} from '../open-virtual-bench.ts';
import {runScan, type ScanOutcome} from '../../../src/host/scan/run-scan.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import type {PlanSpec} from '../../../src/contract/plan-spec.ts';
import type {RunStop} from '../../../src/contract/run-records.ts';
import type {EngineEvent} from '../../../src/host/engine/events.ts';
import {createBench, type InProcessBench} from '../../../src/virtual/bench.ts';
import {bytesFromText} from '../../../src/virtual/byte-line.ts';
import {virtualDetectors, type InstrumentName} from '../../../src/virtual/instrument-list.ts';
import {noFaults, withFaults} from '../../../src/virtual/faults.ts';
import {openTcpPort} from '../../../src/virtual/port.ts';
import type {VirtualPort} from '../../../src/virtual/virtual-port.ts';
import {createSmallDesign} from '../../virtual/small-design.ts';

export const speed = 20;
const names: readonly InstrumentName[] = ['sr830', 'grbl', 'scpi-source', 'zaber'];

/** A virtual bench in this process, every instrument behind TCP, into which a second program can speak. */
export interface WatchedBench extends AsyncDisposable {
  readonly virtual: InProcessBench;
  readonly store: Store;
  /** For whoever opens a virtual bench. */
  readonly handle: VirtualBenchHandle;
  /** As the command line opens it; `timeoutScale` is a factor on every time limit of the instruments. */
  open(options?: {readonly timeoutScale?: number}): Promise<OpenBench>;
  /** What another program on the same wire sends. */
  say(instrument: InstrumentName, line: string): void;
  cut(instrument: InstrumentName): Promise<void>;
  /** Its line stays open, and nothing comes any more; until it is told otherwise. */
  silence(instrument: InstrumentName, isSilent: boolean): void;
  /** At the same address as before. */
  plugIn(instrument: InstrumentName): Promise<void>;
}

export async function startWatchedBench(): Promise<WatchedBench> {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-watched-'));
  const small = await createSmallDesign();
  const virtual = createBench({
    speed,
    hasNoise: false,
    profile: 'bench',
    designFolder: small.folder,
    hasMounts: true,
  });
  await virtual.ready;
  const store = openStore(join(folder, 'store.db'));
  const instrumentOf = (name: InstrumentName) => {
    const instrument = virtual.instruments[name];
    if (!instrument) throw new Error(`There is no ${name}.`);
    return instrument;
  };
  const faults = new Map(names.map((name) => [name, noFaults()]));
  const faultyOf = (name: InstrumentName) => withFaults(instrumentOf(name), faults.get(name) ?? noFaults());
  const ports = new Map<InstrumentName, {port: VirtualPort; readonly tcpPort: number}>();
  for (const name of names) {
    const port = await openTcpPort(faultyOf(name));
    if (!('port' in port.address)) throw new Error('no TCP');
    ports.set(name, {port, tcpPort: port.address.port});
  }
  const handle: VirtualBenchHandle = {
    instruments: names.map((name) => ({
      role: instrumentOf(name).role,
      host: '127.0.0.1',
      port: ports.get(name)?.tcpPort,
      ...(name === 'sr830' && {detector: virtualDetectors.sr830}),
      plateCount: 3,
    })),
    mountObject: (object) => virtual.mountObject(object),
    setPlatesPresent: () => Promise.resolve(),
    exchangePlate: () => Promise.resolve(),
    blockBeam: () => Promise.resolve(),
    unblockBeam: () => Promise.resolve(),
    // It outlives whoever opens it.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    virtual,
    store,
    handle,
    async open(options = {}) {
      const bench = await openVirtualBench(handle, speed, options);
      // Light through three small plates is strong.
      await bench.devices.detector.set('sensitivityV', 0.5);
      return bench;
    },
    say: (name, line) =>
      instrumentOf(name)
        .openLine()
        .receive(bytesFromText(line + (name === 'sr830' ? '\r' : '\n'))),
    silence(name, isSilent) {
      const own = faults.get(name);
      if (own) own.isStalled = isSilent;
    },
    cut: async (name) => ports.get(name)?.port.unplug(),
    async plugIn(name) {
      const known = ports.get(name);
      if (!known) return;
      ports.set(name, {...known, port: await openTcpPort(faultyOf(name), known.tcpPort)});
    },
    async [Symbol.asyncDispose]() {
      for (const {port} of ports.values()) await port[Symbol.asyncDispose]();
      await virtual.dispose();
      store[Symbol.dispose]();
      small[Symbol.dispose]();
      rmSync(folder, {recursive: true});
    },
  };
}

export interface DisturbedRun {
  readonly outcome: ScanOutcome;
  readonly stop: RunStop;
  readonly runUid: string;
  readonly notes: readonly string[];
}

/** Scans a small grid and does something behind the program's back after the point `after`. */
export async function scanDisturbed(
  at: WatchedBench,
  bench: OpenBench,
  disturb: () => Promise<void> | void,
  {after = 8, spec = smallGrid}: {readonly after?: number; readonly spec?: PlanSpec} = {},
): Promise<DisturbedRun> {
  let points = 0;
  const notes: string[] = [];
  let disturbing: Promise<void> | undefined;
  const onEvent = (event: EngineEvent): void => {
    if (event.type === 'note') notes.push(event.text);
    if (event.type !== 'document' || event.document[0] !== 'event') return;
    if (++points === after) disturbing = Promise.resolve(disturb());
  };
  const outcome = await runScan({bench, store: at.store}, {spec, isDetectorSetUp: false}, {onEvent});
  await disturbing;
  const runUid = outcome.summary.runs.at(-1)?.uid ?? '';
  const {stop} = at.store.getRun(runUid);
  if (!stop) throw new Error('The run has no end.');
  return {outcome, stop, runUid, notes};
}

export const smallGrid: PlanSpec = {
  plan: 'grid',
  centerMm: {xMm: 0, yMm: 0},
  widthMm: 4,
  heightMm: 4,
  stepMm: 1,
  order: 'snake',
  residualRatio: 0.01,
  readingCount: 1,
  restMs: 0,
} as PlanSpec;
