// Filters along the rows of real single-precision planes, four samples in each SIMD vector: what turns and
// differentiates fields between their samples. Kept apart from the transforms, with which it shares only the memory.

// out(row, i) = sum over k of w[row][k] in(row, i + shift[row] + k), 0 outside of the row.
// table: for each row `tapCount` f32 weights; shifts: one i32 a row (where the first tap lies).
// line: scratch of columns + 2 pad + 4 samples; pad samples on each side stand for the outside. Shifts are cut to
// what lies within pad. columns must be a multiple of 4. in and out may be the same plane.
export function filterRows32(
  from: usize, to: usize, rows: i32, columns: i32, stride: i32,
  table: usize, shifts: usize, tapCount: i32, line: usize, pad: i32,
): void {
  const bytes: usize = (<usize>columns) << 2;
  const rowStep: usize = (<usize>stride) << 2;
  memory.fill(line, 0, ((<usize>(columns + 2 * pad)) << 2) + 16);
  for (let row = 0; row < rows; row++) {
    memory.copy(line + ((<usize>pad) << 2), from, bytes);
    let shift = load<i32>(shifts) + pad;
    if (shift < 0) shift = 0;
    if (shift > 2 * pad - tapCount) shift = 2 * pad - tapCount;
    let at = line + ((<usize>shift) << 2);
    for (let i: usize = 0; i < bytes; i += 16) {
      let sum = f32x4.splat(0);
      let tap = at;
      let w = table;
      for (let k = 0; k < tapCount; k++) {
        sum = f32x4.add(sum, f32x4.mul(v128.load(tap), v128.load32_splat(w)));
        tap += 4;
        w += 4;
      }
      v128.store(to + i, sum);
      at += 16;
    }
    from += rowStep;
    to += rowStep;
    table += (<usize>tapCount) << 2;
    shifts += 4;
  }
}

// to(column, row) = from(row, column) for a square plane; count a multiple of 4; from and to must differ.
export function transpose32(from: usize, to: usize, count: i32, stride: i32): void {
  const step: usize = (<usize>stride) << 2;
  for (let row = 0; row < count; row += 4) {
    for (let column = 0; column < count; column += 4) {
      const src = from + (<usize>row) * step + ((<usize>column) << 2);
      const dst = to + (<usize>column) * step + ((<usize>row) << 2);
      const a = v128.load(src), b = v128.load(src + step), c = v128.load(src + 2 * step), d = v128.load(src + 3 * step);
      const ab0 = i32x4.shuffle(a, b, 0, 4, 1, 5), ab1 = i32x4.shuffle(a, b, 2, 6, 3, 7);
      const cd0 = i32x4.shuffle(c, d, 0, 4, 1, 5), cd1 = i32x4.shuffle(c, d, 2, 6, 3, 7);
      v128.store(dst, i64x2.shuffle(ab0, cd0, 0, 2));
      v128.store(dst + step, i64x2.shuffle(ab0, cd0, 1, 3));
      v128.store(dst + 2 * step, i64x2.shuffle(ab1, cd1, 0, 2));
      v128.store(dst + 3 * step, i64x2.shuffle(ab1, cd1, 1, 3));
    }
  }
}
