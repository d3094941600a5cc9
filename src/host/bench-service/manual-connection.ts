import {BenchError} from '../../contract/errors.ts';
import type {BenchRuns, Say} from './bench-runs.ts';
import type {DeviceConnection} from './device-connection.ts';
import {connectionsOf, type DeviceConnections} from './live-open-bench.ts';
import type {ManualActivity} from './manual-activity.ts';

interface Shared {
  readonly runs: BenchRuns;
  readonly manualActivity: ManualActivity;
  readonly say: Say;
}

/** Connects one instrument of the open bench again. Throws `device/unknown`, `bench/busy`, what connecting throws. */
export async function connectManually(
  role: string,
  connections: DeviceConnections,
  shared: Shared,
): Promise<void> {
  await (await idleConnection(role, 'connected', {connections, ...shared})).connect();
  shared.say('info', role, `The ${role} is connected.`);
}

/** Frees the port of one instrument of the open bench. Throws `device/unknown` and `bench/busy`. */
export async function disconnectManually(
  role: string,
  connections: DeviceConnections,
  shared: Shared,
): Promise<void> {
  await (await idleConnection(role, 'disconnected', {connections, ...shared})).disconnect();
  shared.say('attention', role, `The ${role} was disconnected by hand and its port is free.`);
}

/** A window reads settings again after every act: that is waited for, and no reason to refuse. */
async function idleConnection(
  role: string,
  what: string,
  {connections, runs, manualActivity}: Shared & {readonly connections: DeviceConnections},
): Promise<DeviceConnection> {
  const connection = connectionsOf(connections).find((own) => own.role === role);
  if (!connection) throw new BenchError('device/unknown', `This bench has no "${role}". Nothing was sent.`);
  await manualActivity.readingsOf(role);
  if (runs.jobs.isLive || manualActivity.isOccupying(role))
    throw new BenchError(
      'bench/busy',
      `The ${role} is in use and was not ${what}. Wait, or stop what uses it.`,
    );
  return connection;
}
