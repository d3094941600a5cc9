import {isDeepStrictEqual} from 'node:util';
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
/** An instrument that is found as it was has a new time and nothing else new: that is sent this often, ms. */
const sameAgainMs = 1000;

export const closedBench: BenchStatusParts['bench'] = {
  state: 'closed',
  kind: null,
  name: '',
  path: null,
  seed: null,
  speed: 1,
  isRobotMounting: false,
  design: null,
  suspenders: [],
  text: 'No bench is open.',
  problem: null,
};

export function createBenchStatus(): BenchStatus {
  const changeSignal = createChangeSignal(quietMs);
  let sentMs = -Infinity;
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
    saved: {lastCommitUtc: null, pointCount: 0, diskFreeBytes: null, problem: '', damage: ''},
  };
  return {
    changeSignal,
    get parts() {
      return parts;
    },
    update(changes) {
      const before = parts;
      parts = {...parts, ...changes};
      const nowMs = performance.now();
      if (nowMs - sentMs < sameAgainMs && isSameButTimes(before, changes)) return;
      sentMs = nowMs;
      changeSignal.notify();
    },
  };
}

/** Whether the changes change nothing but the times of readings. */
function isSameButTimes(before: BenchStatusParts, changes: Partial<BenchStatusParts>): boolean {
  const old: Readonly<Record<string, unknown>> = before;
  return Object.entries(changes).every(([key, part]) =>
    isDeepStrictEqual(withoutTime(old[key]), withoutTime(part)),
  );
}

const withoutTime = (part: unknown): unknown =>
  typeof part === 'object' && part !== null && 'utc' in part ? {...part, utc: ''} : part;

/** What is known of instruments and prompts while no bench is open. */
export const emptied = {
  stage: null,
  detector: null,
  source: null,
  mount: null,
  prompt: null,
} satisfies Partial<BenchStatusParts>;
