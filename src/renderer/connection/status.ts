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
}

export const statusStore = createStore<StatusState>(() => ({status: null, receivedMs: 0}));

/** Keeps the picture of the bench fresh until the signal. */
export const followStatus = (signal: AbortSignal): Promise<void> =>
  follow({
    signal,
    ask: (question, call) => client.bench.status(question, call),
    onAnswer: (status) => statusStore.setState({status, receivedMs: Date.now()}),
  });

/** A part of the bench's state; the component draws anew only when that part changed (compared by `Object.is`). */
export const useStatus = <Part>(select: (status: Status | null) => Part): Part =>
  useStore(statusStore, ({status}) => select(status));

export const useConnection = <Part>(select: (state: ConnectionState) => Part): Part =>
  useStore(connectionStore, select);

const rank: Readonly<Record<Scope, number>> = {read: 0, operate: 1, admin: 2};

/** Whether this window may do what needs a scope, and is connected to do it. */
export const useMay = (scope: Scope): boolean =>
  useConnection(({phase, info}) => phase === 'open' && info !== null && rank[info.scope] >= rank[scope]);
