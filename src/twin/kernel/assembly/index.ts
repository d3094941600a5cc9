// AssemblyScript source of the wave-propagation kernel: zero-padded circular convolution in two dimensions by
// mixed-radix Stockham FFTs, four single-precision (or two double-precision) transforms in each SIMD vector.
//
// Memory forms (T is f32 or f64, L = lanes of a vector: 4 or 2):
//   plane    n rows of `stride` T, re and im apart, row-major
//   element  one complex number of each lane: L re values, then L im values (32 bytes)
//   blocks   [column group][row] elements whose lanes are L neighbouring columns
// A line buffer is one element for each sample of a transform.
//
// Plan (i32 words): length, pass count, then for each pass: radix, m, s, address of its twiddles. Pass: with
// n = radix * m points left and stride s, y[q + s (radix p + k)] = w^(p k) sum_j x[q + s (p + m j)] W^(j k).

@inline function lanes<T>(): i32 { return 16 / sizeof<T>(); }
@inline function add<T>(a: v128, b: v128): v128 { return v128.add<T>(a, b); }
@inline function sub<T>(a: v128, b: v128): v128 { return v128.sub<T>(a, b); }
@inline function mul<T>(a: v128, b: v128): v128 { return v128.mul<T>(a, b); }
@inline function ld(address: usize): v128 { return v128.load(address); }
@inline function st(address: usize, value: v128): void { v128.store(address, value); }
@inline function splat<T>(address: usize): v128 { return v128.load_splat<T>(address); }

const ELEMENT: usize = 32;
const IM: usize = 16;

// ---- one pass of a transform ------------------------------------------------------------------------------

@inline
function storeTurned<T>(at: usize, re: v128, im: v128, wr: v128, wi: v128): void {
  st(at, sub<T>(mul<T>(re, wr), mul<T>(im, wi)));
  st(at + IM, add<T>(mul<T>(re, wi), mul<T>(im, wr)));
}

function pass2<T>(src: usize, dst: usize, m: i32, s: i32, tw: usize): void {
  const step: usize = (<usize>s) * ELEMENT;
  const jump: usize = step * m;
  for (let p = 0; p < m; p++) {
    const wr = splat<T>(tw), wi = splat<T>(tw + sizeof<T>());
    tw += 2 * sizeof<T>();
    for (let q = 0; q < s; q++) {
      const ar = ld(src), ai = ld(src + IM);
      const br = ld(src + jump), bi = ld(src + jump + IM);
      src += ELEMENT;
      st(dst, add<T>(ar, br));
      st(dst + IM, add<T>(ai, bi));
      storeTurned<T>(dst + step, sub<T>(ar, br), sub<T>(ai, bi), wr, wi);
      dst += ELEMENT;
    }
    dst += step;
  }
}

function pass3<T>(src: usize, dst: usize, m: i32, s: i32, tw: usize): void {
  const step: usize = (<usize>s) * ELEMENT;
  const jump: usize = step * m;
  const half = v128.splat<T>(<T>0.5), sin = v128.splat<T>(<T>0.86602540378443864676);
  for (let p = 0; p < m; p++) {
    const w1r = splat<T>(tw), w1i = splat<T>(tw + sizeof<T>());
    const w2r = splat<T>(tw + 2 * sizeof<T>()), w2i = splat<T>(tw + 3 * sizeof<T>());
    tw += 4 * sizeof<T>();
    for (let q = 0; q < s; q++) {
      const ar = ld(src), ai = ld(src + IM);
      const br = ld(src + jump), bi = ld(src + jump + IM);
      const cr = ld(src + 2 * jump), ci = ld(src + 2 * jump + IM);
      src += ELEMENT;
      const tr = add<T>(br, cr), ti = add<T>(bi, ci);
      const ur = sub<T>(ar, mul<T>(half, tr)), ui = sub<T>(ai, mul<T>(half, ti));
      const vr = mul<T>(sin, sub<T>(bi, ci)), vi = mul<T>(sin, sub<T>(br, cr));
      st(dst, add<T>(ar, tr));
      st(dst + IM, add<T>(ai, ti));
      storeTurned<T>(dst + step, add<T>(ur, vr), sub<T>(ui, vi), w1r, w1i);
      storeTurned<T>(dst + 2 * step, sub<T>(ur, vr), add<T>(ui, vi), w2r, w2i);
      dst += ELEMENT;
    }
    dst += 2 * step;
  }
}

