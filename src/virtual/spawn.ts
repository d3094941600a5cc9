import {BenchError} from '../contract/errors.ts';
import {prefersThread, startProcess, startThread, type BenchHome} from './bench-home.ts';
import type {InstrumentName} from './instrument-list.ts';
import type {BenchState, ControlCall, ControlMessage, ControlResult, InstrumentEntry} from './control.ts';
import type {Faults} from './faults.ts';
import type {ZaberFirmware} from './instruments/zaber-firmware.ts';
import type {ProfileName} from './profiles.ts';
import type {FlipAxis, PlateShift} from './plate-holders.ts';
import type {SceneOverrides} from './scene-overrides.ts';
import type {SceneTruth} from './scene-truth.ts';
import type {MountedObject} from './scene.ts';
import type {PortAddress} from './virtual-port.ts';

export interface VirtualBenchOptions {
  readonly seed?: number;
  /** Bench time per real time; `Infinity` for no physical delay. */
  readonly speed?: number;
  readonly noise?: boolean;
  /** Folder of the design whose plates stand on the bench; the shipped one by default. */
  readonly designFolder?: string;
  readonly instruments?: readonly InstrumentName[];
  /** The detector among the default instruments, by the name of its driver: the SR830 unless given. */
  readonly detector?: string | undefined;
  /** A motorised mount under each plate as well. */
  readonly mounts?: boolean;
  readonly mountFirmware?: ZaberFirmware;
  /** What differs from the shipped scene. */
  readonly settings?: SceneOverrides;
  /** `bench` by default: the stage as a campaign needs it. */
  readonly profile?: ProfileName;
  /** Serial instruments behind TCP ports too. */
  readonly tcp?: boolean;
  /** A process of its own, unless the program or `D2NN_BENCH_VIRTUAL` wants threads. */
  readonly home?: 'process' | 'thread';
  readonly signal?: AbortSignal | undefined;
}

/** A virtual bench in a process or thread of its own, which ends when this process does. */
export interface VirtualBench extends AsyncDisposable {
  readonly instruments: readonly InstrumentEntry[];
  readonly pid: number | undefined;
  /** As it was asked for; undefined for the default one. */
  readonly seed: number | undefined;
  /** Puts an object into the bench (null: an open frame); resolves when its light has arrived. */
  mountObject(object: MountedObject | null): Promise<void>;
  blockBeam(): Promise<void>;
  unblockBeam(): Promise<void>;
  setFaults(instrument: InstrumentName, faults: Partial<Faults>): Promise<void>;
  unplug(instrument: InstrumentName): Promise<void>;
  /** Plugs it in again; resolves with where it is now: at the same network port, at another pseudo-terminal. */
  replug(instrument: InstrumentName): Promise<PortAddress>;
  readState(): Promise<BenchState>;
  /** Turns a plate's screws by hand (precision: the scene's setting `hand`); resolves when the light has followed. */
  nudgePlate(plate: number, shift: Partial<PlateShift>): Promise<void>;
  /** `plates` stand afterwards, the others are taken out. */
  setPlatesPresent(plates: readonly number[]): Promise<void>;
  flipPlate(plate: number, about: FlipAxis): Promise<void>;
  /** Puts another plate in the place of one, printed with these heights, mm above the base, row by row. */
  exchangePlate(plate: number, heightsMm: Float32Array): Promise<void>;
  /** The hidden errors as they are now: for those who judge an alignment, never for those who make it. */
  readTruth(): Promise<SceneTruth>;
}

/** Time in which the bench has to end by itself, ms. */
const endingMs = 3000;

