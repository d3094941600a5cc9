/** Times of run records (seconds since the epoch) as text, in UTC. */

/** ISO 8601 with milliseconds and Z. */
export const isoFromS = (timeS: number): string => new Date(timeS * 1000).toISOString();

/** `2026-11-26 15:02 UTC`. */
export const utcMinuteText = (timeS: number): string =>
  `${isoFromS(timeS).slice(0, 16).replace('T', ' ')} UTC`;

/** `2026-11-26 15:02:07 UTC`. */
export const utcSecondText = (timeS: number): string =>
  `${isoFromS(timeS).slice(0, 19).replace('T', ' ')} UTC`;

/** `15:02:07 UTC`, where the day is known. */
export const utcClockText = (timeS: number): string => `${isoFromS(timeS).slice(11, 19)} UTC`;