function pass4<T>(src: usize, dst: usize, m: i32, s: i32, tw: usize): void {
  const step: usize = (<usize>s) * ELEMENT;
  const jump: usize = step * m;
  for (let p = 0; p < m; p++) {
    const w1r = splat<T>(tw), w1i = splat<T>(tw + sizeof<T>());
    const w2r = splat<T>(tw + 2 * sizeof<T>()), w2i = splat<T>(tw + 3 * sizeof<T>());
    const w3r = splat<T>(tw + 4 * sizeof<T>()), w3i = splat<T>(tw + 5 * sizeof<T>());
    tw += 6 * sizeof<T>();
    for (let q = 0; q < s; q++) {
      const ar = ld(src), ai = ld(src + IM);
      const br = ld(src + jump), bi = ld(src + jump + IM);
      const cr = ld(src + 2 * jump), ci = ld(src + 2 * jump + IM);
      const dr = ld(src + 3 * jump), di = ld(src + 3 * jump + IM);
      src += ELEMENT;
      const er = add<T>(ar, cr), ei = add<T>(ai, ci), fr = sub<T>(ar, cr), fi = sub<T>(ai, ci);
      const gr = add<T>(br, dr), gi = add<T>(bi, di), hr = sub<T>(br, dr), hi = sub<T>(bi, di);
      st(dst, add<T>(er, gr));
      st(dst + IM, add<T>(ei, gi));
      storeTurned<T>(dst + step, add<T>(fr, hi), sub<T>(fi, hr), w1r, w1i);
      storeTurned<T>(dst + 2 * step, sub<T>(er, gr), sub<T>(ei, gi), w2r, w2i);
      storeTurned<T>(dst + 3 * step, sub<T>(fr, hi), add<T>(fi, hr), w3r, w3i);
      dst += ELEMENT;
    }
    dst += 3 * step;
  }
}

// First pass (s = 1) of a line whose upper half is zero.
function pass4HalfIn<T>(src: usize, dst: usize, m: i32, tw: usize): void {
  const jump: usize = (<usize>m) * ELEMENT;
  for (let p = 0; p < m; p++) {
    const w1r = splat<T>(tw), w1i = splat<T>(tw + sizeof<T>());
    const w2r = splat<T>(tw + 2 * sizeof<T>()), w2i = splat<T>(tw + 3 * sizeof<T>());
    const w3r = splat<T>(tw + 4 * sizeof<T>()), w3i = splat<T>(tw + 5 * sizeof<T>());
    tw += 6 * sizeof<T>();
    const ar = ld(src), ai = ld(src + IM);
    const br = ld(src + jump), bi = ld(src + jump + IM);
    src += ELEMENT;
    st(dst, add<T>(ar, br));
    st(dst + IM, add<T>(ai, bi));
    storeTurned<T>(dst + ELEMENT, add<T>(ar, bi), sub<T>(ai, br), w1r, w1i);
    storeTurned<T>(dst + 2 * ELEMENT, sub<T>(ar, br), sub<T>(ai, bi), w2r, w2i);
    storeTurned<T>(dst + 3 * ELEMENT, sub<T>(ar, bi), add<T>(ai, br), w3r, w3i);
    dst += 4 * ELEMENT;
  }
}

