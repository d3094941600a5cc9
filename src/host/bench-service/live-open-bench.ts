import type {MountPlace} from '../placements/plate-moves.ts';
import {handOver} from '../engine/hand-over.ts';
import type {Clock} from '../../base/clock.ts';
import {createClock} from '../../base/clock.ts';
import type {BenchDevice} from '../../contract/devices.ts';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';
import type {BenchFile, LinkConfig} from '../../contract/bench-file.ts';
import {portText} from '../bench/port-text.ts';
import {forgetfulMemory, openStageMemory, orDispose, type StageMemory} from '../bench/stage-memory.ts';
import type {StagePlaces} from '../bench/stage-places.ts';
import type {QuestionHandler} from '../../contract/questions.ts';
import type {BenchOperator, OpenBench, VirtualBenchHandle} from '../bench/open-bench.ts';
import {
  createRegistry,
  type DriverDevice,
  type DetectorDevice,
  type MountDevice,
  type SourceDevice,
  type StageDevice,
} from '../devices/registry.ts';
import type {TraceEntry} from '../serial/trace.ts';
import {createSlot, type Slot, type SlotOptions} from './slot.ts';

/** The instruments by what they are, each in its place. */
export interface Slots {
  readonly stage: Slot<StageDevice>;
  readonly detector: Slot<DetectorDevice>;
  readonly source: Slot<SourceDevice>;
  /** Where the bench file names one. */
  readonly mount?: Slot<MountDevice> | undefined;
}

/** All of them, in the order in which they are connected: the source first, so that RF is off. */
export const slotsOf = ({source, detector, stage, mount}: Slots): readonly Slot[] => [
  source,
  detector,
  stage,
  ...(mount ? [mount] : []),
];

/** An open bench whose instruments may come and go. `devices` always names those that are there now. */
export interface LiveOpenBench extends OpenBench {
  readonly slots: Slots;
}

export interface LiveBenchOptions {
  readonly file: BenchFile;
  /** Bench time per real time. */
  readonly speed: number;
  /** Factor on every time limit of the instruments; 1 unless given. */
  readonly timeoutScale?: number | undefined;
  readonly operator: BenchOperator;
  readonly ask: QuestionHandler;
  /** The virtual bench behind the ports; ends with this one. */
  readonly virtual?: VirtualBenchHandle | undefined;
  readonly signal: AbortSignal;
  /** Where it is kept where stages stand; not used by a virtual bench. */
  readonly places: StagePlaces;
  readonly onTrace: (role: string, entry: TraceEntry) => void;
  readonly mayReconnect: () => boolean;
  readonly onChange: () => void;
  readonly onSentence: (
    role: string,
    ...sentence: Parameters<SlotOptions<StageDevice>['onSentence']>
  ) => void;
  /** Tells mounts where their plates stood when they were let go; they are connected for the first time. */
  readonly recallPlates: (mount: MountDevice, place: MountPlace) => void;
  /** Hears the places before anything is connected. */
  readonly onSlots: (slots: Slots, clock: Clock) => void;
}

/**
 * Connects all instruments of a bench file, the source first so that RF is off. When one fails the others are closed
 * again and its error is thrown. Nothing moves.
 */
