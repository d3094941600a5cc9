import {radicesOf} from '../kernel/plan.ts';

/** Invocations that share one line of points. */
export const lineThreads = 64;

/** Bytes of workgroup memory that transforms of `length` points take: two lines of complex numbers. */
export const lineBytes = (length: number): number => 2 * length * 8;

/**
 * WGSL of the discrete Fourier transform (exp(-i ...)) of one line of `length` points by one workgroup: `transform(lane)`
 * takes the line in `line0` and leaves it in the array that is named here. Stockham's passes of the radices that the
 * processor's kernel uses too; twiddles come from a table (`@binding(0)`, exp(-2 pi i t / length)), since WGSL's sine and
 * cosine may be wrong by a thousandth and more. Before it a barrier is needed; it ends with one.
 */
export function transformWgsl(length: number): {readonly text: string; readonly resultName: string} {
  const radices = radicesOf(length);
  let stride = 1;
  const passes = radices.map((radix, i) => {
    const m = length / stride / radix;
    const text = passText({radix, m, stride, length}, `line${i % 2}`, `line${(i + 1) % 2}`);
    stride *= radix;
    return text;
  });
  return {
    resultName: `line${radices.length % 2}`,
    text: `
const threads = ${lineThreads}u;
const points = ${length}u;
@group(0) @binding(0) var<storage, read> twiddles: array<vec2f>;
var<workgroup> line0: array<vec2f, ${length}>;
var<workgroup> line1: array<vec2f, ${length}>;

fn times(a: vec2f, b: vec2f) -> vec2f {
  return vec2f(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}
fn conjugate(a: vec2f) -> vec2f {
  return vec2f(a.x, -a.y);
}
/** Times -i. */
fn turned(a: vec2f) -> vec2f {
  return vec2f(a.y, -a.x);
}
fn transform(lane: u32) {
${passes.join('')}}
`,
  };
}

interface Pass {
  readonly radix: number;
  readonly m: number;
  readonly stride: number;
  readonly length: number;
}

/** One pass: y[q + s (r p + k)] = w^(p k) sum_j x[q + s (p + m j)] exp(-2 pi i j k / r), w = exp(-2 pi i / (r m)). */
function passText(pass: Pass, from: string, to: string): string {
  const {radix, m, stride} = pass;
  const butterfly = butterflies[radix];
  return `  for (var j = lane; j < ${m * stride}u; j += threads) {
    let p = j / ${stride}u;
    let first = j % ${stride}u + ${stride}u * p;
    let at = j % ${stride}u + ${stride * radix}u * p;
${butterfly === undefined ? sumsText(pass, from, to) : butterflyText(pass, [from, butterfly, to])}  }
  workgroupBarrier();
`;
}

function butterflyText(
  {radix, m, stride}: Pass,
  [from, butterfly, to]: readonly [from: string, butterfly: string, to: string],
): string {
  const inputs = Array.from(
    {length: radix},
    (_, j) => `    let x${j} = ${from}[first + ${j * stride * m}u];\n`,
  );
  const outputs = Array.from({length: radix}, (_, k) => {
    const value = k === 0 || m === 1 ? `y${k}` : `times(y${k}, twiddles[p * ${k * stride}u])`;
    return `    ${to}[at + ${k * stride}u] = ${value};\n`;
  });
  return `${inputs.join('')}${butterfly}${outputs.join('')}`;
}

/** Any radix, as the sums that it is. */
const sumsText = ({radix, m, stride, length}: Pass, from: string, to: string): string =>
  `    for (var k = 0u; k < ${radix}u; k += 1u) {
      var sum = ${from}[first];
      for (var i = 1u; i < ${radix}u; i += 1u) {
        sum += times(${from}[first + i * ${stride * m}u], twiddles[(i * k) % ${radix}u * ${length / radix}u]);
      }
      ${to}[at + k * ${stride}u] = times(sum, twiddles[p * k * ${stride}u]);
    }
`;

const third = Math.sin((2 * Math.PI) / 3);
const [cos1, cos2] = [Math.cos((2 * Math.PI) / 5), Math.cos((4 * Math.PI) / 5)];
const [sin1, sin2] = [Math.sin((2 * Math.PI) / 5), Math.sin((4 * Math.PI) / 5)];

/** From x0, x1, ... to y0, y1, ...: a transform of so many points. */
const butterflies: Readonly<Record<number, string>> = {
  2: `    let y0 = x0 + x1;
    let y1 = x0 - x1;
`,
  3: `    let sum = x1 + x2;
    let middle = x0 - 0.5 * sum;
    let side = turned(${third} * (x1 - x2));
    let y0 = x0 + sum;
    let y1 = middle + side;
    let y2 = middle - side;
`,
  4: `    let even = x0 + x2;
    let evenDifference = x0 - x2;
    let odd = x1 + x3;
    let oddDifference = turned(x1 - x3);
    let y0 = even + odd;
    let y1 = evenDifference + oddDifference;
    let y2 = even - odd;
    let y3 = evenDifference - oddDifference;
`,
  5: `    let outer = x1 + x4;
    let inner = x2 + x3;
    let outerDifference = x1 - x4;
    let innerDifference = x2 - x3;
    let middle1 = x0 + ${cos1} * outer - ${-cos2} * inner;
    let middle2 = x0 - ${-cos2} * outer + ${cos1} * inner;
    let side1 = turned(${sin1} * outerDifference + ${sin2} * innerDifference);
    let side2 = turned(${sin2} * outerDifference - ${sin1} * innerDifference);
    let y0 = x0 + outer + inner;
    let y1 = middle1 + side1;
    let y2 = middle2 + side2;
    let y3 = middle2 - side2;
    let y4 = middle1 - side1;
`,
};
