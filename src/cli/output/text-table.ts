/** Text for a terminal: aligned tables, durations, and nothing that could steer the terminal. */

export interface TableColumn {
  readonly title: string;
  /** Printed behind the title, in brackets. */
  readonly unit?: string;
  /** Numbers stand right, words left; right unless given. */
  readonly align?: 'left' | 'right';
}

/** Aligned columns under their titles. A cell that is missing prints as a dash, never as a number. */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const titles = columns.map(({title, unit}) => (unit ? `${title} (${unit})` : title));
  const cells = rows.map((row) => columns.map((_column, k) => cellText(row[k])));
  const widths = titles.map((title, k) => Math.max(widthOf(title), ...cells.map((row) => widthOf(row[k]))));
  const lineFrom = (texts: readonly string[]): string =>
    texts
      .map((text, k) => {
        const space = ' '.repeat(widths[k] - widthOf(text));
        return columns[k].align === 'left' ? text + space : space + text;
      })
      .join('  ')
      .trimEnd();
  return [lineFrom(titles), lineFrom(widths.map((width) => '-'.repeat(width))), ...cells.map(lineFrom)].join(
    '\n',
  );
}

const cellText = (cell: string | number | null | undefined): string =>
  cell === null || cell === undefined ? '-' : typeof cell === 'number' ? String(cell) : plainText(cell);

const widthOf = (text: string): number => Array.from(text).length;

/**
 * Text on one line without control characters: an instrument's garbled reply inside a message must not clear the
 * screen or forge a second line.
 */
export const plainText = (text: string): string =>
  text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(
      /[\u0000-\u001f\u007f-\u009f]/g,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );

/** A duration as people say it: 8 s, 8 min 12 s, 2 h 5 min. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
