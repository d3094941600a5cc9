import {replaceEqualDeep} from '@tanstack/react-query';
import {useStore} from 'zustand';
import {createStore} from 'zustand/vanilla';
import type {Scope, Status} from '../../contract/api/index.ts';
import {client, connectionStore, type ConnectionState} from './connection.ts';
import {follow} from './follow.ts';

interface StatusState {
  /** The last picture of the bench; it stays when the connection is lost, marked as old by the frame. */
  readonly status: Status | null;
  /** When it arrived, ms since the epoch. */
  readonly receivedMs: number;
  /** What components select from; a part that is as it was stays the same object. */
  readonly shown: ShownStatus | null;
}

type Untimed<Part> = Part extends {readonly utc: string} ? Omit<Part, 'utc'> : Part;

/**
 * The picture of the bench without its number and the times of its readings, which differ in every picture: an instrument
 * that is read ten times a second and found as it was draws nothing anew.
 */
export type ShownStatus = {
  readonly [Part in keyof Omit<Status, 'last' | 'utc' | 'lockin'>]: Untimed<Status[Part]>;
};

/** Of one instrument, as components get it. */
export type ShownInstrument<Kind extends 'stage' | 'detector' | 'source'> = NonNullable<ShownStatus[Kind]>;

export const statusStore = createStore<StatusState>(() => ({status: null, receivedMs: 0, shown: null}));

/** What a component cannot select is nevertheless there, always the same. */
function shownOf(status: Status): ShownStatus {
  const {stage, detector, source, mount} = status;
  const shown = {
    ...status,
    last: 0,
    utc: '',
    lockin: null,
    stage: stage && {...stage, utc: ''},
    detector: detector && {...detector, utc: ''},
    source: source && {...source, utc: ''},
    mount: mount && {...mount, utc: ''},
  };
  return shown;
}

/** Keeps the picture of the bench fresh until the signal. */
export const followStatus = (signal: AbortSignal): Promise<void> =>
  follow({
    signal,
    ask: (question, call) => client.bench.status(question, call),
    onAnswer: (status) =>
      statusStore.setState(({shown}) => ({
        status,
        receivedMs: Date.now(),
        shown: replaceEqualDeep(shown, shownOf(status)),
      })),
  });

/** A part of the bench's state; the component draws anew only when that part changed (compared by `Object.is`). */
export const useStatus = <Part>(select: (status: ShownStatus | null) => Part): Part =>
  useStore(statusStore, ({shown}) => select(shown));

export const useConnection = <Part>(select: (state: ConnectionState) => Part): Part =>
  useStore(connectionStore, select);

const rank: Readonly<Record<Scope, number>> = {read: 0, operate: 1, admin: 2};

/** Whether this window may do what needs a scope, and is connected to do it. */
export const useMay = (scope: Scope): boolean =>
  useConnection(({phase, info}) => phase === 'open' && info !== null && rank[info.scope] >= rank[scope]);
