import {randomUUID} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {hostname, uptime} from 'node:os';

/** The computer's clock, which anybody may set, beside one that nobody can. */
export interface WallClock {
  /** Seconds since the epoch, UTC, as the computer's clock has it. */
  utcNowS(): number;
  /** Seconds from some beginning; counts up evenly whatever the computer's clock is set to. */
  steadyNowS(): number;
  /** Cheap form of `steadyNowS` that may stand still while the computer sleeps. */
  quickNowS(): number;
  /** Names the beginning that `steadyNowS` counts from: two programs with the same name count alike. */
  readonly frame: string;
  /** Whether `steadyNowS` goes on while the computer sleeps; else a long sleep looks like a clock set forward. */
  readonly countsSleep: boolean;
}

/** Of this computer. Linux tells when it was started (also in its sleep), others count from this process only. */
export function systemClock(): WallClock {
  const utcNowS = (): number => Date.now() / 1000;
  const quickNowS = (): number => performance.now() / 1000;
  const boot = bootId();
  if (boot === undefined)
    return {utcNowS, quickNowS, steadyNowS: quickNowS, frame: `process ${randomUUID()}`, countsSleep: false};
  return {utcNowS, quickNowS, steadyNowS: uptime, frame: `boot ${boot} of ${hostname()}`, countsSleep: true};
}

/** Changes with every start of the computer (Linux, random(4)); undefined elsewhere. */
function bootId(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || undefined;
  } catch {
    // Not there in every container; then each process counts for itself.
    return undefined;
  }
}

/** A clock of a test that is never set, or the system's. */
export const clockFrom = (utcNowS: (() => number) | undefined): WallClock =>
  utcNowS === undefined
    ? systemClock()
    : {utcNowS, steadyNowS: utcNowS, quickNowS: utcNowS, frame: 'given', countsSleep: true};
