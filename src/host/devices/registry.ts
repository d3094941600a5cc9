import type {Duplex} from 'node:stream';
import {drivers} from '../../../drivers/index.ts';
import {metaOf, wrongInstrument} from '../../../drivers/kit/index.ts';
import type {
  Driver,
  DriverDevice,
  DetectorDevice,
  MountDevice,
  SourceDevice,
  StageDevice,
} from '../../../drivers/kit/index.ts';
import type {Clock} from '../../base/clock.ts';
import type {
  BenchFile,
  LinkConfig,
  DetectorConfig,
  MountConfig,
  SourceConfig,
  StageConfig,
} from '../../contract/bench-file.ts';
import type {DetectorDeclaration} from '../../contract/detector.ts';
import type {CallOptions, DeviceIdentity, SettingsSnapshot, SettingValue} from '../../contract/devices.ts';
import {BenchError, hasCode} from '../../contract/errors.ts';
import {instrumentKinds, type DriverInfo} from '../../contract/instruments.ts';
import type {Link} from '../../contract/link.ts';
import {openLink} from '../serial/open-link.ts';
import type {LinkTarget} from '../serial/open-link.ts';
import {createPortLocks} from '../serial/port-lock.ts';
import type {PortLocks} from '../serial/port-lock.ts';
import type {TraceListener} from '../serial/trace.ts';
import {configForPort} from './default-config.ts';

export type {DriverDevice, DetectorDevice, MountDevice, SourceDevice, StageDevice};

export interface RegistryOptions {
  readonly clock: Clock;
  /** Factor on every time limit of every link. */
  readonly timeoutScale?: number;
  readonly onTrace?: TraceListener;
  readonly locks?: PortLocks;
}

/** What others may know of an instrument's line, and how to give it up: its name, its settings, and its end. */
export type LinkInfo = Pick<Link, 'name' | 'settingsText' | 'isOpen' | 'onClose' | 'close'>;

export type ConnectOptions = CallOptions & {
  /** Takes the place of the port: the other end of a virtual instrument in this process. */
  readonly stream?: Duplex | undefined;
  /** Gets the line as soon as it is open, before the instrument is asked anything. */
  readonly onLink?: ((link: LinkInfo) => void) | undefined;
};

export interface BenchStreams {
  readonly stage?: Duplex | undefined;
  readonly detector?: Duplex | undefined;
  readonly source?: Duplex | undefined;
  readonly mount?: Duplex | undefined;
}

export interface ConnectedBench extends AsyncDisposable {
  readonly stage: StageDevice;
  readonly detector: DetectorDevice;
  readonly source: SourceDevice;
  /** Where the bench file names one. */
  readonly mount?: MountDevice | undefined;
}

export interface ProbeResult {
  readonly driver: string;
  readonly model: string;
  readonly port: string;
  readonly identity: DeviceIdentity;
  readonly settings: SettingsSnapshot;
  /** One reading by column; null when the instrument gives no valid one now, with the reason beside it. */
  readonly reading: Readonly<Record<string, SettingValue>> | null;
  readonly readingError: string | null;
}

/** Finds drivers by name, opens links, connects instruments and makes sure that they are what they should be. */
export interface Registry {
  readonly drivers: readonly DriverInfo[];
  connectStage(config: StageConfig, options?: ConnectOptions): Promise<StageDevice>;
  connectDetector(config: DetectorConfig, options?: ConnectOptions): Promise<DetectorDevice>;
  connectSource(config: SourceConfig, options?: ConnectOptions): Promise<SourceDevice>;
  connectMount(config: MountConfig, options?: ConnectOptions): Promise<MountDevice>;
  /** All of them, the source first so that RF is off; when one fails the others are closed again. */
  connectBench(
    bench: BenchFile,
    options?: CallOptions & {
      readonly streams?: BenchStreams;
      /** As in ConnectOptions, with the role. */
      readonly onLink?: (role: string, link: LinkInfo) => void;
    },
  ): Promise<ConnectedBench>;
  /** One instrument without a bench file. `overrides` are laid over a cautious configuration. */
  connectByPort(
    driverName: string,
    link: LinkConfig,
    options?: ConnectOptions & {readonly overrides?: Readonly<Record<string, unknown>>},
  ): Promise<DriverDevice>;
  probe(driverName: string, link: LinkConfig, options?: ConnectOptions): Promise<ProbeResult>;
}

const infoOf = (driver: Driver): DriverInfo => ({
  name: driver.name,
  kind: driver.kind,
  model: driver.model,
  title: driver.title,
  manual: driver.manual,
  docs: driver.docs,
  identity: driver.identity,
  parameters: driver.parameters.map(metaOf),
  mainParameters: driver.mainParameters ?? [],
  actions: driver.actions,
  columns: driver.columns,
});

const kindLabels = {stage: 'a stage', detector: 'a detector', source: 'a source', mount: 'a mount'} as const;

