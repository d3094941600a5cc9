const groups = new Intl.NumberFormat('en-GB');
const plurals = new Intl.PluralRules('en-GB');

/** A count in groups of three digits: `6,561`. */
export const countText = (count: number): string => groups.format(count);

/** The word for so many things: `run`, `runs`. */
export const pluralOf = (count: number, one: string, many = `${one}s`): string =>
  plurals.select(count) === 'one' ? one : many;

/** A number of things: `1 run`, `12 runs`. */
export const countOf = (count: number, one: string, many?: string): string =>
  `${countText(count)} ${pluralOf(count, one, many)}`;
