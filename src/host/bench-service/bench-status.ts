import {createChangeSignal, type ChangeSignal} from '../../base/feed.ts';
import type {Status} from '../../contract/api/index.ts';

/** What the status feed shows, apart from what the feed itself and the transports add. */
export type BenchStatusParts = Omit<
  Status,
  'hostId' | 'last' | 'lostCount' | 'utc' | 'clientCount' | 'lockin'
>;

/** The present state of everything, as one object; sent at most about thirty times a second. */
export interface BenchStatus {
  readonly changeSignal: ChangeSignal;
  readonly parts: Readonly<BenchStatusParts>;
  update(changes: Partial<BenchStatusParts>): void;
}

const quietMs = 33;

export const closedBench: BenchStatusParts['bench'] = {
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

export function createBenchStatus(): BenchStatus {
  const changeSignal = createChangeSignal(quietMs);
  let parts: BenchStatusParts = {
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
    changeSignal,
    get parts() {
      return parts;
    },
    update(changes) {
      parts = {...parts, ...changes};
      changeSignal.notify();
    },
  };
}
