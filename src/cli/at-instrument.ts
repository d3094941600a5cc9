import {resolve} from 'node:path';
import type {InstrumentTarget} from '../contract/api/index.ts';
import type {InstrumentKind} from '../contract/instruments.ts';
import {assertTarget} from '../host/compose.ts';
import type {TargetOptions} from './commands/instrument-target.ts';
import type {CliContext} from './context.ts';
import {haltOnAbort} from './halt-on-abort.ts';
import {openHostClient, type BenchClient} from './host-client.ts';
import {followWire} from './wire-trace.ts';

/** One instrument for a command. */
export interface AtInstrument {
  readonly client: BenchClient;
  /** Opened for each call; undefined: the one of the bench that a running host has open. */
  readonly at: InstrumentTarget | undefined;
  /** Role at that bench; '' for the only one of its kind. */
  readonly role: string;
  /** For the calls: Ctrl-C stops what moves. */
  readonly call: {readonly signal: AbortSignal};
}

/**
 * Does the work of a command at the instrument that its options name. With `--host` and no instrument named, at that of
 * the bench which is open there. A mistake in the options (`kind` is what the command is for) is refused before a host is
 * opened in this process.
 */
export async function atInstrument(
  context: CliContext,
  options: TargetOptions,
  work: (instrument: AtInstrument) => Promise<void>,
  kind?: InstrumentKind,
): Promise<void> {
  const {signal, output} = context;
  signal.throwIfAborted();
  if (context.host() === undefined) await assertTarget(targetFrom(options), kind);
  await using connection = await openHostClient(context, {store: 'when-needed'});
  const {client, isLocal} = connection;
  await using closing = new AsyncDisposableStack();
  if (options.trace === true) closing.use(await followWire(client, output));
  const isNamed = [options.bench, options.driver, options.port].some((given) => given !== undefined);
  const at = isLocal || isNamed ? targetFrom(options) : undefined;
  // An instrument of an open bench does not know who asked: it is stopped with the bench.
  if (!at) closing.use(haltOnAbort(client, context));
  await work({client, at, role: options.role ?? '', call: {signal}});
}

const targetFrom = (options: TargetOptions): InstrumentTarget => ({
  benchPath: options.bench === undefined ? undefined : resolve(options.bench),
  role: options.role,
  driver: options.driver,
  port: options.port,
  baudRate: options.baud,
  parity: options.parity,
  limitsMm: options.limitsMm,
  isPositionTrusted: options.home === false,
  maxPowerDbm: options.maxPowerDbm,
  powerDbm: options.powerDbm,
  multiplier: options.multiplier,
  outputFrequencyHz: options.outputFrequencyHz,
  timeoutScale: options.timeoutScale,
});