/** Starts a virtual bench and waits until there is light on it. Throws `bench/busy` or `internal` when it cannot. */
export async function startVirtualBench(options: VirtualBenchOptions = {}): Promise<VirtualBench> {
  const {signal} = options;
  signal?.throwIfAborted();
  const {home = prefersThread() ? 'thread' : 'process'} = options;
  const control = new Control((home === 'thread' ? startThread : startProcess)(argumentsOf(options)));
  const onAbort = (): void => void control.end();
  signal?.addEventListener('abort', onAbort, {once: true});
  try {
    const instruments = await control.started;
    signal?.throwIfAborted();
    return {
      instruments,
      pid: control.pid,
      seed: options.seed,
      mountObject: (object) => control.call({method: 'mount-object', object}),
      blockBeam: () => control.call({method: 'block-beam', isBlocked: true}),
      unblockBeam: () => control.call({method: 'block-beam', isBlocked: false}),
      setFaults: (instrument, faults) => control.call({method: 'set-faults', instrument, faults}),
      unplug: (instrument) => control.call({method: 'unplug', instrument}),
      replug: (instrument) => control.call({method: 'replug', instrument}),
      readState: () => control.call({method: 'read-state'}),
      nudgePlate: (plate, shift) => control.call({method: 'nudge-plate', plate, ...shift}),
      setPlatesPresent: (plates) => control.call({method: 'set-plates-present', plates}),
      flipPlate: (plate, about) => control.call({method: 'flip-plate', plate, about}),
      exchangePlate: (plate, heightsMm) => control.call({method: 'exchange-plate', plate, heightsMm}),
      readTruth: () => control.call({method: 'read-truth'}),
      [Symbol.asyncDispose]: () => control.end(),
    };
  } catch (error) {
    await control.end();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function argumentsOf({
  seed,
  speed,
  noise,
  designFolder,
  instruments,
  detector,
  mounts,
  mountFirmware,
  settings,
  profile = 'bench',
  tcp,
}: VirtualBenchOptions): string[] {
  const list = ['--json', '--profile', profile];
  if (seed !== undefined) list.push('--seed', String(seed));
  if (speed !== undefined) list.push('--speed', speed === Infinity ? 'instant' : String(speed));
  if (noise !== undefined) list.push('--noise', noise ? 'on' : 'off');
  if (designFolder !== undefined) list.push('--design', designFolder);
  if (instruments) list.push('--instruments', instruments.join(','));
  if (detector !== undefined) list.push('--detector', detector);
  if (settings) list.push('--scene', JSON.stringify(settings));
  if (mounts) list.push('--mounts');
  if (mountFirmware) list.push('--mount-firmware', mountFirmware);
  if (tcp) list.push('--tcp');
  return list;
}

/** The parent's end of the channel. */
class Control {
  readonly started: Promise<readonly InstrumentEntry[]>;
  private readonly home: BenchHome;
  private readonly waiting = new Map<
    number,
    {resolve: (result: ControlResult) => void; reject: (error: Error) => void}
  >();
  private nextId = 0;
  private lastOutput = '';
  private hasExited = false;

  constructor(home: BenchHome) {
    this.home = home;
    home.onText((text) => (this.lastOutput = (this.lastOutput + text).slice(-2000)));
    void home.ended.then(() => {
      this.hasExited = true;
      this.failAll();
    });
    this.started = new Promise((resolve, reject) => {
      let entries: readonly InstrumentEntry[] = [];
      home.onMessage((control) => {
        if (control.type === 'ready') entries = control.instruments;
        else if (control.type === 'lit') resolve(entries);
        else if (control.type === 'failed' && control.id === null) reject(this.failure(control.message));
        else this.settle(control);
      });
      void home.ended.then(() => reject(this.failure('it has ended')));
    });
  }

  get pid(): number | undefined {
    return this.home.pid;
  }

  call<Method extends ControlCall['method']>(
    call: Extract<ControlCall, {method: Method}>,
  ): Promise<ControlResult<Method>> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      if (this.hasExited || !this.home.isOpen) return reject(this.failure('it has ended'));
      // The other end answers each method with its own result.
      this.waiting.set(id, {resolve: resolve as (result: ControlResult) => void, reject});
      this.home.send({type: 'call', id, call}, (error) => {
        if (this.waiting.delete(id)) reject(this.failure(error.message));
      });
    });
  }

  async end(): Promise<void> {
    if (!this.hasExited) {
      this.home.dismiss();
      const timer = setTimeout(() => this.home.kill(), endingMs);
      await this.home.ended;
      clearTimeout(timer);
    }
  }

  private settle(message: Extract<ControlMessage, {type: 'done' | 'failed'}>): void {
    if (message.id === null) return;
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.type === 'done') waiting?.resolve(message.result);
    else
      waiting?.reject(
        message.code === undefined || message.code === 'internal'
          ? this.failure(message.message)
          : new BenchError(message.code, message.message),
      );
  }
  private failAll(): void {
    for (const {reject} of this.waiting.values()) reject(this.failure('it has ended'));
    this.waiting.clear();
  }
  private failure(reason: string): BenchError {
    return new BenchError('internal', `The virtual bench does not work: ${reason}.`, {
      details: {lastOutput: this.lastOutput},
    });
  }
}
