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
import type {BenchOperator, OpenBench, StandingDesign, VirtualBenchHandle} from '../bench/open-bench.ts';
import type {HazardWatch} from '../devices/hazard-watch.ts';
import {
  createRegistry,
  type DriverDevice,
  type DetectorDevice,
  type MountDevice,
  type SourceDevice,
  type StageDevice,
} from '../devices/registry.ts';
import type {TraceEntry} from '../serial/trace.ts';
import {
  createDeviceConnection,
  type DeviceConnection,
  type DeviceConnectionOptions,
} from './device-connection.ts';

/** The instruments by what they are, each in its place. */
export interface DeviceConnections {
  readonly stage: DeviceConnection<StageDevice>;
  readonly detector: DeviceConnection<DetectorDevice>;
  readonly source: DeviceConnection<SourceDevice>;
  /** Where the bench file names one. */
  readonly mount?: DeviceConnection<MountDevice> | undefined;
}

/** All of them, in the order in which they are connected: the source first, so that RF is off. */
export const connectionsOf = ({
  source,
  detector,
  stage,
  mount,
}: DeviceConnections): readonly DeviceConnection[] => [source, detector, stage, ...(mount ? [mount] : [])];

/** An open bench whose instruments may come and go. `devices` always names those that are there now. */
export interface LiveOpenBench extends OpenBench {
  readonly connections: DeviceConnections;
}

export interface LiveBenchOptions {
  readonly file: BenchFile;
  /** Bench time per real time. */
  readonly speed: number;
  /** Factor on every time limit of the instruments; 1 unless given. */
  readonly timeoutScale?: number | undefined;
  readonly operator: BenchOperator;
  readonly ask: QuestionHandler;
  /** Whose plates stand on it, where that is known. */
  readonly design?: StandingDesign | undefined;
  /** The virtual bench behind the ports; ends with this one. */
  readonly virtual?: VirtualBenchHandle | undefined;
  readonly signal: AbortSignal;
  /** Where it is kept where stages stand; not used by a virtual bench. */
  readonly places: StagePlaces;
  readonly onTrace: (role: string, entry: TraceEntry) => void;
  /** Not used by a virtual bench, which ends with this program. */
  readonly hazards?: HazardWatch | undefined;
  readonly mayReconnect: () => boolean;
  readonly onChange: () => void;
  readonly onSentence: (
    role: string,
    ...sentence: Parameters<DeviceConnectionOptions<StageDevice>['onSentence']>
  ) => void;
  /** Tells mounts where their plates stood when they were let go; they are connected for the first time. */
  readonly recallPlates: (mount: MountDevice, place: MountPlace) => void;
  /** Hears the places before anything is connected. */
  readonly onConnections: (connections: DeviceConnections, clock: Clock) => void;
}

/**
 * Connects all instruments of a bench file, the source first so that RF is off. When one fails the others are closed
 * again and its error is thrown. Nothing moves.
 */
