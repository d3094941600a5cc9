import type {InstrumentName, InstrumentRole} from './byte-line.ts';
import type {Faults} from './faults.ts';
import type {MountedObject} from './scene.ts';

/** Messages between the program of the virtual bench and the process that has started it. */
export interface InstrumentEntry {
  readonly role: InstrumentRole;
  readonly model: string;
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
  /** Of the mounts: plates that they carry. */
  readonly plateCount?: number;
}

export type ControlCall =
  | {readonly method: 'mount-object'; readonly object: MountedObject | null}
  | {readonly method: 'block-beam'; readonly isBlocked: boolean}
  | {readonly method: 'set-faults'; readonly instrument: InstrumentName; readonly faults: Partial<Faults>}
  | {readonly method: 'unplug'; readonly instrument: InstrumentName}
  | {readonly method: 'read-state'};

/** What only tests may know of a running bench. */
export interface BenchState {
  readonly nowS: number;
  readonly isOutputOn: boolean;
  readonly levelDbm: number;
  readonly isMoving: boolean;
  readonly probeMm: readonly [number, number, number];
}

export type ControlRequest =
  | {readonly type: 'call'; readonly id: number; readonly call: ControlCall}
  /** To a thread only; a process hears it from its closing channel. */
  | {readonly type: 'end'};
export type ControlMessage =
  | {readonly type: 'ready'; readonly instruments: readonly InstrumentEntry[]}
  | {readonly type: 'lit'}
  | {readonly type: 'done'; readonly id: number; readonly result?: BenchState}
  | {readonly type: 'failed'; readonly id: number | null; readonly message: string};
