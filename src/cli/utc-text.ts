/** A time in s since 1970 as a terminal shows it: `2026-11-29T22:33:50.000Z`. */
export const utcText = (timeS: number): string => new Date(timeS * 1000).toISOString();
