/** Which digits a campaign shows: drawn by the host from a seed, or picked one by one, in order. */
export type DigitSelection =
  | {readonly kind: 'drawn'; readonly count: number; readonly seed: number}
  | {readonly kind: 'picked'; readonly ids: readonly string[]};

/** The ids as picked ones, whichever way they came; `drawnIds` are those that the host drew. */
export const idsOf = (selection: DigitSelection, drawnIds: readonly string[]): readonly string[] =>
  selection.kind === 'picked' ? selection.ids : drawnIds;

/** Picks what was not picked and the other way round; the new ones come last, in the order given. */
export function withPicked(
  ids: readonly string[],
  wanted: ReadonlySet<string>,
  among: readonly string[],
): readonly string[] {
  const isOutside = new Set(ids.filter((id) => !among.includes(id)));
  const kept = ids.filter((id) => isOutside.has(id) || wanted.has(id));
  return [...kept, ...among.filter((id) => wanted.has(id) && !kept.includes(id))];
}

export const withoutId = (ids: readonly string[], id: string): readonly string[] =>
  ids.filter((own) => own !== id);

/** Moves a digit earlier (-1) or later (+1); at the ends nothing changes. */
export function moved(ids: readonly string[], id: string, by: -1 | 1): readonly string[] {
  const at = ids.indexOf(id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= ids.length) return ids;
  const result = [...ids];
  [result[at], result[to]] = [result[to], result[at]];
  return result;
}
