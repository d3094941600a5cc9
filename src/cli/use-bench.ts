import {resolve} from 'node:path';
import type {ApiInputs, Status} from '../contract/api/index.ts';
import {BenchError} from '../contract/errors.ts';
import type {CliContext} from './context.ts';
import {haltOnAbort} from './halt-on-abort.ts';
import type {BenchClient, HostConnection} from './host-client.ts';
import {followWire} from './wire-trace.ts';

/** Options of every command that opens a bench. */
export interface BenchCliOptions {
  readonly bench?: string;
  readonly seed: number;
  readonly speed: number;
  readonly noise?: 'on' | 'off';
  readonly mounts?: boolean;
  readonly zAxis?: boolean;
  readonly detector?: string;
  readonly plateModel?: 'thick' | 'thin';
  readonly design?: string;
  readonly trace?: boolean;
}

/** A bench that is open for a command. Disposing it closes it, where the command has opened it. */
export interface BenchInUse extends AsyncDisposable {
  readonly bench: Status['bench'];
}

/**
 * Opens the bench that the options name: a bench file's, or without one the built-in virtual bench. A running host that
 * has a bench open keeps it: that is used then, and a bench file must be the one that is open (`bench/busy` else).
 */
export async function useBench(
  {client, isLocal}: HostConnection,
  {output, signal}: CliContext,
  options: BenchCliOptions,
): Promise<BenchInUse> {
  signal.throwIfAborted();
  const wire = options.trace === true ? await followWire(client, output) : undefined;
  try {
    const bench = await settledBench(client, {signal, output});
    const path = options.bench === undefined ? undefined : resolve(options.bench);
    if (!isLocal && bench.state !== 'closed' && bench.state !== 'failed') {
      assertIsOpen(bench, path);
      output.log(`bench ${bench.name}: in use as it is open in the running program`);
      return {bench, [Symbol.asyncDispose]: async () => wire?.[Symbol.asyncDispose]()};
    }
    const opened = await open(client, {output, signal}, options, path);
    return {
      bench: opened.bench,
      async [Symbol.asyncDispose]() {
        const {problems} = await client.bench.close();
        await wire?.[Symbol.asyncDispose]();
        if (problems.length > 0) throw new BenchError('device/fault', problems.join(' '));
      },
    };
  } catch (error) {
    await wire?.[Symbol.asyncDispose]();
    throw error;
  }
}

const waitMs = 10_000;

/** The bench of the host, once it is neither being opened nor being closed by somebody else. */
async function settledBench(
  client: BenchClient,
  {signal, output}: Pick<CliContext, 'output' | 'signal'>,
): Promise<Status['bench']> {
  let {bench, last} = await client.bench.status({});
  const isUnderWay = (): boolean => bench.state === 'opening' || bench.state === 'closing';
  if (isUnderWay()) output.log(`${bench.text} Waiting for that ...`);
  while (isUnderWay()) ({bench, last} = await client.bench.status({after: last, waitMs}, {signal}));
  return bench;
}

/** Throws `bench/busy` when the running host has another bench open than the one of the file at `path`. */
function assertIsOpen(bench: Status['bench'], path: string | undefined): void {
  if (path === undefined || path === bench.path) return;
  throw new BenchError(
    'bench/busy',
    `The running program has another bench ${bench.state} (${bench.name}). Nothing was changed; close it there first, or leave --bench out to use it.`,
  );
}

async function open(
  client: BenchClient,
  {output, signal}: Pick<CliContext, 'output' | 'signal'>,
  options: BenchCliOptions,
  path: string | undefined,
): Promise<Status> {
  output.log(
    options.bench === undefined
      ? `starting the virtual bench (seed ${options.seed}, ${options.speed} times as fast as real time)`
      : `bench ${options.bench}: connecting`,
  );
  await using ending = new AsyncDisposableStack();
  ending.use(haltOnAbort(client, {signal, output}));
  await client.bench.open(choiceFrom(options, path));
  const opened = await client.bench.status({});
  for (const {role, identity} of opened.instruments) output.log(`${role}: ${identity.trim()}`);
  return opened;
}

/** Opening refuses by itself a design folder that is none. */
const choiceFrom = (
  {seed, speed, noise, mounts, zAxis, detector, plateModel, design}: BenchCliOptions,
  path: string | undefined,
): ApiInputs['bench']['open'] =>
  path === undefined
    ? {
        kind: 'virtual',
        seed,
        speed,
        isNoisy: noise !== 'off',
        hasMounts: mounts === true,
        hasZAxis: zAxis === true,
        ...(detector === undefined ? {} : {detector}),
        ...(plateModel === undefined ? {} : {plateModel}),
        ...(design === undefined ? {} : {designFolder: resolve(design)}),
      }
    : {kind: 'file', path};

/** Sentences about the data folder that a start has to tell: runs that an earlier start left open. */
export async function reportStart(client: BenchClient, {output}: CliContext): Promise<void> {
  const {entries} = await client.app.log({});
  for (const {source, text} of entries) if (source === 'store' || source === 'guard') output.log(text);
}
