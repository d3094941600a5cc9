import type {KernelInstance} from './wasm.ts';

/** Single or double precision of the kernel's arithmetic. */
export type Precision = 'single' | 'double';
/** Bytes of one real number. */
export const bytesOf = (precision: Precision): number => (precision === 'single' ? 4 : 8);
/** Real numbers in one 128-bit vector of the kernel. */
export const lanesOf = (precision: Precision): number => 16 / bytesOf(precision);

/** Radices of a transform of `length` points: fours first (the short first pass needs one), then 5, 3, 2, others. */
export function radicesOf(length: number): number[] {
  const radices: number[] = [];
  let rest = length;
  const take = (radix: number): void => {
    for (; rest % radix === 0; rest /= radix) radices.push(radix);
  };
  for (const radix of [4, 2, 3, 5]) take(radix);
  for (let prime = 7; rest > 1; prime += 2) take(prime);
  return radices;
}

/** Smallest length >= `least` that has only the factors 2, 3 and 5 and is divisible by 4. */
export function fastLength(least: number): number {
  for (let length = Math.ceil(least / 4) * 4; ; length += 4) {
    if (radicesOf(length).every((radix) => radix <= 5)) return length;
  }
}

/** Writes a plan (form: head of assembly/index.ts) with its twiddles into the kernel's memory; returns its address. */
export function writePlan(
  kernel: KernelInstance,
  length: number,
  precision: Precision,
  direction: 'forward' | 'inverse',
): number {
  // The inverse runs the radices the other way round, so that its last pass is the one with a four to cut short.
  const radices = direction === 'forward' ? radicesOf(length) : radicesOf(length).reverse();
  const twiddles = radices.map((radix, i) => {
    const stride = radices.slice(0, i).reduce((product, r) => product * r, 1);
    const left = length / stride;
    const m = left / radix;
    const values: number[] = [];
    const push = (turns: number): void => {
      values.push(Math.cos(2 * Math.PI * turns), -Math.sin(2 * Math.PI * turns));
    };
    for (let p = 0; p < m; p++) for (let k = 1; k < radix; k++) push((p * k) / left);
    if (radix > 5) for (let k = 0; k < radix; k++) push(k / radix);
    return {radix, m, stride, values};
  });
  const address = kernel.allocate(8 + 16 * twiddles.length);
  const tables = twiddles.map(({values}) => kernel.allocate(values.length * bytesOf(precision)));
  twiddles.forEach(({values}, i) => {
    const view =
      precision === 'single' ? kernel.f32(tables[i], values.length) : kernel.f64(tables[i], values.length);
    view.set(values);
  });
  const words = kernel.i32(address, 2 + 4 * twiddles.length);
  words[0] = length;
  words[1] = twiddles.length;
  twiddles.forEach(({radix, m, stride}, i) => words.set([radix, m, stride, tables[i]], 2 + 4 * i));
  return address;
}
