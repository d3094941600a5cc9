import type {SettingValue} from '../contract/devices.ts';
import type {ErrorCode} from '../contract/errors.ts';
import type {InstrumentRole} from './byte-line.ts';
import type {InstrumentName} from './instrument-list.ts';
import type {Faults} from './faults.ts';
import type {FlipAxis, PlateShift} from './plate-holders.ts';
import type {MountedObject} from './scene.ts';
import type {SceneTruth} from './scene-truth.ts';
import type {PortAddress} from './virtual-port.ts';

/** What the operator of the virtual bench writes of its detector into the bench file. */
export interface DetectorEntry {
  readonly driver: string;
  readonly settings: Readonly<Record<string, SettingValue>>;
}

/** Messages between the program of the virtual bench and the process that has started it. */
export interface InstrumentEntry {
  readonly role: InstrumentRole;
  readonly model: string;
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
  /** Of a detector: what the bench file says of it. */
  readonly detector?: DetectorEntry;
  /** Of the mounts: plates that they carry. */
  readonly plateCount?: number;
}

/** What a person does to plates on a running bench. Plates are counted from 1, the first behind the object. */
export type HandCall =
  /** Turns a plate's screws; what comes of it has a hand's precision. */
  | ({readonly method: 'nudge-plate'; readonly plate: number} & Partial<PlateShift>)
  /** Takes out every plate that is not named and puts in those that are. */
  | {readonly method: 'set-plates-present'; readonly plates: readonly number[]}
  /** Takes a plate out, turns it over about one of its axes, and puts it back. */
  | {readonly method: 'flip-plate'; readonly plate: number; readonly about: FlipAxis}
  /** Pushes the carriage of the stage, as steps that are lost would: its controller does not know of it. */
  | {readonly method: 'slip-stage'; readonly xMm: number; readonly yMm: number}
  /** Takes a plate out and puts in another one, printed with these heights (mm above the base, row by row). */
  | {readonly method: 'exchange-plate'; readonly plate: number; readonly heightsMm: Float32Array};

export type ControlCall =
  | HandCall
  | {readonly method: 'mount-object'; readonly object: MountedObject | null}
  | {readonly method: 'block-beam'; readonly isBlocked: boolean}
  | {readonly method: 'set-faults'; readonly instrument: InstrumentName; readonly faults: Partial<Faults>}
  | {readonly method: 'unplug'; readonly instrument: InstrumentName}
  /** Plugs one in again that was unplugged. */
  | {readonly method: 'replug'; readonly instrument: InstrumentName}
  | {readonly method: 'read-state'}
  /** The secrets of the bench, with the plates as they are now. */
  | {readonly method: 'read-truth'};

/** What only tests may know of a running bench. */
export interface BenchState {
  readonly nowS: number;
  readonly isOutputOn: boolean;
  readonly levelDbm: number;
  readonly isMoving: boolean;
  readonly probeMm: readonly [number, number, number];
}

/** Answer to a call. */
export type ControlResult<Method extends ControlCall['method'] = ControlCall['method']> =
  Method extends 'read-state'
    ? BenchState
    : Method extends 'read-truth'
      ? SceneTruth
      : Method extends 'replug'
        ? PortAddress
        : undefined;

export type ControlRequest =
  | {readonly type: 'call'; readonly id: number; readonly call: ControlCall}
  /** To a thread only; a process notices that its channel closes. */
  | {readonly type: 'end'};
export type ControlMessage =
  | {readonly type: 'ready'; readonly instruments: readonly InstrumentEntry[]}
  | {readonly type: 'lit'}
  | {readonly type: 'done'; readonly id: number; readonly result?: ControlResult}
  | {
      readonly type: 'failed';
      readonly id: number | null;
      readonly message: string;
      readonly code?: ErrorCode;
    };
