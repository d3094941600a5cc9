import {resolve} from 'node:path';
import {createClock, type Clock} from '../../base/clock.ts';
import {BenchError} from '../../contract/errors.ts';
import {createRegistry} from '../devices/registry.ts';
import type {BenchFile} from '../../contract/bench-file.ts';
import {readBenchFile} from '../bench/bench-file.ts';
import {
  robotOf,
  virtualBenchFile,
  type BenchOperator,
  type StandingDesign,
  type VirtualBenchHandle,
} from '../bench/open-bench.ts';
import type {BenchChoice} from '../../contract/api/index.ts';
import {defaultDesignFolder} from '../designs/default-design.ts';
import {openDesign} from '../designs/design-folder.ts';
import {
  openLiveBench,
  type LiveBenchOptions,
  type LiveOpenBench,
  type DeviceConnections,
} from './live-open-bench.ts';
import type {Prompts} from './prompts.ts';

export interface VirtualBenchRequest {
  readonly seed: number;
  readonly speed: number;
  readonly noise: boolean;
  readonly mounts: boolean;
  /** Driver of the detector; the SR830's unless given. */
  readonly detector?: string | undefined;
  readonly plateModel: 'thick' | 'thin';
  readonly designFolder?: string;
  readonly signal: AbortSignal | undefined;
}

/** Starts a virtual bench; given by the one place that may know it. */
export type StartVirtualBench = (request: VirtualBenchRequest) => Promise<VirtualBenchHandle>;

type VirtualChoice = Extract<BenchChoice, {kind: 'virtual'}>;

export interface ChoiceHooks extends Pick<
  LiveBenchOptions,
  | 'onTrace'
  | 'hazards'
  | 'recallPlates'
  | 'mayReconnect'
  | 'onChange'
  | 'onSentence'
  | 'signal'
  | 'timeoutScale'
  | 'places'
> {
  readonly startVirtualBench: StartVirtualBench;
  readonly prompts: Prompts;
  readonly onFile: (file: BenchFile) => void;
  readonly onConnections: (connections: DeviceConnections, clock: Clock, file: BenchFile) => void;
}

/** Opens the chosen bench: all its instruments are connected then, RF is off and nothing has moved. */
export async function openChoice(choice: BenchChoice, hooks: ChoiceHooks): Promise<LiveOpenBench> {
  if (choice.kind === 'file') {
    const file = await readBenchFile(choice.path);
    return connect(hooks, {
      file,
      speed: 1,
      operator: (request, call) => hooks.prompts.ask(request, call),
      virtual: undefined,
    });
  }
  if (choice.detector !== undefined) assertIsDetector(choice.detector);
  // Read here first, within its bounds: the bench's own process takes the folder as it is.
  const design = await standingDesign(choice.designFolder ?? defaultDesignFolder, hooks.signal);
  const virtual = await startVirtual(choice, hooks);
  try {
    const file = virtualBenchFile(virtual.instruments, choice);
    return await connect(hooks, {
      file,
      speed: choice.speed,
      operator: operatorOf(choice, virtual, hooks.prompts),
      virtual,
      design,
    });
  } catch (error) {
    await virtual[Symbol.asyncDispose]();
    throw error;
  }
}

interface BenchToOpen {
  readonly file: BenchFile;
  /** Bench time per real time. */
  readonly speed: number;
  readonly operator: BenchOperator;
  readonly virtual: VirtualBenchHandle | undefined;
  readonly design?: StandingDesign;
}

/** Throws as `openDesign` does. */
async function standingDesign(folder: string, signal: AbortSignal): Promise<StandingDesign> {
  const {name, contentHash} = (await openDesign(folder, signal)).file;
  return {folder: resolve(folder), name, contentHash};
}

function connect(hooks: ChoiceHooks, bench: BenchToOpen): Promise<LiveOpenBench> {
  hooks.onFile(bench.file);
  return openLiveBench({
    ...hooks,
    ...bench,
    ask: hooks.prompts.askQuestion,
    onConnections: (connections, clock) => hooks.onConnections(connections, clock, bench.file),
  });
}

/** Throws `device/unknown` for a name that is no detector's driver, before anything is started. */
function assertIsDetector(driver: string): void {
  const detectors = createRegistry({clock: createClock()}).drivers.filter(({kind}) => kind === 'detector');
  if (detectors.some(({name}) => name === driver)) return;
  throw new BenchError(
    'device/unknown',
    `There is no detector "${driver}". Nothing was started; choose one of ${detectors.map(({name}) => name).join(', ')}.`,
    {details: {driver}},
  );
}

const startVirtual = (
  {seed, speed, isNoisy, hasMounts, detector, plateModel, designFolder}: VirtualChoice,
  {signal, startVirtualBench}: ChoiceHooks,
): Promise<VirtualBenchHandle> =>
  startVirtualBench({
    seed,
    speed,
    noise: isNoisy,
    mounts: hasMounts,
    detector,
    plateModel,
    signal,
    ...(designFolder === undefined ? {} : {designFolder}),
  });

/** The robot alone, or a person first and then the robot, so that the flow of a real bench can be practised. */
function operatorOf(choice: VirtualChoice, virtual: VirtualBenchHandle, prompts: Prompts): BenchOperator {
  const robot = robotOf(virtual);
  if (choice.isRobotMounting) return robot;
  return async (request, call) => {
    await prompts.ask(request, call);
    await robot(request, call);
  };
}
