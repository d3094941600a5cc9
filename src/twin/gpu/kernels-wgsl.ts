import {lineThreads, transformWgsl} from './transform-wgsl.ts';

/** Sizes that kernels are written for. */
export interface KernelSizes {
  /** Samples along a side of a plane, and points along a side of its transform. */
  readonly count: number;
  readonly length: number;
}

/** What a plane meets before its transform. */
export type MaskUse = 'none' | 'plain' | 'conjugate';

/** Invocations of the kernels that work sample by sample. */
export const sampleThreads = 64;

const entry = `@compute @workgroup_size(${lineThreads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32)`;

/**
 * Rows of planes, times a mask, padded with zeros and transformed: one workgroup a row (x) of an image (y). Bindings:
 * 1 planes (image, row, column), 2 result (image, row, point), 3 the mask.
 */
export function rowsWgsl({count, length}: KernelSizes, mask: MaskUse): string {
  const {text, resultName} = transformWgsl(length);
  const masked = {
    none: 'planes[at]',
    plain: 'times(planes[at], mask[own])',
    conjugate: 'times(planes[at], conjugate(mask[own]))',
  };
  return `${text}
const count = ${count}u;
@group(0) @binding(1) var<storage, read> planes: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> rows: array<vec2f>;
${mask === 'none' ? '' : '@group(0) @binding(3) var<storage, read> mask: array<vec2f>;'}
${entry} {
  for (var x = lane; x < points; x += threads) {
    var value = vec2f(0.0, 0.0);
    if (x < count) {
      let own = group.x * count + x;
      let at = group.y * count * count + own;
      value = ${masked[mask]};
    }
    line0[x] = value;
  }
  workgroupBarrier();
  transform(lane);
  let first = (group.y * count + group.x) * points;
  for (var x = lane; x < points; x += threads) {
    rows[first + x] = ${resultName}[x];
  }
}
`;
}

/**
 * Columns of transformed rows: padded with zeros, transformed, times the transfer function, transformed back, its first
 * rows kept in place. One workgroup a column (x) of an image (y). Bindings: 1 rows, 2 transfer function (row, column),
 * 3 ramps of a shift: one value a column, then one a row.
 */
export function columnsWgsl({count, length}: KernelSizes, isAdjoint: boolean): string {
  const {text, resultName} = transformWgsl(length);
  return `${text}
const count = ${count}u;
@group(0) @binding(1) var<storage, read_write> rows: array<vec2f>;
@group(0) @binding(2) var<storage, read> transfer: array<vec2f>;
@group(0) @binding(3) var<storage, read> ramps: array<vec2f>;
${entry} {
  let first = group.y * count * points + group.x;
  for (var y = lane; y < points; y += threads) {
    var value = vec2f(0.0, 0.0);
    if (y < count) {
      value = rows[first + y * points];
    }
    line0[y] = value;
  }
  workgroupBarrier();
  transform(lane);
  let ramp = ramps[group.x];
  for (var y = lane; y < points; y += threads) {
    let response = times(transfer[y * points + group.x], times(ramp, ramps[points + y]));
    // The way back is the transform of conjugates.
    line0[y] = conjugate(times(${resultName}[y], ${isAdjoint ? 'conjugate(response)' : 'response'}));
  }
  workgroupBarrier();
  transform(lane);
  for (var y = lane; y < count; y += threads) {
    rows[first + y * points] = conjugate(${resultName}[y]);
  }
}
`;
}

/** Rows transformed back and cropped to planes: one workgroup a row (x) of an image (y). Bindings: 1 rows, 2 planes. */
export function cropWgsl({count, length}: KernelSizes): string {
  const {text, resultName} = transformWgsl(length);
  return `${text}
const count = ${count}u;
@group(0) @binding(1) var<storage, read> rows: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> planes: array<vec2f>;
${entry} {
  let first = (group.y * count + group.x) * points;
  for (var x = lane; x < points; x += threads) {
    line0[x] = conjugate(rows[first + x]);
  }
  workgroupBarrier();
  transform(lane);
  for (var x = lane; x < count; x += threads) {
    planes[(group.y * count + group.x) * count + x] = ${1 / length ** 2} * conjugate(${resultName}[x]);
  }
}
`;
}

const sampleEntry = `@compute @workgroup_size(${sampleThreads})
fn main(@builtin(global_invocation_id) at: vec3u)`;

/** Values of some samples of planes (x) of an image (y). Bindings: 0 which samples, 1 planes, 2 values (image, sample). */
export const gatherWgsl = ({count}: KernelSizes): string => `
@group(0) @binding(0) var<storage, read> samples: array<u32>;
@group(0) @binding(1) var<storage, read> planes: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> values: array<vec2f>;
${sampleEntry} {
  let sampleCount = arrayLength(&samples);
  if (at.x < sampleCount) {
    values[at.y * sampleCount + at.x] = planes[at.y * ${count * count}u + samples[at.x]];
  }
}
`;

/** The other way round, into planes that are dark elsewhere. */
export const scatterWgsl = ({count}: KernelSizes): string => `
@group(0) @binding(0) var<storage, read> samples: array<u32>;
@group(0) @binding(1) var<storage, read_write> planes: array<vec2f>;
@group(0) @binding(2) var<storage, read> values: array<vec2f>;
${sampleEntry} {
  let sampleCount = arrayLength(&samples);
  if (at.x < sampleCount) {
    planes[at.y * ${count * count}u + samples[at.x]] = values[at.y * sampleCount + at.x];
  }
}
`;

/**
 * Sum over the images of conj(b) u, with b the field of the way back and u that in front of a plate. Bindings: 0 number of
 * images, 1 b, 2 u, 3 the sum (row, column).
 */
export const accumulateWgsl = ({count}: KernelSizes): string => `
@group(0) @binding(0) var<uniform> imageCount: vec4u;
@group(0) @binding(1) var<storage, read> back: array<vec2f>;
@group(0) @binding(2) var<storage, read> forth: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> sums: array<vec2f>;
${sampleEntry} {
  if (at.x < ${count * count}u) {
    var sum = vec2f(0.0, 0.0);
    for (var image = 0u; image < imageCount.x; image += 1u) {
      let b = back[image * ${count * count}u + at.x];
      let u = forth[image * ${count * count}u + at.x];
      sum += vec2f(b.x * u.x + b.y * u.y, b.x * u.y - b.y * u.x);
    }
    sums[at.x] = sum;
  }
}
`;
