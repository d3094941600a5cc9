import type {ApiOutputs} from '../../../contract/api/index.ts';

/** A session with everything that belongs to it. */
export type SessionData = ApiOutputs['sessions']['get'];
