/** A step of 1, 2 or 5 times a power of ten that cuts `span` into about `wanted` parts. */
export function niceStep(span: number, wanted: number): number {
  const rough = span / Math.max(wanted, 1);
  const decade = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / decade;
  return decade * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}
