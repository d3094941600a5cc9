/** Times of run records (seconds since the epoch) as text, in UTC. */

/** What a Date can hold, in seconds either side of the epoch. */
const farthestS = 8.64e12;

/**
 * ISO 8601 with milliseconds and Z. A number beyond the calendar, as a damaged row holds, becomes its last or first day
 * and none becomes the epoch: a list is shown whole, with one time that is plainly wrong.
 */
export const isoFromS = (timeS: number): string =>
  new Date(Number.isNaN(timeS) ? 0 : Math.min(farthestS, Math.max(-farthestS, timeS)) * 1000).toISOString();

/** `2026-11-26 15:02 UTC`. */
export const utcMinuteText = (timeS: number): string =>
  `${isoFromS(timeS).slice(0, 16).replace('T', ' ')} UTC`;

/** `2026-11-26 15:02:07 UTC`. */
export const utcSecondText = (timeS: number): string =>
  `${isoFromS(timeS).slice(0, 19).replace('T', ' ')} UTC`;

/** `15:02:07 UTC`, where the day is known. */
export const utcClockText = (timeS: number): string => `${isoFromS(timeS).slice(11, 19)} UTC`;
