import type {Source, Stage} from '../../contract/devices.ts';
import {withDeadline} from './deadlines.ts';
import type {DeviceMap} from './device-values.ts';
import type {BenchMemory} from './handler-context.ts';
import {type Mover, type Reconnect, proveAtRest, proveOff, reconnectMs} from './reach.ts';

/** Real ms for one instrument to be made safe over the line that it has. */
const safingMs = 10_000;

export const stagesOf = (devices: DeviceMap): Stage[] =>
  [...devices.values()].filter((device) => device.kind === 'stage');

export const moversOf = (devices: DeviceMap): Mover[] =>
  [...devices.values()].filter((device) => device.kind === 'stage' || device.kind === 'mount');

export const sourcesOf = (devices: DeviceMap): Source[] =>
  [...devices.values()].filter((device) => device.kind === 'source');

/** Stops everything at once, ahead of everything else; the answer lists what could not be proven at rest. */
export function stopMovers(movers: readonly Mover[]): Promise<unknown[]> {
  return collectErrors(movers.map((mover) => withDeadline(mover.stop(), safingMs, `Stopping ${mover.role}`)));
}

export interface LastResort {
  readonly devices: DeviceMap;
  readonly bench: BenchMemory;
  /** The plan ended well, so that a source which it never touched may stay as the operator had it. */
  readonly isGoodEnding: boolean;
  readonly keepSourceOn: boolean;
  readonly reconnect: Reconnect | undefined;
}

/**
 * What the engine itself does when a plan has ended, however it ended: stages that the plan moved are stopped, the
 * source is off. Mounts are moved by no plan; after a bad ending they are stopped all the same. Whatever the plan's own clean-up has already proven is not done twice.
 */
export async function makeSafe({
  devices,
  bench,
  isGoodEnding,
  keepSourceOn,
  reconnect,
}: LastResort): Promise<unknown[]> {
  const movers = moversOf(devices).filter((mover) =>
    mover.kind === 'mount' ? !isGoodEnding && bench.isTouched : bench.movedStages.has(mover.role),
  );
  const sources = sourcesOf(devices).filter((source) =>
    isGoodEnding
      ? bench.sourcesOn.has(source.role) && !keepSourceOn
      : // A plan that was refused before it did anything costs nobody the warm-up.
        bench.isTouched && !bench.provenOff.has(source.role),
  );
  const errors = await Promise.all([
    collectErrors(movers.map((mover) => bounded(proveAtRest(mover, reconnect), `Stopping ${mover.role}`))),
    collectErrors(
      sources.map((source) => bounded(proveOff(source, reconnect), `Turning off ${source.role}`)),
    ),
  ]);
  return errors.flat();
}

/** Time for the present line and for a new one. */
const bounded = (work: Promise<unknown>, what: string): Promise<unknown> =>
  withDeadline(work, safingMs + reconnectMs, what);

async function collectErrors(operations: readonly Promise<unknown>[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(operations);
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
}
