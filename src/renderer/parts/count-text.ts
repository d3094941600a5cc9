const groups = new Intl.NumberFormat('en-GB');

/** A count in groups of three digits: `6,561`. */
export const countText = (count: number): string => groups.format(count);

/** A number of things: `1 run`, `12 runs`. */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`;
