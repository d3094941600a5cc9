/** An image: its margin as predicted, and as measured on some bench. */
export interface MarginPair {
  readonly predicted: number;
  readonly measured: number;
}

/**
 * Part of the images with these predicted margins that would keep their winner under an error of which `pairs` are a
 * sample: a measured margin is taken to be a x predicted + rest, a by least squares, and each rest that was seen is
 * applied to each margin. So some tens of planes tell rates that counting them could not resolve.
 */
export function expectedMatch(margins: readonly number[], pairs: readonly MarginPair[]): number {
  const square = pairs.reduce((sum, {predicted}) => sum + predicted ** 2, 0);
  const product = pairs.reduce((sum, {predicted, measured}) => sum + predicted * measured, 0);
  const slope = square > 0 ? product / square : 1;
  const rests = pairs.map(({predicted, measured}) => measured - slope * predicted);
  let kept = 0;
  for (const margin of margins) for (const rest of rests) if (slope * margin + rest > 0) kept += 1;
  return kept / (margins.length * rests.length);
}

/** Loss of match against the size of an error: from (0, 0), rising, straight between the points. */
export interface LossCurve {
  readonly sizes: readonly number[];
  readonly losses: readonly number[];
}

/** Loss at a size; beyond the last point that of the last point. */
export function lossAt({sizes, losses}: LossCurve, size: number): number {
  let [x0, y0] = [0, 0];
  for (const [i, x1] of sizes.entries()) {
    const y1 = losses[i];
    if (size <= x1) return x1 > x0 ? y0 + ((y1 - y0) * (size - x0)) / (x1 - x0) : y1;
    [x0, y0] = [x1, y1];
  }
  return y0;
}

/** Largest size whose loss is at most `loss`, the last that was tried at most. */
export function sizeFor({sizes, losses}: LossCurve, loss: number): number {
  let [x0, y0] = [0, 0];
  for (const [i, x1] of sizes.entries()) {
    const y1 = losses[i];
    if (y1 > loss) return x0 + ((x1 - x0) * (loss - y0)) / (y1 - y0);
    [x0, y0] = [x1, y1];
  }
  return x0;
}

/**
 * Largest sizes with which the errors together lose about `loss` of the match. Changes of margins by independent errors
 * add in quadrature, and the match that they cost is proportional to their RMS as long as it is small: so losses are
 * added in quadrature, and each error gets an equal share, loss / sqrt(count). One that does not use its share even at
 * the largest size that was tried leaves the rest to the others.
 */
export function suggestSizes(curves: readonly LossCurve[], loss: number): number[] {
  const whole = curves.map(({losses}) => losses.at(-1) ?? 0);
  const isWhole = curves.map(() => false);
  for (;;) {
    const used = whole.reduce((sum, own, i) => sum + (isWhole[i] ? own ** 2 : 0), 0);
    const open = isWhole.filter((is) => !is).length;
    const share = open === 0 ? 0 : Math.sqrt(Math.max(0, loss ** 2 - used) / open);
    const more = whole.findIndex((own, i) => !isWhole[i] && own <= share);
    if (more < 0) return curves.map((curve, i) => sizeFor(curve, isWhole[i] ? whole[i] : share));
    isWhole[more] = true;
  }
}

/**
 * What is to be lost at most after a verification lost more than wanted: in proportion, a little less, and at most a
 * fifth of it less or three quarters.
 */
export function tightenedLoss(allowed: number, wanted: number, verified: number): number {
  return allowed * Math.min(0.8, Math.max(0.25, (0.9 * wanted) / verified));
}