export async function openLiveBench(options: LiveBenchOptions): Promise<LiveOpenBench> {
  const {file, speed, virtual, operator, ask, signal} = options;
  const clock = createClock(speed);
  const memory = virtual ? forgetfulMemory : await openStageMemory(options.places, file.name, file.stage);
  const slots = createSlots(options, clock, memory);
  options.onSlots(slots, clock);
  const dispose = async (): Promise<void> => {
    const results = await Promise.allSettled(
      [slots.source, slots.stage, ...(slots.mount ? [slots.mount] : []), slots.detector].map((slot) =>
        slot.close(),
      ),
    );
    await virtual?.[Symbol.asyncDispose]();
    const [first, ...others] = results.flatMap((result) =>
      result.status === 'rejected' ? [benchErrorFrom(result.reason)] : [],
    );
    if (first)
      throw new BenchError(first.code, [first, ...others].map(({message}) => message).join(' '), {
        cause: first,
      });
  };
  try {
    for (const slot of slotsOf(slots)) await connectNamed(slot, signal);
  } catch (error) {
    await Promise.allSettled([dispose()]);
    throw error;
  }
  return {
    file,
    clock,
    operator,
    ask,
    slots,
    reconnect: (role, lost, call) => reconnectSlot(slots, role, lost, call.signal),
    isVirtual: virtual !== undefined,
    seed: virtual?.seed,
    devices: {
      get stage() {
        return presentOf(slots.stage);
      },
      get detector() {
        return presentOf(slots.detector);
      },
      get source() {
        return presentOf(slots.source);
      },
      get mount() {
        return slots.mount && presentOf(slots.mount);
      },
      [Symbol.asyncDispose]: dispose,
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** Connects one of the bench file's instruments; a failure says which one, with what driver and on which port. */
async function connectNamed(slot: Slot, signal: AbortSignal): Promise<void> {
  try {
    await slot.connect(signal);
  } catch (error) {
    if (isAbort(error)) throw error;
    const {code, message, details} = benchErrorFrom(error);
    throw new BenchError(
      code,
      `The ${slot.role} (${slot.driver} at ${slot.portText}) could not be connected: ${message}`,
      {details: {...details, role: slot.role, driver: slot.driver, port: slot.portText}, cause: error},
    );
  }
}

/** Takes the place of an instrument that is out of reach, wherever it is asked from. */
export async function reconnectSlot(
  slots: Slots,
  role: string,
  lost: BenchDevice,
  signal: AbortSignal,
): Promise<BenchDevice> {
  const slot = slotsOf(slots).find((candidate) => candidate.role === role);
  if (!slot) throw new BenchError('device/unknown', `This bench has no "${role}".`);
  return slot.renew(slotsOf(slots).find(({device}) => device === lost)?.device, signal);
}

/** The instrument, or the one that was there last: what is asked of it then says that its line is closed. */
const presentOf = <D extends DriverDevice>(slot: Slot<D>): D => slot.device ?? slot.require();

function createSlots(options: LiveBenchOptions, clock: Clock, memory: StageMemory): Slots {
  const {file, speed, timeoutScale = 1, onTrace, onChange, onSentence, mayReconnect} = options;
  const registryOf = (role: string) =>
    createRegistry({
      clock,
      // Instruments of a virtual bench run faster, this computer does not.
      timeoutScale: timeoutScale * Math.max(1, speed),
      onTrace: (entry) => onTrace(role, entry),
    });
  const shared = ({
    role,
    driver,
    link,
  }: {
    readonly role: string;
    readonly driver: string;
    readonly link: LinkConfig;
  }) => ({
    role,
    driver,
    portText: portText(link),
    mayTry: mayReconnect,
    onChange,
    onSentence: (...sentence: Parameters<SlotOptions<StageDevice>['onSentence']>) =>
      onSentence(role, ...sentence),
  });
  const {stage, detector, source, mount} = file;
  const [stageRegistry, detectorRegistry, sourceRegistry] = [stage, detector, source].map(({role}) =>
    registryOf(role),
  );
  return {
    stage: createSlot<StageDevice>({
      ...shared(stage),
      connect: async (call, before) => {
        const fresh = await stageRegistry.connectStage(stage, call);
        await orDispose(fresh, memory.receive(fresh, {before}));
        return fresh;
      },
    }),
    detector: createSlot({
      ...shared(detector),
      connect: (call) => detectorRegistry.connectDetector(detector, call),
    }),
    source: createSlot({
      ...shared(source),
      connect: (call) => sourceRegistry.connectSource(source, call),
    }),
    ...(mount && {
      mount: createSlot({
        ...shared(mount),
        connect: async (call, before) => {
          const fresh = await registryOf(mount.role).connectMount(mount, call);
          // What its plates report otherwise than before is not trusted: its power may have been cut meanwhile.
          if (before) handOver(before, fresh);
          else options.recallPlates(fresh, {benchName: file.name, benchSeed: options.virtual?.seed ?? null});
          return fresh;
        },
      }),
    }),
  };
}
