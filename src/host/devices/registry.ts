import type {Duplex} from 'node:stream';
import type {Clock} from '../../base/clock.ts';
import type {
  BenchFile,
  LinkConfig,
  DetectorConfig,
  MountConfig,
  SourceConfig,
  StageConfig,
} from '../../contract/bench-file.ts';
import type {CallOptions, DeviceIdentity, SettingsSnapshot, SettingValue} from '../../contract/devices.ts';
import {hasCode} from '../../contract/errors.ts';
import type {DriverInfo, InstrumentKind} from '../../contract/instruments.ts';
import {openLink} from '../serial/open-link.ts';
import {createPortLocks} from '../serial/port-lock.ts';
import type {PortLocks} from '../serial/port-lock.ts';
import {
  linkConnector,
  signalOf,
  type ConnectOptions,
  type LinkInfo,
  type RegistryOptions,
} from './connect-line.ts';
import {configForPort} from './default-config.ts';
import {
  driverInfos,
  findAnyDriver,
  findDriver,
  type DetectorDevice,
  type DriverDevice,
  type MountDevice,
  type SourceDevice,
  type StageDevice,
} from './driver-catalogue.ts';
import type {WatchedInstrument} from './hazard-watch.ts';

export type {ConnectOptions, LinkInfo};
export type {DriverDevice, DetectorDevice, MountDevice, SourceDevice, StageDevice};

export type BenchConnectOptions = CallOptions & {
  readonly streams?: BenchStreams;
  /** As in ConnectOptions, with the role. */
  readonly onLink?: (role: string, link: LinkInfo) => void;
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
  connectBench(bench: BenchFile, options?: BenchConnectOptions): Promise<ConnectedBench>;
  /** One instrument without a bench file. `overrides` are laid over a cautious configuration. */
  connectByPort(
    driverName: string,
    link: LinkConfig,
    options?: ConnectOptions & {readonly overrides?: Readonly<Record<string, unknown>>},
  ): Promise<DriverDevice>;
  /**
   * Opens the port and sends the driver's own safe order (RF off, stop), whatever stands there or does not answer. Throws what
   * kept it from being sent; that it was sent proves nothing.
   */
  sendSafeOrder(instrument: WatchedInstrument): Promise<void>;
  probe(driverName: string, link: LinkConfig, options?: ConnectOptions): Promise<ProbeResult>;
}

export function createRegistry(options: RegistryOptions): Registry {
  const {locks = createPortLocks()} = options;
  const connect = linkConnector({...options, locks});
  const connectStage: Registry['connectStage'] = async (config, call = {}) => {
    const driver = findDriver(config.driver, 'stage');
    const place = {driver, link: config.link, watched: {kind: 'stage', config} as const};
    return connect(place, call, (link, own) => driver.connect(link, config, own));
  };
  const connectDetector: Registry['connectDetector'] = async (config, call = {}) => {
    const driver = findDriver(config.driver, 'detector');
    return connect({driver, link: config.link}, call, (link, own) => driver.connect(link, config, own));
  };
  const connectSource: Registry['connectSource'] = async (config, call = {}) => {
    const driver = findDriver(config.driver, 'source');
    const place = {driver, link: config.link, watched: {kind: 'source', config} as const};
    return connect(place, call, (link, own) => driver.connect(link, config, own));
  };
  const connectMount: Registry['connectMount'] = async (config, call = {}) => {
    const driver = findDriver(config.driver, 'mount');
    const place = {driver, link: config.link, watched: {kind: 'mount', config} as const};
    return connect(place, call, (link, own) => driver.connect(link, config, own));
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

  const each = {connectStage, connectDetector, connectSource, connectMount};
  return {
    drivers: driverInfos(),
    ...each,
    connectBench: (bench, call = {}) => connectAll(each, bench, call),
    connectByPort,
    sendSafeOrder: (instrument) => sendSafeOrder(instrument, {...options, locks}),
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

async function sendSafeOrder(
  {config}: WatchedInstrument,
  {clock, locks}: {readonly clock: Clock; readonly locks: PortLocks},
): Promise<void> {
  const driver = findAnyDriver(config.driver);
  const opened = await openLink(config.link, driver.link, {clock, locks});
  try {
    await driver.sendSafeOrder?.(opened);
    // Closing at once would throw away what is still on its way.
    await opened.drain();
  } finally {
    await opened.close();
  }
}

/** Connects the instruments of a bench one after the other; those that are connected are let go where one fails. */
async function connectAll(
  connect: Pick<Registry, 'connectStage' | 'connectDetector' | 'connectSource' | 'connectMount'>,
  bench: BenchFile,
  {streams = {}, signal, onLink}: BenchConnectOptions,
): Promise<ConnectedBench> {
  const opened: AsyncDisposable[] = [];
  const keep = async <D extends AsyncDisposable>(connecting: Promise<D>): Promise<D> => {
    const device = await connecting;
    opened.push(device);
    return device;
  };
  const callFor = (kind: InstrumentKind): ConnectOptions => ({
    stream: streams[kind],
    ...(signal === undefined ? {} : {signal}),
    ...(onLink && {onLink: (link: LinkInfo) => onLink(bench[kind]?.role ?? kind, link)}),
  });
  try {
    const source = await keep(connect.connectSource(bench.source, callFor('source')));
    const detector = await keep(connect.connectDetector(bench.detector, callFor('detector')));
    const stage = await keep(connect.connectStage(bench.stage, callFor('stage')));
    const mount = bench.mount && (await keep(connect.connectMount(bench.mount, callFor('mount'))));
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

/** Disposes every one even when one fails; then tells the first failure. */
async function disposeAll(devices: readonly AsyncDisposable[]): Promise<void> {
  const results = await Promise.allSettled(devices.map(async (device) => device[Symbol.asyncDispose]()));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