// Last pass (m = 1, no twiddles).
function pass4Last<T>(src: usize, dst: usize, s: i32): void {
  const step: usize = (<usize>s) * ELEMENT;
  for (let q = 0; q < s; q++) {
    const ar = ld(src), ai = ld(src + IM);
    const br = ld(src + step), bi = ld(src + step + IM);
    const cr = ld(src + 2 * step), ci = ld(src + 2 * step + IM);
    const dr = ld(src + 3 * step), di = ld(src + 3 * step + IM);
    src += ELEMENT;
    const er = add<T>(ar, cr), ei = add<T>(ai, ci), fr = sub<T>(ar, cr), fi = sub<T>(ai, ci);
    const gr = add<T>(br, dr), gi = add<T>(bi, di), hr = sub<T>(br, dr), hi = sub<T>(bi, di);
    st(dst, add<T>(er, gr));
    st(dst + IM, add<T>(ei, gi));
    st(dst + step, add<T>(fr, hi));
    st(dst + step + IM, sub<T>(fi, hr));
    st(dst + 2 * step, sub<T>(er, gr));
    st(dst + 2 * step + IM, sub<T>(ei, gi));
    st(dst + 3 * step, sub<T>(fr, hi));
    st(dst + 3 * step + IM, add<T>(fi, hr));
    dst += ELEMENT;
  }
}

// Last pass of which only the lower half of the line is wanted.
function pass4HalfOut<T>(src: usize, dst: usize, s: i32): void {
  const step: usize = (<usize>s) * ELEMENT;
  for (let q = 0; q < s; q++) {
    const ar = ld(src), ai = ld(src + IM);
    const br = ld(src + step), bi = ld(src + step + IM);
    const cr = ld(src + 2 * step), ci = ld(src + 2 * step + IM);
    const dr = ld(src + 3 * step), di = ld(src + 3 * step + IM);
    src += ELEMENT;
    st(dst, add<T>(add<T>(ar, cr), add<T>(br, dr)));
    st(dst + IM, add<T>(add<T>(ai, ci), add<T>(bi, di)));
    st(dst + step, add<T>(sub<T>(ar, cr), sub<T>(bi, di)));
    st(dst + step + IM, sub<T>(sub<T>(ai, ci), sub<T>(br, dr)));
    dst += ELEMENT;
  }
}

function pass5<T>(src: usize, dst: usize, m: i32, s: i32, tw: usize): void {
  const step: usize = (<usize>s) * ELEMENT;
  const jump: usize = step * m;
  // cos and sin of 72 and 144 degrees.
  const c1 = v128.splat<T>(<T>0.30901699437494742410), c2 = v128.splat<T>(<T>-0.80901699437494742410);
  const s1 = v128.splat<T>(<T>0.95105651629515357212), s2 = v128.splat<T>(<T>0.58778525229247312917);
  for (let p = 0; p < m; p++) {
    for (let q = 0; q < s; q++) {
      const ar = ld(src), br = ld(src + jump), cr = ld(src + 2 * jump), dr = ld(src + 3 * jump), er = ld(src + 4 * jump);
      const ai = ld(src + IM), bi = ld(src + jump + IM), ci = ld(src + 2 * jump + IM), di = ld(src + 3 * jump + IM), ei = ld(src + 4 * jump + IM);
      src += ELEMENT;
      const pr = add<T>(br, er), qr = add<T>(cr, dr), pi = add<T>(bi, ei), qi = add<T>(ci, di);
      const ur = sub<T>(br, er), vr = sub<T>(cr, dr), ui = sub<T>(bi, ei), vi = sub<T>(ci, di);
      st(dst, add<T>(ar, add<T>(pr, qr)));
      st(dst + IM, add<T>(ai, add<T>(pi, qi)));
      const gr = add<T>(ar, add<T>(mul<T>(c1, pr), mul<T>(c2, qr))), gi = add<T>(ai, add<T>(mul<T>(c1, pi), mul<T>(c2, qi)));
      const hr = add<T>(mul<T>(s1, ur), mul<T>(s2, vr)), hi = add<T>(mul<T>(s1, ui), mul<T>(s2, vi));
      storeTurned<T>(dst + step, add<T>(gr, hi), sub<T>(gi, hr), splat<T>(tw), splat<T>(tw + sizeof<T>()));
      storeTurned<T>(dst + 4 * step, sub<T>(gr, hi), add<T>(gi, hr), splat<T>(tw + 6 * sizeof<T>()), splat<T>(tw + 7 * sizeof<T>()));
      const kr = add<T>(ar, add<T>(mul<T>(c2, pr), mul<T>(c1, qr))), ki = add<T>(ai, add<T>(mul<T>(c2, pi), mul<T>(c1, qi)));
      const lr = sub<T>(mul<T>(s2, ur), mul<T>(s1, vr)), li = sub<T>(mul<T>(s2, ui), mul<T>(s1, vi));
      storeTurned<T>(dst + 2 * step, add<T>(kr, li), sub<T>(ki, lr), splat<T>(tw + 2 * sizeof<T>()), splat<T>(tw + 3 * sizeof<T>()));
      storeTurned<T>(dst + 3 * step, sub<T>(kr, li), add<T>(ki, lr), splat<T>(tw + 4 * sizeof<T>()), splat<T>(tw + 5 * sizeof<T>()));
      dst += ELEMENT;
    }
    tw += 8 * sizeof<T>();
    dst += 4 * step;
  }
}

