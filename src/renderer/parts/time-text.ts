import {fixedText} from '../../base/number-format.ts';
/** Times in the words of a bench: short, without digits that say nothing. */
export {durationText} from '../../base/duration-text.ts';

/** How long ago something was: `just now`, `12 s ago`, `3 min ago`. */
export function agoText(ageMs: number): string {
  const seconds = Math.max(0, ageMs / 1000);
  if (seconds < 2) return 'just now';
  if (seconds < 90) return `${Math.round(seconds)} s ago`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}

const clock = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const day = new Intl.DateTimeFormat('en-CA', {year: 'numeric', month: '2-digit', day: '2-digit'});

/** Local time of day `14:03:07` of a UTC text or of ms since the epoch. */
export const clockText = (time: string | number): string => clock.format(new Date(time));

/** Local date and time `2026-11-24 14:03:07`. */
export const dateTimeText = (time: string | number): string => {
  const date = new Date(time);
  return `${day.format(date)} ${clock.format(date)}`;
};

/** A size such as `18.2 GB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let index = 0;
  while (value >= 999.5 && index < units.length - 1) {
    value /= 1000;
    index++;
  }
  return `${fixedText(value, index === 0 || value >= 99.5 ? 0 : 1)} ${units[index] ?? ''}`;
}
