import type {BenchError} from '../../contract/errors.ts';
import type {InstrumentStatus} from '../../contract/api/index.ts';
import type {InstrumentKind} from '../../contract/instruments.ts';
import type {BenchStatus} from './bench-status.ts';
import type {LiveDetector} from './detector-state.ts';
import type {DeviceConnection} from './device-connection.ts';
import {createFreshness} from './freshness.ts';
import {instrumentStatusOf, isKnown} from './lights.ts';
import {connectionsOf, type DeviceConnections} from './live-open-bench.ts';
import type {LiveState} from './live-state.ts';

/** In the order in which instruments are connected and shown. */
export const shownKinds = ['source', 'detector', 'stage', 'mount'] as const;

/** The instruments of a bench that is being opened or is open. */
export interface Instruments {
  readonly connections: DeviceConnections;
  readonly detector: LiveDetector;
  readonly liveState: LiveState;
}

/** The instruments of the bench of this host, what the last asking of each found, and how fresh what is known is. */
export class KnownInstruments {
  readonly #benchStatus: BenchStatus;
  /** What the last asking of each instrument found. */
  readonly #problems = new Map<string, BenchError | null>();
  readonly #freshness = createFreshness();
  #now: Instruments | undefined;

  constructor(benchStatus: BenchStatus) {
    this.#benchStatus = benchStatus;
  }

  /** Undefined while no bench is open nor being opened. */
  get now(): Instruments | undefined {
    return this.#now;
  }

  begin(instruments: Instruments): void {
    this.#problems.clear();
    this.#now = instruments;
  }

  end(): void {
    this.#now = undefined;
  }

  clearProblems(): void {
    this.#problems.clear();
  }

  /** True when the asking found something else than the one before. */
  noteResult(role: string, problem: BenchError | null): boolean {
    const isNew = this.#problems.get(role)?.message !== problem?.message;
    this.#problems.set(role, problem);
    return isNew;
  }

  /** Settings of these instruments may be others than were read. */
  settingsChanged(...kinds: readonly InstrumentKind[]): void {
    this.#freshness.change(...kinds);
  }

  kindsOf(role: string): InstrumentKind[] {
    const connections = this.#now?.connections;
    return connections ? shownKinds.filter((kind) => connections[kind]?.role === role) : [];
  }

  /** What was known of an instrument says nothing of the one that was connected now. */
  noteConnections(): void {
    for (const [kind, connection] of this.#connections()) {
      if (!this.#freshness.isNewConnection(kind, connection.connectionCount)) continue;
      this.#problems.delete(connection.role);
      this.#now?.liveState.forget(kind);
    }
  }

  statuses(): InstrumentStatus[] {
    const stage = this.#now?.connections.stage.device;
    const {parts} = this.#benchStatus;
    return this.#connections().map(([kind, connection]) =>
      instrumentStatusOf(kind, connection, {
        problem: this.#problems.get(connection.role) ?? null,
        stageState: this.#now?.liveState.stageState ?? '',
        isHomed: stage?.isPositionTrusted ?? false,
        isHomingDue: stage?.isHomingDue ?? false,
        source: parts.source,
        mount: parts.mount,
        isKnown: isKnown(parts, kind),
        settingsRevision: this.#freshness.revision(kind),
      }),
    );
  }

  /** Ports that instruments hold or are to hold, with their roles. */
  usedPorts(): {role: string; path: string}[] {
    if (!this.#now) return [];
    return connectionsOf(this.#now.connections).map(({role, linkText}) => ({
      role,
      // A link's text is its path, and behind a comma the settings of the line.
      path: linkText.split(',')[0] ?? '',
    }));
  }

  #connections(): (readonly [InstrumentKind, DeviceConnection])[] {
    return shownKinds.flatMap((kind) => {
      const connection: DeviceConnection | undefined = this.#now?.connections[kind];
      return connection ? [[kind, connection] as const] : [];
    });
  }
}

/** Kind, role, driver and device of every instrument of a bench, in the order in which they are shown. */
export const devicesOf = (connections: DeviceConnections) =>
  shownKinds.flatMap((kind) => {
    const connection: DeviceConnection | undefined = connections[kind];
    return connection
      ? [{kind, role: connection.role, driver: connection.driver, device: connection.device}]
      : [];
  });
