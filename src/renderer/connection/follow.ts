import {client, connectionStore, dropConnection} from './connection.ts';
import {isDisconnect} from './problem.ts';

/** What every feed answers. */
interface FeedAnswer {
  readonly hostId: string;
  readonly last: number;
  readonly lostCount: number;
}

export interface FeedQuestion {
  readonly after: number;
  readonly waitMs: number;
}

export interface FollowOptions<Answer> {
  readonly signal: AbortSignal;
  ask(question: FeedQuestion, options: {readonly signal: AbortSignal}): Promise<Answer>;
  onAnswer(answer: Answer): void;
  /** The host was started anew: numbers begin again, what was gathered is of the host before. */
  onNewHost?(): void;
  /** Entry after which to begin; 0 by default. */
  readonly after?: number;
  /** True ends the following: there will be no more. */
  isDone?(answer: Answer): boolean;
  /** True: more lies ready than one answer holds, so that this one is taken and the next asked for at once. */
  isFull?(answer: Answer): boolean;
  /** Time between an answer and the next question, ms; by default answers are taken at the moments of all feeds. */
  readonly restMs?: number;
}

const waitMs = 5000;
/** Beyond the wait that was asked for, after which a connection counts as dead, ms. */
const graceMs = 6000;
/**
 * All feeds of a shown window take what they were answered at the same moments, this far apart, so that what they bring
 * is drawn in one frame: a window that follows a run costs by its frames, and the readings of a bench, points and
 * settings come at moments of their own. By a timer: to ask for a frame makes the browser compose one, also when nothing
 * has changed.
 */
const shownPeriodMs = 100;
const hiddenRestMs = 300;

/**
 * Follows a feed: asks for what came after the last entry, takes it, asks again; over lost connections and restarts of
 * the host, without a gap. The first answer of a host is taken at once; from then on at most ten a second, and three while
 * the window is hidden. Never rejects but with an error of the procedure itself (not a lost connection).
 */
export async function follow<Answer extends FeedAnswer>(options: FollowOptions<Answer>): Promise<void> {
  const {signal} = options;
  let after = options.after ?? 0;
  let hostId: string | undefined;
  let isFirst = true;
  while (!signal.aborted) {
    if (!(await isConnected(signal))) return;
    const deadline = AbortSignal.timeout(waitMs + graceMs);
    try {
      const answer = await options.ask({after, waitMs}, {signal: AbortSignal.any([signal, deadline])});
      const isNewHost = hostId !== undefined && answer.hostId !== hostId;
      const isAtOnce = isFirst || isNewHost || options.isFull?.(answer) === true;
      isFirst = isNewHost;
      if (!isAtOnce) await rest(options.restMs ?? (document.hidden ? hiddenRestMs : untilMomentMs()));
      if (signal.aborted) return;
      hostId = answer.hostId;
      if (isNewHost) {
        after = options.after ?? 0;
        options.onNewHost?.();
        continue;
      }
      const isDone = options.isDone?.(answer) === true;
      if (answer.last !== after || after === 0 || isDone) options.onAnswer(answer);
      after = answer.last;
      if (isDone) return;
    } catch (error) {
      if (signal.aborted) return;
      if (deadline.aborted) dropConnection();
      else if (!isDisconnect(error) && connectionStore.getState().phase === 'open') {
        // A connection that breaks during a call fails the call shortly before it is known to be closed.
        await rest(300);
        if (connectionStore.getState().phase === 'open') throw error;
      }
      await rest(untilMomentMs());
    }
  }
}

/** Time until the feeds of this window take their answers, ms. */
const untilMomentMs = (): number => shownPeriodMs - (performance.now() % shownPeriodMs);

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for a connection; false when the signal came first. */
function isConnected(signal: AbortSignal): Promise<boolean> {
  if (connectionStore.getState().phase === 'open') return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (result: boolean): void => {
      unsubscribe();
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const onAbort = (): void => finish(false);
    const unsubscribe = connectionStore.subscribe(({phase}) => phase === 'open' && finish(true));
    signal.addEventListener('abort', onAbort);
  });
}

type RunPoints = Awaited<ReturnType<typeof client.runs.points>>;

/** Points of one answer. */
const batchLimit = 20_000;

/** Follows the points of a run, live or stored, in batches of columns; ends when the run has ended and all came. */
export function followPoints(
  runUid: string,
  onPoints: (points: RunPoints) => void,
  options: {readonly signal: AbortSignal; readonly stream?: string; readonly onNewHost?: () => void},
): Promise<void> {
  return follow({
    signal: options.signal,
    ask: (question, call) =>
      client.runs.points({runUid, stream: options.stream ?? 'primary', limit: batchLimit, ...question}, call),
    onAnswer: onPoints,
    isFull: ({count}) => count === batchLimit,
    isDone: ({hasEnded, count}) => hasEnded && count === 0,
    ...(options.onNewHost ? {onNewHost: options.onNewHost} : {}),
  });
}
