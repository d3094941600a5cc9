import {createBell, type Bell} from '../../base/feed.ts';
import type {Status} from '../../contract/api/index.ts';

/** What the status feed shows, apart from what the feed itself and the transports add. */
export type BoardParts = Omit<Status, 'hostId' | 'last' | 'lostCount' | 'utc' | 'clientCount' | 'lockin'>;

/** The present state of everything, as one picture; told at most about thirty times a second. */
export interface Board {
  readonly bell: Bell;
  readonly parts: Readonly<BoardParts>;
  update(changes: Partial<BoardParts>): void;
}

const quietMs = 33;

export const closedBench: BoardParts['bench'] = {
  state: 'closed',
  kind: null,
  name: '',
  path: null,
  seed: null,
  speed: 1,
  isRobotMounting: false,
  text: 'No bench is open.',
  problem: null,
};

export function createBoard(): Board {
  const bell = createBell(quietMs);
  let parts: BoardParts = {
    bench: closedBench,
    instruments: [],
    stage: null,
    detector: null,
    source: null,
    mount: null,
    run: null,
    prompt: null,
    session: null,
    saved: {lastCommitUtc: null, pointCount: 0, diskFreeBytes: null, problem: ''},
  };
  return {
    bell,
    get parts() {
      return parts;
    },
    update(changes) {
      parts = {...parts, ...changes};
      bell.ring();
    },
  };
}