// Any other radix, by its definition. The radix' own roots of unity stand behind the pass' twiddles.
function passAny<T>(src: usize, dst: usize, radix: i32, m: i32, s: i32, tw: usize): void {
  const step: usize = (<usize>s) * ELEMENT;
  const jump: usize = step * m;
  const pair: usize = 2 * sizeof<T>();
  const roots: usize = tw + (<usize>m) * (radix - 1) * pair;
  for (let p = 0; p < m; p++) {
    for (let q = 0; q < s; q++) {
      for (let k = 0; k < radix; k++) {
        let re = ld(src), im = ld(src + IM);
        let turn = 0;
        for (let j = 1; j < radix; j++) {
          turn += k;
          if (turn >= radix) turn -= radix;
          const wr = splat<T>(roots + turn * pair), wi = splat<T>(roots + turn * pair + sizeof<T>());
          const xr = ld(src + j * jump), xi = ld(src + j * jump + IM);
          re = add<T>(re, sub<T>(mul<T>(xr, wr), mul<T>(xi, wi)));
          im = add<T>(im, add<T>(mul<T>(xr, wi), mul<T>(xi, wr)));
        }
        if (k == 0) {
          st(dst, re);
          st(dst + IM, im);
        } else {
          const w = tw + (k - 1) * pair;
          storeTurned<T>(dst + k * step, re, im, splat<T>(w), splat<T>(w + sizeof<T>()));
        }
      }
      src += ELEMENT;
      dst += ELEMENT;
    }
    tw += (radix - 1) * pair;
    dst += (radix - 1) * step;
  }
}

// ---- a whole line ------------------------------------------------------------------------------------------

// Transforms the line at `src` (kept unless it is a or b). Passes go to and fro between a and b; the last one
// writes to `last` when that is not 0. halfIn: only the lower half of src is read, the rest counts as zero.
// halfOut: only the lower half of the result is made. Both need a radix 4 there; the host's plans see to it.
// Returns where the result is.
function transform<T>(plan: usize, src: usize, a: usize, b: usize, last: usize, halfIn: bool, halfOut: bool): usize {
  const passes = load<i32>(plan + 4);
  let at: usize = plan + 8;
  let from = src;
  for (let i = 0; i < passes; i++) {
    const radix = load<i32>(at), m = load<i32>(at + 4), s = load<i32>(at + 8), tw: usize = load<u32>(at + 12);
    at += 16;
    const isLast = i == passes - 1;
    let to = from == a ? b : a;
    if (isLast && last != 0) to = last;
    if (radix == 4) {
      if (i == 0 && halfIn) pass4HalfIn<T>(from, to, m, tw);
      else if (m == 1) {
        if (halfOut) pass4HalfOut<T>(from, to, s);
        else pass4Last<T>(from, to, s);
      } else pass4<T>(from, to, m, s, tw);
    } else if (radix == 5) pass5<T>(from, to, m, s, tw);
    else if (radix == 2) pass2<T>(from, to, m, s, tw);
    else if (radix == 3) pass3<T>(from, to, m, s, tw);
    else passAny<T>(from, to, radix, m, s, tw);
    from = to;
  }
  return from;
}