export async function openLiveBench(options: LiveBenchOptions): Promise<LiveOpenBench> {
  const {file, speed, virtual, operator, ask, signal} = options;
  const clock = createClock(speed);
  const memory = virtual ? forgetfulMemory : await openStageMemory(options.places, file.name, file.stage);
  const connections = createDeviceConnections(options, clock, memory);
  options.onConnections(connections, clock);
  const dispose = async (): Promise<void> => {
    const results = await Promise.allSettled(
      [
        connections.source,
        connections.stage,
        ...(connections.mount ? [connections.mount] : []),
        connections.detector,
      ].map((connection) => connection.close()),
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
    for (const connection of connectionsOf(connections)) await connectNamed(connection, signal);
  } catch (error) {
    await Promise.allSettled([dispose()]);
    throw error;
  }
  return {
    file,
    clock,
    operator,
    ask,
    connections,
    reconnect: (role, lost, call) => reconnectDevice(connections, role, lost, call.signal),
    isVirtual: virtual !== undefined,
    design: options.design,
    seed: virtual?.seed,
    timeoutScale: options.timeoutScale,
    devices: {
      get stage() {
        return liveStateOf(connections.stage);
      },
      get detector() {
        return liveStateOf(connections.detector);
      },
      get source() {
        return liveStateOf(connections.source);
      },
      get mount() {
        return connections.mount && liveStateOf(connections.mount);
      },
      [Symbol.asyncDispose]: dispose,
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** Connects one of the bench file's instruments; a failure says which one, with what driver and on which port. */
async function connectNamed(connection: DeviceConnection, signal: AbortSignal): Promise<void> {
  try {
    await connection.connect(signal);
  } catch (error) {
    if (isAbort(error)) throw error;
    const {code, message, details} = benchErrorFrom(error);
    throw new BenchError(
      code,
      `The ${connection.role} (${connection.driver} at ${connection.portText}) could not be connected: ${message}`,
      {
        details: {...details, role: connection.role, driver: connection.driver, port: connection.portText},
        cause: error,
      },
    );
  }
}

/** Takes the place of an instrument that is out of reach, wherever it is asked from. */
export async function reconnectDevice(
  connections: DeviceConnections,
  role: string,
  lost: BenchDevice,
  signal: AbortSignal,
): Promise<BenchDevice> {
  const connection = connectionsOf(connections).find((candidate) => candidate.role === role);
  if (!connection) throw new BenchError('device/unknown', `This bench has no "${role}".`);
  return connection.renew(connectionsOf(connections).find(({device}) => device === lost)?.device, signal);
}

/** The instrument, or the one that was there last: what is asked of it then says that its line is closed. */
const liveStateOf = <D extends DriverDevice>(connection: DeviceConnection<D>): D =>
  connection.device ?? connection.require();

function createDeviceConnections(
  options: LiveBenchOptions,
  clock: Clock,
  memory: StageMemory,
): DeviceConnections {
  const {speed, timeoutScale = 1, onTrace} = options;
  const {stage, detector, source, mount} = options.file;
  const registryOf = ({role}: {readonly role: string}) =>
    createRegistry({
      clock,
      // Instruments of a virtual bench run faster, this computer does not.
      timeoutScale: timeoutScale * Math.max(1, speed),
      onTrace: (entry) => onTrace(role, entry),
      hazards: options.virtual ? undefined : options.hazards,
    });
  const [stageRegistry, detectorRegistry, sourceRegistry] = [stage, detector, source].map(registryOf);
  return {
    stage: createDeviceConnection<StageDevice>({
      ...connectionFacts(options, stage),
      connect: async (call, before) => {
        const fresh = await stageRegistry.connectStage(stage, call);
        await orDispose(fresh, memory.receive(fresh, {before}));
        return fresh;
      },
    }),
    detector: createDeviceConnection({
      ...connectionFacts(options, detector),
      connect: (call) => detectorRegistry.connectDetector(detector, call),
    }),
    source: createDeviceConnection({
      ...connectionFacts(options, source),
      connect: (call) => sourceRegistry.connectSource(source, call),
    }),
    ...(mount && {
      mount: createDeviceConnection({
        ...connectionFacts(options, mount),
        connect: async (call, before) => {
          const fresh = await registryOf(mount).connectMount(mount, call);
          receiveMount(options, fresh, before);
          return fresh;
        },
      }),
    }),
  };
}

/** What a mount's plates report otherwise than before is not trusted: its power may have been cut meanwhile. */
function receiveMount(
  {file, virtual, recallPlates}: LiveBenchOptions,
  fresh: MountDevice,
  before: MountDevice | undefined,
): void {
  if (before) handOver(before, fresh);
  else recallPlates(fresh, {benchName: file.name, benchSeed: virtual?.seed ?? null});
}

type Sentence = Parameters<DeviceConnectionOptions<StageDevice>['onSentence']>;

/** What a connection says of its instrument, and whom it tells. */
const connectionFacts = (
  {mayReconnect, onChange, onSentence}: LiveBenchOptions,
  {role, driver, link}: {readonly role: string; readonly driver: string; readonly link: LinkConfig},
) => ({
  role,
  driver,
  portText: portText(link),
  mayTry: mayReconnect,
  onChange,
  onSentence: (...sentence: Sentence) => onSentence(role, ...sentence),
});
