import type {Duplex} from 'node:stream';
import type {Clock} from '../../base/clock.ts';
import type {LinkConfig} from '../../contract/bench-file.ts';
import type {CallOptions} from '../../contract/devices.ts';
import type {Link} from '../../contract/link.ts';
import {adapterOf, type Adapter, type PortInfo} from '../serial/list-ports.ts';
import {openLink, type LinkTarget} from '../serial/open-link.ts';
import type {PortLocks} from '../serial/port-lock.ts';
import type {TraceListener} from '../serial/trace.ts';
import type {ConnectCall, Driver, DriverDevice} from './driver-catalogue.ts';
import {explainSilence} from './explain-silence.ts';
import {assertOwnAdapter, type FormerInstrument} from './former-instrument.ts';
import type {HazardWatch, WatchedInstrument} from './hazard-watch.ts';

export interface RegistryOptions {
  readonly clock: Clock;
  /** Factor on every time limit of every link. */
  readonly timeoutScale?: number;
  readonly onTrace?: TraceListener;
  readonly locks?: PortLocks;
  /** Hears of sources, stages and mounts before they are connected, and when one may do harm. */
  readonly hazards?: HazardWatch | undefined;
  /** Serial ports of this machine, by which a USB adapter is told from another. */
  readonly listPorts?: (() => Promise<readonly PortInfo[]>) | undefined;
}

/** What others may know of an instrument's line, and how to give it up: its name, its settings, and its end. */
export type LinkInfo = Pick<Link, 'name' | 'settingsText' | 'isOpen' | 'onClose' | 'close'>;

export type ConnectOptions = CallOptions & {
  /** Takes the place of the port: the other end of a virtual instrument in this process. */
  readonly stream?: Duplex | undefined;
  /** Gets the line as soon as it is open, before the instrument is asked anything. */
  readonly onLink?: ((link: LinkInfo, adapter: Adapter | undefined) => void) | undefined;
  /**
   * Who has to be there. A port of another USB adapter is not opened at all; at any other port nothing but the question for
   * the identity is sent until it is proven. Throws `device/wrong-instrument` for another one.
   */
  readonly former?: FormerInstrument | undefined;
};

/**
 * A clock that is not the wall's is a virtual bench's. Its light is computed in real time, however fast its clock runs,
 * and its detector answers when the light has followed.
 */
const lightRealMs = 1500;

/** An instrument that is to be connected. */
interface InstrumentPlace {
  readonly driver: Driver;
  readonly link: LinkConfig;
  /** One that may do harm. */
  readonly watched?: WatchedInstrument;
}

/** Opens the line of an instrument and lets its driver take it over; where that fails the line is closed again. */
export function linkConnector({
  clock,
  timeoutScale,
  onTrace,
  locks,
  hazards,
  listPorts,
}: RegistryOptions & {readonly locks: PortLocks}) {
  return async <Device extends DriverDevice>(
    {driver, link, watched}: InstrumentPlace,
    call: ConnectOptions,
    attach: (opened: Link, own: ConnectCall) => Promise<Device>,
  ): Promise<Device> => {
    const target: LinkTarget =
      call.stream === undefined ? link : {stream: call.stream, name: `built-in ${driver.name}`};
    const path = call.stream === undefined && link.host === undefined ? link.port : undefined;
    const adapter = path === undefined ? undefined : await adapterOf(path, listPorts);
    const {former} = call;
    if (former) assertOwnAdapter(former, adapter, path ?? '');
    // What comes as a stream lives in this process and ends with it.
    const onHazard = watched && call.stream === undefined ? await hazards?.watch(watched) : undefined;
    const opened = await openLink(target, driver.link, {
      clock,
      locks,
      onTrace,
      onHazard,
      ...(timeoutScale === undefined ? {} : {timeoutScale}),
      ...(driver.kind === 'detector' && clock.speed !== 1 ? {shortestLimitRealMs: lightRealMs} : {}),
      signal: call.signal,
    });
    try {
      call.onLink?.(opened, adapter);
      if (!former) return await attach(opened, signalOf(call));
      const {role, identity} = former;
      const isAtOwnAdapter = adapter?.isUnique === true && former.adapter?.identity === adapter.identity;
      return await attach(opened, {...signalOf(call), known: {role, identity, isAtOwnAdapter}});
    } catch (error) {
      try {
        // To what stands in the place of a known instrument nothing more is sent.
        throw former ? error : await explainSilence(driver, opened, error);
      } finally {
        await opened.close();
      }
    }
  };
}

export const signalOf = ({signal}: CallOptions): CallOptions => (signal === undefined ? {} : {signal});