@inline
function clear(from: usize, elements: i32): void {
  if (elements > 0) memory.fill(from, 0, (<usize>elements) * ELEMENT);
}

// Turns an L x L tile: `src` L vectors at `srcStep`, to `dst` at `dstStep`.
@inline
function turnTile<T>(src: usize, srcStep: usize, dst: usize, dstStep: usize): void {
  if (sizeof<T>() == 4) {
    const a = ld(src), b = ld(src + srcStep), c = ld(src + 2 * srcStep), d = ld(src + 3 * srcStep);
    const ab0 = i32x4.shuffle(a, b, 0, 4, 1, 5), ab1 = i32x4.shuffle(a, b, 2, 6, 3, 7);
    const cd0 = i32x4.shuffle(c, d, 0, 4, 1, 5), cd1 = i32x4.shuffle(c, d, 2, 6, 3, 7);
    st(dst, i64x2.shuffle(ab0, cd0, 0, 2));
    st(dst + dstStep, i64x2.shuffle(ab0, cd0, 1, 3));
    st(dst + 2 * dstStep, i64x2.shuffle(ab1, cd1, 0, 2));
    st(dst + 3 * dstStep, i64x2.shuffle(ab1, cd1, 1, 3));
  } else {
    const a = ld(src), b = ld(src + srcStep);
    st(dst, i64x2.shuffle(a, b, 0, 2));
    st(dst + dstStep, i64x2.shuffle(a, b, 1, 3));
  }
}

// ---- the three parts of a convolution ------------------------------------------------------------------------

// Rows: `rows` x `columns` samples (both multiples of L) at re/im, optionally times the plane t (conjugated when
// conjugateT), zero-padded to the plan's length, transformed, to blocks of `blockRows` rows.
// work: three line buffers. columns * 2 == length uses the short first pass.
function rowsForward<T>(
  plan: usize, re: usize, im: usize, stride: i32, rows: i32, columns: i32,
  tRe: usize, tIm: usize, conjugateT: bool, blocks: usize, blockRows: i32, work: usize,
): void {
  const L = lanes<T>();
  const length = load<i32>(plan);
  const padded = (length + L - 1) / L * L;
  const line: usize = (<usize>padded) * ELEMENT;
  const input = work, a = work + line, b = a + line;
  const rowStep: usize = (<usize>stride) * sizeof<T>();
  const blockStep: usize = (<usize>blockRows) * ELEMENT;
  const half = columns * 2 == length && load<i32>(plan + 8) == 4;
  if (!half) clear(input + (<usize>columns) * ELEMENT, length - columns);
  for (let y = 0; y < rows; y += L) {
    for (let x = 0; x < columns; x += L) {
      const at: usize = (<usize>y) * rowStep + (<usize>x) * sizeof<T>();
      const to = input + (<usize>x) * ELEMENT;
      if (tRe == 0) {
        turnTile<T>(re + at, rowStep, to, ELEMENT);
        turnTile<T>(im + at, rowStep, to + IM, ELEMENT);
      } else {
        // The product goes through buffer b, which is free at this time.
        for (let r = 0; r < L; r++) {
          const here = at + (<usize>r) * rowStep;
          const ur = ld(re + here), ui = ld(im + here), tr = ld(tRe + here);
          let ti = ld(tIm + here);
          if (conjugateT) ti = v128.neg<T>(ti);
          st(b + r * IM, sub<T>(mul<T>(ur, tr), mul<T>(ui, ti)));
          st(b + 64 + r * IM, add<T>(mul<T>(ur, ti), mul<T>(ui, tr)));
        }
        turnTile<T>(b, IM, to, ELEMENT);
        turnTile<T>(b + 64, IM, to + IM, ELEMENT);
      }
    }
    const out = transform<T>(plan, input, a, b, 0, half, false);
    clear(out + (<usize>length) * ELEMENT, padded - length);
    let block = blocks + (<usize>y) * ELEMENT;
    for (let x = 0; x < padded; x += L) {
      const from = out + (<usize>x) * ELEMENT;
      turnTile<T>(from, ELEMENT, block, ELEMENT);
      turnTile<T>(from + IM, ELEMENT, block + IM, ELEMENT);
      block += blockStep;
    }
  }
}