function findDriver<K extends Driver['kind']>(name: string, kind: K): Extract<Driver, {kind: K}> {
  const driver = findAnyDriver(name);
  if (driver.kind !== kind)
    throw new BenchError(
      'file/invalid',
      `The driver ${name} is for ${kindLabels[driver.kind]}, not for ${kindLabels[kind]}. Nothing was opened; correct the bench file.`,
      {details: {driver: name, kind}},
    );
  // The check above is what the type says.
  return driver as Extract<Driver, {kind: K}>;
}

/** What a driver of a detector declares. Throws `file/invalid` for a driver of something else. */
export const detectorDriverOf = (
  driverName: string,
): DriverInfo & {readonly declaration: DetectorDeclaration} => {
  const driver = findDriver(driverName, 'detector');
  return {...infoOf(driver), declaration: driver.declaration};
};

function findAnyDriver(name: string): Driver {
  const driver = drivers.find((candidate) => candidate.name === name);
  if (driver !== undefined) return driver;
  throw new BenchError(
    'device/unknown',
    `There is no driver "${name}": there are ${drivers.map((one) => one.name).join(', ')}. Nothing was opened.`,
    {details: {driver: name}},
  );
}

/**
 * What a bench file asks of drivers that they have not: drivers that there are not or that are for something else, and
 * settings of the detector that it does not know or cannot take. Nothing is opened.
 */
export function driverProblems(bench: BenchFile): string[] {
  return instrumentKinds.flatMap((kind) => {
    const config = bench[kind];
    if (!config) return [];
    const own = drivers.filter((driver) => driver.kind === kind);
    const driver = own.find(({name}) => name === config.driver);
    if (driver) return 'settings' in config ? settingProblems(driver, kind, config.settings) : [];
    const names = own.map(({name}) => name).join(', ');
    const other = drivers.find(({name}) => name === config.driver);
    return [
      other
        ? `field ${kind}.driver: ${other.name} is for ${kindLabels[other.kind]}, not for ${kindLabels[kind]}; there is ${names}`
        : `field ${kind}.driver: there is no driver "${config.driver}" for ${kindLabels[kind]}; there is ${names}`,
    ];
  });
}

const settingProblems = (
  driver: Driver,
  kind: string,
  settings: Readonly<Record<string, unknown>>,
): string[] =>
  Object.entries(settings).flatMap(([name, value]) => {
    const field = `field ${kind}.settings.${name}`;
    const parameter = driver.parameters.find((candidate) => candidate.name === name);
    if (!parameter) {
      const names = driver.parameters.filter(({write}) => write !== undefined).map((known) => known.name);
      return [`${field}: ${driver.name} has no such setting; it has ${names.join(', ')}`];
    }
    if (parameter.write === undefined) return [`${field}: ${driver.name} can only read it`];
    try {
      parameter.check(value);
      return [];
    } catch (error) {
      if (!hasCode(error, 'device/out-of-range')) throw error;
      return [`${field}: ${error.message.replace(/ Nothing was sent.*$/, '')}`];
    }
  });

const identifyUnknownTimeoutMs = 500;

/** Asks what stands at a port where the driver got no answer: any text helps to find the mistake. '' for silence. */
async function identifyUnknown(link: Link): Promise<string> {
  const received: string[] = [];
  const unsubscribe = link.onPush((line) => received.push(line));
  const options = {timeoutMs: identifyUnknownTimeoutMs};
  try {
    // Both line ends: each instrument takes its own and finds the other harmless. The first pair ends what it has
    // collected so far from a driver that was not meant for it.
    const question = '\r\n*IDN?\r\n';
    if (link.settings.style === 'query') return await link.query(question, options);
    return (await link.command(question, options)).response;
  } catch (error) {
    if (!hasCode(error, 'port/timeout', 'port/closed', 'device/bad-reply')) throw error;
    const {rest, reply} = error.details;
    return received[0] ?? (typeof rest === 'string' ? rest : typeof reply === 'string' ? reply : '');
  } finally {
    unsubscribe();
  }
}

/** A silent port at connect: one line with what was tried and what it usually is, or what stands there instead. */
async function explainSilence(driver: Driver, link: Link, error: unknown): Promise<unknown> {
  if (!hasCode(error, 'port/timeout') || !link.isOpen) return error;
  const answer = await identifyUnknown(link);
  if (answer.trim() !== '') return wrongInstrument(`a ${driver.model}`, link.name, answer);
  // With the streamed style the error already says whether the line was silent or noisy.
  if (link.settings.style === 'streamed') return error;
  const {sendTerminator} = link.settings;
  const tried = `${link.settingsText === '' ? 'network' : link.settingsText}, lines ended by ${JSON.stringify(sendTerminator)}`;
  return new BenchError(
    'port/timeout',
    `No ${driver.model} answered at ${link.name} (${tried}). Nothing was measured and nothing moved; likely causes: it is off, ` +
      'another port, another baud rate or parity at its panel, a crossed or broken cable, or another instrument there.',
    {details: {port: link.name, settings: link.settingsText, driver: driver.name}, cause: error},
  );
}

/**
 * A clock that is not the wall's is a virtual bench's. Its light is computed in real time, however fast its clock runs,
 * and its detector answers when the light has followed.
 */
const lightRealMs = 1500;

