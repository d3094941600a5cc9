import {performance} from 'node:perf_hooks';

/**
 * Time inside the virtual bench, seconds from its start. Instruments read it and plan actions on it; none of
 * them knows the wall clock.
 */
export interface VirtualTime {
  /** Bench time per real time; `Infinity` means that nothing physical takes real time (see `isInstant`). */
  readonly speed: number;
  /**
   * No physical delay: the clock jumps to whatever is planned next, replies leave at once and filters are settled.
   */
  readonly isInstant: boolean;
  nowS(): number;
  /** Runs `action` when the clock has reached `timeS`; the action is given that time. Returns its canceller. */
  at(timeS: number, action: (timeS: number) => void): () => void;
  /** Forgets everything planned and stops the timers. */
  dispose(): void;
}

interface Entry {
  readonly timeS: number;
  readonly order: number;
  readonly action: (timeS: number) => void;
}

/** Planned actions, earliest first, equal times in the order they were planned. */
class Agenda {
  private entries: Entry[] = [];
  private order = 0;

  add(timeS: number, action: (timeS: number) => void): Entry {
    const entry = {timeS, order: this.order++, action};
    let index = this.entries.length;
    while (index > 0 && this.entries[index - 1].timeS > timeS) index--;
    this.entries.splice(index, 0, entry);
    return entry;
  }
  remove(entry: Entry): void {
    const index = this.entries.indexOf(entry);
    if (index >= 0) this.entries.splice(index, 1);
  }
  next(): Entry | undefined {
    return this.entries[0];
  }
  take(): Entry | undefined {
    return this.entries.shift();
  }
  clear(): void {
    this.entries = [];
  }
}

/** Timers cannot be set further ahead than this, ms. */
const longestTimerMs = 2 ** 31 - 1;
/** Below this a timer would be late by more than it waits, ms. */
const shortestTimerMs = 0.5;

/** Virtual time that runs `speed` times as fast as the wall clock, or without any delay at `Infinity`. */
export function createVirtualTime(speed = 1): VirtualTime {
  if (!(speed > 0)) throw new RangeError(`The speed of the virtual bench must be above 0, not ${speed}.`);
  return speed === Infinity ? createInstantTime() : createScaledTime(speed);
}

function createScaledTime(speed: number): VirtualTime {
  const agenda = new Agenda();
  const startMs = performance.now();
  let cancelTimer: (() => void) | undefined;
  const nowS = (): number => ((performance.now() - startMs) * speed) / 1000;

  function arm(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    const next = agenda.next();
    if (!next) return;
    const realMs = ((next.timeS - nowS()) * 1000) / speed;
    if (realMs < shortestTimerMs) {
      const handle = setImmediate(run);
      cancelTimer = () => clearImmediate(handle);
    } else {
      const handle = setTimeout(run, Math.min(realMs, longestTimerMs));
      cancelTimer = () => clearTimeout(handle);
    }
  }
  function run(): void {
    cancelTimer = undefined;
    try {
      for (let next = agenda.next(); next && next.timeS <= nowS(); next = agenda.next()) {
        agenda.take();
        next.action(next.timeS);
      }
    } finally {
      arm();
    }
  }
  return {
    speed,
    isInstant: false,
    nowS,
    at(timeS, action) {
      const entry = agenda.add(timeS, action);
      if (agenda.next() === entry) arm();
      return () => agenda.remove(entry);
    },
    dispose() {
      agenda.clear();
      cancelTimer?.();
    },
  };
}

function createInstantTime(): VirtualTime {
  const agenda = new Agenda();
  const startMs = performance.now();
  let jumpedS = 0;
  let handle: NodeJS.Immediate | undefined;
  const nowS = (): number => (performance.now() - startMs) / 1000 + jumpedS;

  function run(): void {
    handle = undefined;
    const next = agenda.take();
    try {
      if (next) {
        jumpedS += Math.max(0, next.timeS - nowS());
        next.action(next.timeS);
      }
    } finally {
      arm();
    }
  }
  function arm(): void {
    if (handle === undefined && agenda.next()) handle = setImmediate(run);
  }
  return {
    speed: Infinity,
    isInstant: true,
    nowS,
    at(timeS, action) {
      const entry = agenda.add(timeS, action);
      arm();
      return () => agenda.remove(entry);
    },
    dispose() {
      agenda.clear();
      if (handle !== undefined) clearImmediate(handle);
      handle = undefined;
    },
  };
}

/** Virtual time that only moves when it is told to: for tests. */
export interface ManualTime extends VirtualTime {
  /** Lets `seconds` pass, running what is planned on the way, in order and at its own time. */
  advance(seconds: number): void;
}

export function createManualTime(): ManualTime {
  const agenda = new Agenda();
  let now = 0;
  return {
    speed: 1,
    isInstant: false,
    nowS: () => now,
    at(timeS, action) {
      const entry = agenda.add(timeS, action);
      return () => agenda.remove(entry);
    },
    advance(seconds) {
      const endS = now + seconds;
      for (let next = agenda.next(); next && next.timeS <= endS; next = agenda.next()) {
        agenda.take();
        now = Math.max(now, next.timeS);
        next.action(next.timeS);
      }
      now = endS;
    },
    dispose: () => agenda.clear(),
  };
}
