/** Progress of something long: a bar on a terminal, a plain line now and then elsewhere. */
import cliProgress from 'cli-progress';
import {formatDuration, plainText} from './text-table.ts';

export interface ProgressUpdate {
  /** Time left as the engine estimates it, s; without it the pace so far is extrapolated. */
  readonly secondsLeft?: number;
  readonly note?: string;
}

export interface Progress {
  update(done: number, update?: ProgressUpdate): void;
  /** Ends it with a line that stays; `note` says how it went when it did not reach its end. */
  end(note?: string): void;
}

/** A progress that makes room while other text is written. */
export interface InterruptibleProgress extends Progress {
  pause(): void;
  resume(): void;
}

export interface ProgressOptions {
  readonly label: string;
  readonly total: number;
  /** Unit of the counts: points, digits, images. */
  readonly unit?: string;
  readonly stream: NodeJS.WritableStream;
  readonly nowMs: () => number;
}

/** Least time between two plain lines, ms: a log of an hour then has 360 lines, and silence never lasts long. */
export const plainIntervalMs = 10_000;

/** Lines at the start, at the end, and every ten seconds between. */
export function createPlainProgress(options: ProgressOptions): InterruptibleProgress {
  const {stream, nowMs} = options;
  const pace = createPace(options);
  let lastMs = nowMs();
  stream.write(`${pace.describe(0)}\n`);
  return {
    update(done, update) {
      pace.note(done, update);
      if (nowMs() - lastMs < plainIntervalMs) return;
      lastMs = nowMs();
      stream.write(`${pace.describe(done, update)}\n`);
    },
    end: (note) => void stream.write(`${pace.describeEnd(note)}\n`),
    pause: () => undefined,
    resume: () => undefined,
  };
}

/** One line that is drawn over, at most ten times a second. */
export function createBarProgress(options: ProgressOptions): InterruptibleProgress {
  const {stream, total} = options;
  const pace = createPace(options);
  let done = 0;
  let last: ProgressUpdate | undefined;
  const bar = new cliProgress.SingleBar({
    format: () => `${drawBar(total > 0 ? done / total : 1)} ${pace.describe(done, last)}`,
    stream,
    // A hidden cursor or wrapping turned off would stay so when the process is killed.
    hideCursor: null,
    linewrap: true,
    clearOnComplete: true,
    // Ctrl-C belongs to the program, which has a bench to make safe.
    gracefulExit: false,
    fps: 10,
  });
  let isDrawn = true;
  bar.start(Math.max(1, total), done);
  return {
    update(newDone, update) {
      pace.note(newDone, update);
      done = newDone;
      last = update;
      if (isDrawn) bar.update(newDone);
    },
    end(note) {
      if (isDrawn) bar.stop();
      isDrawn = false;
      stream.write(`${pace.describeEnd(note)}\n`);
    },
    pause() {
      if (isDrawn) bar.stop();
      isDrawn = false;
    },
    resume() {
      if (!isDrawn) bar.start(Math.max(1, total), done);
      isDrawn = true;
    },
  };
}

const barWidth = 24;
function drawBar(part: number): string {
  const filled = Math.round(barWidth * Math.max(0, Math.min(1, part)));
  return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}]`;
}

/** A first count within this time of the start is of what was done before it. */
const atOnceMs = 1000;

/** Counts, percentage and the time left, in words. */
function createPace({label, total, unit = '', nowMs}: ProgressOptions): {
  note(done: number, update: ProgressUpdate | undefined): void;
  describe(done: number, update?: ProgressUpdate): string;
  describeEnd(note: string | undefined): string;
} {
  const startedMs = nowMs();
  const counted = unit === '' ? '' : ` ${unit}`;
  let reached = 0;
  let behind: number | undefined;
  return {
    note(done) {
      reached = done;
      // What is counted at once was done before: a training that goes on has its own pace, not that of its first part.
      behind ??= nowMs() - startedMs < atOnceMs ? done : 0;
    },
    describe(done, update) {
      const percent = total > 0 ? Math.floor((100 * done) / total) : 100;
      const elapsedS = (nowMs() - startedMs) / 1000;
      const own = done - (behind ?? 0);
      const left = update?.secondsLeft ?? (own > 0 ? (elapsedS * (total - done)) / own : undefined);
      const time = left === undefined || done >= total ? '' : `, ${formatDuration(left)} left`;
      const note = update?.note === undefined ? '' : `, ${plainText(update.note)}`;
      return `${label}: ${percent} %, ${done} of ${total}${counted}${time}${note}`;
    },
    describeEnd(note) {
      const took = formatDuration((nowMs() - startedMs) / 1000);
      const count = reached >= total ? `${total}${counted}` : `${reached} of ${total}${counted}`;
      return `${label}: ${note === undefined ? 'done' : plainText(note)}, ${count} in ${took}`;
    },
  };
}
