/** Durations in the words of a bench: short, without digits that say nothing. */

/** A duration such as `8 min 12 s`, `2 h 05 min`, `0.4 s`; two units at most. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const s = Math.max(0, seconds);
  if (s < 9.95) return `${s.toFixed(s < 0.95 ? 1 : 0)} s`;
  const whole = Math.round(s);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${twoDigits(whole % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${twoDigits(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A time limit or a wait in a message: `250 ms`, `1.5 s`, `5 min 46 s`. */
export function waitText(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (Math.round(ms) < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  return ms < 9950 ? `${Number((ms / 1000).toFixed(1))} s` : durationText(ms / 1000);
}

/**
 * As `waitText`, for ms of a clock that runs `speed` times as fast as real time: the text then says that it is time of
 * the bench.
 */
export const benchWaitText = (benchMs: number, speed: number): string =>
  speed === 1 ? waitText(benchMs) : `${waitText(benchMs)} of bench time`;

const twoDigits = (value: number): string => String(value).padStart(2, '0');