// Columns: each column group of `blocks` (`rows` rows used) is transformed, multiplied by the transfer function
// (same block form, `length` rows; conjugated when conjugateH), transformed back; its first `rows` rows stay.
function columnsFiltered<T>(forward: usize, inverse: usize, blocks: usize, rows: i32, transfer: usize, conjugateH: bool, work: usize): void {
  const L = lanes<T>();
  const length = load<i32>(forward);
  const groups = (length + L - 1) / L;
  const line: usize = (<usize>length) * ELEMENT;
  const a = work, b = work + line, c = b + line;
  const passes = load<i32>(inverse + 4);
  const half = rows * 2 == length && load<i32>(forward + 8) == 4 && load<i32>(inverse + 8 + 16 * (passes - 1)) == 4;
  for (let g = 0; g < groups; g++) {
    let src = blocks;
    if (!half) {
      const used = min(rows, length);
      memory.copy(c, blocks, (<usize>used) * ELEMENT);
      clear(c + (<usize>used) * ELEMENT, length - used);
      src = c;
    }
    const spectrum = transform<T>(forward, src, a, b, 0, half, false);
    // The product is stored with re and im exchanged: a forward transform of that, exchanged back, is the inverse.
    let at = spectrum;
    const end = spectrum + line;
    if (conjugateH) {
      while (at < end) {
        const ur = ld(at), ui = ld(at + IM), hr = ld(transfer), hi = ld(transfer + IM);
        st(at + IM, add<T>(mul<T>(ur, hr), mul<T>(ui, hi)));
        st(at, sub<T>(mul<T>(ui, hr), mul<T>(ur, hi)));
        at += ELEMENT;
        transfer += ELEMENT;
      }
    } else {
      while (at < end) {
        const ur = ld(at), ui = ld(at + IM), hr = ld(transfer), hi = ld(transfer + IM);
        st(at + IM, sub<T>(mul<T>(ur, hr), mul<T>(ui, hi)));
        st(at, add<T>(mul<T>(ur, hi), mul<T>(ui, hr)));
        at += ELEMENT;
        transfer += ELEMENT;
      }
    }
    if (half) transform<T>(inverse, spectrum, a, b, blocks, false, true);
    else {
      const out = transform<T>(inverse, spectrum, a, b, 0, false, false);
      memory.copy(blocks, out, (<usize>min(rows, length)) * ELEMENT);
    }
    blocks += (<usize>rows) * ELEMENT;
  }
}

// Columns transformed only (all `length` rows are used): what makes a transfer function of a kernel.
function columnsForward<T>(plan: usize, blocks: usize, work: usize): void {
  const length = load<i32>(plan);
  const groups = (length + lanes<T>() - 1) / lanes<T>();
  const line: usize = (<usize>length) * ELEMENT;
  for (let g = 0; g < groups; g++) {
    const out = transform<T>(plan, blocks, work, work + line, 0, false, false);
    memory.copy(blocks, out, line);
    blocks += line;
  }
}