export function createRegistry(options: RegistryOptions): Registry {
  const {clock, timeoutScale, onTrace} = options;
  const locks = options.locks ?? createPortLocks();

  const connect = async <D>(
    driver: Driver,
    link: LinkConfig,
    call: ConnectOptions,
    attach: (opened: Link) => Promise<D>,
  ): Promise<D> => {
    const target: LinkTarget =
      call.stream === undefined ? link : {stream: call.stream, name: `built-in ${driver.name}`};
    const opened = await openLink(target, driver.link, {
      clock,
      locks,
      onTrace,
      ...(timeoutScale === undefined ? {} : {timeoutScale}),
      ...(driver.kind === 'detector' && clock.speed !== 1 ? {shortestLimitRealMs: lightRealMs} : {}),
      signal: call.signal,
    });
    try {
      call.onLink?.(opened);
      return await attach(opened);
    } catch (error) {
      try {
        throw await explainSilence(driver, opened, error);
      } finally {
        await opened.close();
      }
    }
  };

  const connectStage: Registry['connectStage'] = async (config, call = {}) => {
    const driver = findDriver(config.driver, 'stage');
    return connect(driver, config.link, call, (link) => driver.connect(link, config, signalOf(call)));
  };
  const connectDetector: Registry['connectDetector'] = async (config, call = {}) => {
    const driver = findDriver(config.driver, 'detector');
    return connect(driver, config.link, call, (link) => driver.connect(link, config, signalOf(call)));
  };
  const connectSource: Registry['connectSource'] = async (config, call = {}) => {
    const driver = findDriver(config.driver, 'source');
    return connect(driver, config.link, call, (link) => driver.connect(link, config, signalOf(call)));
  };

  const connectMount: Registry['connectMount'] = async (config, call = {}) => {
    const driver = findDriver(config.driver, 'mount');
    return connect(driver, config.link, call, (link) => driver.connect(link, config, signalOf(call)));
  };

  const connectByPort: Registry['connectByPort'] = async (driverName, link, call = {}) => {
    const driver = findAnyDriver(driverName);
    const config = configForPort(driver.kind, {driver: driverName, link, ...call.overrides});
    switch (config.kind) {
      case 'stage':
        return connectStage(config.stage, call);
      case 'detector':
        return connectDetector(config.detector, call);
      case 'source':
        return connectSource(config.source, call);
      case 'mount':
        return connectMount(config.mount, call);
    }
  };

  return {
    drivers: drivers.map(infoOf),
    connectStage,
    connectDetector,
    connectSource,
    connectMount,
    async connectBench(bench, {streams = {}, signal, onLink} = {}) {
      const opened: AsyncDisposable[] = [];
      const keep = async <D extends AsyncDisposable>(connecting: Promise<D>): Promise<D> => {
        const device = await connecting;
        opened.push(device);
        return device;
      };
      const callFor = ({role}: {readonly role: string}, stream: Duplex | undefined): ConnectOptions => ({
        stream,
        ...(signal === undefined ? {} : {signal}),
        ...(onLink && {onLink: (link: LinkInfo) => onLink(role, link)}),
      });
      try {
        const source = await keep(connectSource(bench.source, callFor(bench.source, streams.source)));
        const detector = await keep(
          connectDetector(bench.detector, callFor(bench.detector, streams.detector)),
        );
        const stage = await keep(connectStage(bench.stage, callFor(bench.stage, streams.stage)));
        const mount =
          bench.mount && (await keep(connectMount(bench.mount, callFor(bench.mount, streams.mount))));
        return {
          source,
          detector,
          stage,
          ...(mount && {mount}),
          [Symbol.asyncDispose]: () => disposeAll([source, stage, ...(mount ? [mount] : []), detector]),
        };
      } catch (error) {
        await disposeAll(opened);
        throw error;
      }
    },
    connectByPort,
    async probe(driverName, link, call = {}) {
      const device = await connectByPort(driverName, link, call);
      try {
        const port = link.port ?? `${link.host}:${link.tcpPort ?? findAnyDriver(driverName).link.tcpPort}`;
        return {
          driver: driverName,
          model: device.model,
          port,
          identity: device.identity,
          ...(await lookAt(device, signalOf(call))),
        };
      } finally {
        await device[Symbol.asyncDispose]();
      }
    },
  };
}

/** Settings and one reading. No valid reading now (no reference, overload) is a finding of a probe, not its failure. */
async function lookAt(
  device: DriverDevice,
  call: CallOptions,
): Promise<Pick<ProbeResult, 'settings' | 'reading' | 'readingError'>> {
  const settings = await device.readSettings(call);
  try {
    return {settings, reading: await device.readSample(call), readingError: null};
  } catch (error) {
    if (!hasCode(error, 'device/not-valid', 'motion/alarm')) throw error;
    return {settings, reading: null, readingError: error.message};
  }
}

const signalOf = ({signal}: CallOptions): CallOptions => (signal === undefined ? {} : {signal});

/** Disposes every one even when one fails; then tells the first failure. */
async function disposeAll(devices: readonly AsyncDisposable[]): Promise<void> {
  const results = await Promise.allSettled(devices.map(async (device) => device[Symbol.asyncDispose]()));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
