import type {InstrumentTarget} from '../../contract/api/index.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import type {MountHooks} from '../instruments/one-mount.ts';
import {namedPath} from './named-paths.ts';
import type {ApiContext} from './procedures.ts';

/** Who is written down for an act. */
export const actorOf = (context: ApiContext): string => context.operator() || context.client;

/**
 * An instrument that a caller names, once it may: with a bench file, which only the scope `admin` names by its path. Throws
 * `api/denied` otherwise, before anything at that path is looked at.
 */
export function targetFor(at: InstrumentTarget, context: ApiContext): InstrumentTarget {
  const {benchPath} = at;
  if (benchPath === undefined) return at;
  return {...at, benchPath: namedPath(benchPath, {within: [], subject: 'instrument-target'}, context)};
}

/**
 * What an act at one instrument that is opened for it is made of; `notices` collects irregularities that did not end
 * it.
 */
export function hooksFor(
  {bench, data, store, guard}: LiveServices,
  context: ApiContext,
  {signal, notices = []}: {readonly signal?: AbortSignal | undefined; readonly notices?: string[]},
): MountHooks {
  return {
    signal,
    dataPath: data.path,
    hazards: guard,
    onTrace: (entry) => bench.wire.add('port', entry),
    store,
    by: actorOf(context),
    onNotice: (text) => notices.push(text),
  };
}

/** Stopping waits for no disk: its audit line is written when everything stands. */
export const auditStop = (
  context: ApiContext,
  action: string,
  details: Readonly<Record<string, unknown>> = {},
): void => context.audit({action, actor: actorOf(context), subject: action, details: {...details}});