// Rows back: blocks (re and im still exchanged) to `rows` x `columns` samples times `scale`.
function rowsInverse<T>(
  plan: usize, blocks: usize, blockRows: i32, re: usize, im: usize, stride: i32, rows: i32, columns: i32, scale: T, work: usize,
): void {
  const L = lanes<T>();
  const length = load<i32>(plan);
  const padded = (length + L - 1) / L * L;
  const line: usize = (<usize>padded) * ELEMENT;
  const input = work, a = work + line, b = a + line;
  const rowStep: usize = (<usize>stride) * sizeof<T>();
  const blockStep: usize = (<usize>blockRows) * ELEMENT;
  const passes = load<i32>(plan + 4);
  const half = columns * 2 == length && load<i32>(plan + 8 + 16 * (passes - 1)) == 4;
  const factor = v128.splat<T>(scale);
  for (let y = 0; y < rows; y += L) {
    let block = blocks + (<usize>y) * ELEMENT;
    for (let x = 0; x < padded; x += L) {
      const to = input + (<usize>x) * ELEMENT;
      turnTile<T>(block, ELEMENT, to, ELEMENT);
      turnTile<T>(block + IM, ELEMENT, to + IM, ELEMENT);
      block += blockStep;
    }
    const out = transform<T>(plan, input, a, b, 0, false, half);
    for (let x = 0; x < columns; x += L) {
      const from = out + (<usize>x) * ELEMENT;
      const at: usize = (<usize>y) * rowStep + (<usize>x) * sizeof<T>();
      for (let l = 0; l < L; l++) {
        const here = from + (<usize>l) * ELEMENT;
        st(here, mul<T>(ld(here), factor));
        st(here + IM, mul<T>(ld(here + IM), factor));
      }
      turnTile<T>(from + IM, ELEMENT, re + at, rowStep);
      turnTile<T>(from, ELEMENT, im + at, rowStep);
    }
  }
}

// Padded convolution of an n x n plane (n a multiple of L; stride n): out = crop(IFFT(H FFT(pad(t u)))).
// t may be 0. in and out may be the same plane. blocks: n * padded length elements. work: three lines.
function convolve<T>(
  forward: usize, inverse: usize, n: i32, inRe: usize, inIm: usize, tRe: usize, tIm: usize, conjugateT: bool,
  transfer: usize, conjugateH: bool, outRe: usize, outIm: usize, blocks: usize, work: usize,
): void {
  const length = load<i32>(forward);
  rowsForward<T>(forward, inRe, inIm, n, n, n, tRe, tIm, conjugateT, blocks, n, work);
  columnsFiltered<T>(forward, inverse, blocks, n, transfer, conjugateH, work);
  rowsInverse<T>(inverse, blocks, n, outRe, outIm, n, n, n, <T>(1.0 / (<f64>length * <f64>length)), work);
}

export function convolve32(
  forward: usize, inverse: usize, n: i32, inRe: usize, inIm: usize, tRe: usize, tIm: usize, conjugateT: bool,
  transfer: usize, conjugateH: bool, outRe: usize, outIm: usize, blocks: usize, work: usize,
): void {
  convolve<f32>(forward, inverse, n, inRe, inIm, tRe, tIm, conjugateT, transfer, conjugateH, outRe, outIm, blocks, work);
}

export function convolve64(
  forward: usize, inverse: usize, n: i32, inRe: usize, inIm: usize, tRe: usize, tIm: usize, conjugateT: bool,
  transfer: usize, conjugateH: bool, outRe: usize, outIm: usize, blocks: usize, work: usize,
): void {
  convolve<f64>(forward, inverse, n, inRe, inIm, tRe, tIm, conjugateT, transfer, conjugateH, outRe, outIm, blocks, work);
}

// Spectrum of a plane of `length` x `length` samples (length even), in block form.
export function spectrum64(plan: usize, rows: i32, re: usize, im: usize, stride: i32, blocks: usize, work: usize): void {
  rowsForward<f64>(plan, re, im, stride, rows, load<i32>(plan), 0, 0, false, blocks, load<i32>(plan), work);
  columnsForward<f64>(plan, blocks, work);
}

// acc += conj(b) u, sample by sample: the part of a plate's gradient that one field contributes.
export function accumulateGradient32(accRe: usize, accIm: usize, bRe: usize, bIm: usize, uRe: usize, uIm: usize, count: i32): void {
  const end: usize = (<usize>count) * 4;
  for (let i: usize = 0; i < end; i += 16) {
    const br = ld(bRe + i), bi = ld(bIm + i), ur = ld(uRe + i), ui = ld(uIm + i);
    st(accRe + i, f32x4.add(ld(accRe + i), f32x4.add(f32x4.mul(br, ur), f32x4.mul(bi, ui))));
    st(accIm + i, f32x4.add(ld(accIm + i), f32x4.sub(f32x4.mul(br, ui), f32x4.mul(bi, ur))));
  }
}

export {filterRows32, transpose32} from './lines';
