import type {InstrumentKind} from '../../contract/instruments.ts';

/** When what was read of an instrument's settings became old: it was connected anew, set, used, or changed by itself. */
export interface Freshness {
  /** Its settings may be others than before. */
  change(...kinds: readonly InstrumentKind[]): void;
  /** True the first time that a connection is heard of: nothing is known of the instrument then. */
  isNewConnection(kind: InstrumentKind, connectionCount: number): boolean;
  /** A number that is another one after every change. */
  revision(kind: InstrumentKind): number;
}

export function createFreshness(): Freshness {
  const revisions = new Map<InstrumentKind, number>();
  const connections = new Map<InstrumentKind, number>();
  const change = (...kinds: readonly InstrumentKind[]): void => {
    for (const kind of kinds) revisions.set(kind, (revisions.get(kind) ?? 0) + 1);
  };
  return {
    change,
    isNewConnection(kind, connectionCount) {
      if (connectionCount === (connections.get(kind) ?? 0)) return false;
      connections.set(kind, connectionCount);
      if (connectionCount === 0) return false;
      change(kind);
      return true;
    },
    revision: (kind) => revisions.get(kind) ?? 0,
  };
}
