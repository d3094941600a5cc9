import {positionMm, type Grid, type RealArray} from '../../contract/optics.ts';
import type {KernelPlane, KernelTransfer} from '../propagation/convolver.ts';
import type {Samples} from './slice-screens.ts';
import {carrierRatio, tiltNodesFor, type TiltNodes} from './tilt-nodes.ts';
import {fzOf, writeReal, type Slopes, type TiltWays} from './tilt-ways.ts';

/** Beside a plate so much of its plane is still computed, mm; the holder around it is opaque. */
const rimMm = 0.6;

/**
 * From a plane across the beam to the tilted plane z = sx x + sy y through the same middle, and back. Each plane wave gets its exact
 * phase exp(i kz z) at every point: z and kz are separated by interpolating between a few parallel planes (Chebyshev nodes along the
 * beam, the carrier exp(i 2 pi 0.65 z / lambda) taken out; tilt-nodes.ts). With E for this way, the light of a tilted plate is seen
 * from the plane across the beam as J E^H of it: J = 1 - (sx fx + sy fy) / fz for each wave is the Jacobian of the change of
 * frequencies, and what Rayleigh's and Sommerfeld's sum over the tilted plane has for its normal. Samples keep their x and y: a
 * plate is longer than it should be by 1 / cos(tilt), 6 um at 40 mm and 1 degree.
 */
export class TiltedFrame {
  private readonly ways: TiltWays;
  private readonly weight: KernelTransfer;
  private slopes: Slopes | undefined;
  private nodes!: TiltNodes;
  private transfers: readonly (KernelTransfer | undefined)[] = [];
  private work: readonly KernelPlane[] = [];
  /** Samples of rows and columns in which the plate lies: from, to (excluded). */
  private readonly span: readonly [number, number];
  /** Positions of rows and columns, mm. */
  readonly sideMm: Float64Array;
  private readonly carrier: {readonly x: Samples; readonly y: Samples};

  constructor(ways: TiltWays) {
    const {convolver, grid} = ways.medium;
    this.ways = ways;
    this.weight = convolver.createTransfer();
    this.sideMm = Float64Array.from({length: grid.count}, (_, i) => positionMm(grid, i));
    this.span = spanOf(grid, ways.halfSideMm + rimMm);
    const empty = (): Samples => ({re: new Float64Array(grid.count), im: new Float64Array(grid.count)});
    this.carrier = {x: empty(), y: empty()};
    this.setSlopes({x: 0, y: 0});
  }

  /** Tilts the plane. All memory is allocated here, so that views of planes stay valid while light is carried. */
  setSlopes(slopes: Slopes): void {
    if (this.slopes?.x === slopes.x && this.slopes.y === slopes.y) return;
    this.slopes = slopes;
    const {wavelengthMm} = this.ways.medium;
    const edgeMm = Math.max(Math.abs(this.sideMm[this.span[0]]), Math.abs(this.sideMm[this.span[1] - 1]));
    this.nodes = tiltNodesFor(edgeMm * (Math.abs(slopes.x) + Math.abs(slopes.y)), wavelengthMm);
    this.transfers = this.ways.transfersOf(this.nodes);
    this.work = this.ways.planes(this.transfers.length).slice(0, this.transfers.length);
    const perMm = (2 * Math.PI * carrierRatio) / wavelengthMm;
    for (const axis of ['x', 'y'] as const)
      this.sideMm.forEach((atMm, i) => {
        const angle = perMm * slopes[axis] * atMm;
        this.carrier[axis].re[i] = Math.cos(angle);
        this.carrier[axis].im[i] = Math.sin(angle);
      });
    if (this.isFlat) return;
    writeReal(
      this.ways.medium,
      this.weight,
      (fx, fy) => 1 - (slopes.x * fx + slopes.y * fy) / fzOf(fx, fy, wavelengthMm),
    );
  }

  /** Whether the plane stands across the beam: then `enter` and `leave` change nothing on the plate. */
  get isFlat(): boolean {
    return this.slopes?.x === 0 && this.slopes.y === 0;
  }

  /** E: the field on the tilted plane, 0 beside the plate; into `along`, its derivative by the plane's depth, per mm. */
  enter(from: KernelPlane, to: KernelPlane, along?: KernelPlane): void {
    const {transfers, work} = this;
    const {convolver} = this.ways.medium;
    const fields = transfers.map((transfer, m) => {
      if (!transfer) return from;
      convolver.apply(transfer, from, work[m]);
      return work[m];
    });
    const views = fields.map((plane) => convolver.view(plane));
    const [out, slope] = [convolver.view(to), along && convolver.view(along)];
    this.gather(views, out, slope);
  }

  /** E^H, the adjoint of `enter`: of `from` and, where given, of what the derivative by depth is of. */
  leave(from: KernelPlane, to: KernelPlane, along?: KernelPlane): void {
    const {transfers, work} = this;
    const {convolver} = this.ways.medium;
    const views = work.map((plane) => convolver.view(plane));
    this.scatter(convolver.view(from), along && convolver.view(along), views);
    const sum = convolver.view(to);
    const middle = views[(transfers.length - 1) / 2];
    sum.re.set(middle.re);
    sum.im.set(middle.im);
    transfers.forEach((transfer, m) => {
      if (!transfer) return;
      convolver.apply(transfer, work[m], work[m], {adjoint: true});
      addTo(sum, views[m]);
    });
  }

  /** J, and its own adjoint. */
  weigh(from: KernelPlane, to: KernelPlane): void {
    const {convolver} = this.ways.medium;
    if (!this.isFlat) return convolver.apply(this.weight, from, to);
    if (from === to) return;
    const [read, written] = [convolver.view(from), convolver.view(to)];
    written.re.set(read.re);
    written.im.set(read.im);
  }

  private gather(fields: readonly Samples[], to: Samples, along: Samples | undefined): void {
    const {weights, slopes} = this.nodes;
    const count = fields.length;
    clearBeside([to, ...(along ? [along] : [])], this.ways.medium.convolver.stride, this.span);
    this.forEachRow(({start, entries, fractions, re: cosines, im: sines, perMm}) => {
      for (let i = 0; i < entries.length; i++) {
        const at = start + i;
        const fraction = fractions[i];
        let [re, im, slopeRe, slopeIm] = [0, 0, 0, 0];
        for (let m = 0, k = entries[i] * count; m < count; m++, k++) {
          const weight = weights[k] + fraction * (weights[k + count] - weights[k]);
          const fieldRe = fields[m].re[at];
          const fieldIm = fields[m].im[at];
          re += weight * fieldRe;
          im += weight * fieldIm;
          if (!along) continue;
          const slope = slopes[k] + fraction * (slopes[k + count] - slopes[k]);
          slopeRe += slope * fieldRe;
          slopeIm += slope * fieldIm;
        }
        const c = cosines[i];
        const s = sines[i];
        to.re[at] = re * c - im * s;
        to.im[at] = re * s + im * c;
        if (!along) continue;
        slopeRe -= perMm * im;
        slopeIm += perMm * re;
        along.re[at] = slopeRe * c - slopeIm * s;
        along.im[at] = slopeRe * s + slopeIm * c;
      }
    });
  }

  private scatter(from: Samples, along: Samples | undefined, to: readonly Samples[]): void {
    const {weights, slopes} = this.nodes;
    const count = to.length;
    clearBeside(to, this.ways.medium.convolver.stride, this.span);
    this.forEachRow(({start, entries, fractions, re: cosines, im: sines, perMm}) => {
      for (let i = 0; i < entries.length; i++) {
        const at = start + i;
        const fraction = fractions[i];
        const c = cosines[i];
        const s = sines[i];
        let re = from.re[at] * c + from.im[at] * s;
        let im = from.im[at] * c - from.re[at] * s;
        const alongRe = along ? along.re[at] * c + along.im[at] * s : 0;
        const alongIm = along ? along.im[at] * c - along.re[at] * s : 0;
        re += perMm * alongIm;
        im -= perMm * alongRe;
        for (let m = 0, k = entries[i] * count; m < count; m++, k++) {
          const weight = weights[k] + fraction * (weights[k + count] - weights[k]);
          const slope = along ? slopes[k] + fraction * (slopes[k + count] - slopes[k]) : 0;
          to[m].re[at] = weight * re + slope * alongRe;
          to[m].im[at] = weight * im + slope * alongIm;
        }
      }
    });
  }

  /** Visits the rows in which the plate lies, with what belongs to the samples of its columns. */
  private forEachRow(visit: (row: TiltedRow) => void): void {
    const {nodes, sideMm, slopes = {x: 0, y: 0}, carrier, span} = this;
    const {convolver, wavelengthMm} = this.ways.medium;
    const [first, end] = span;
    const row = {
      start: 0,
      entries: new Int32Array(end - first),
      fractions: new Float64Array(end - first),
      re: new Float64Array(end - first),
      im: new Float64Array(end - first),
      perMm: (2 * Math.PI * carrierRatio) / wavelengthMm,
    };
    for (let y = first; y < end; y++) {
      row.start = y * convolver.stride + first;
      const [re, im] = [carrier.y.re[y], carrier.y.im[y]];
      for (let x = first; x < end; x++) {
        const i = x - first;
        const place = (slopes.x * sideMm[x] + slopes.y * sideMm[y] + nodes.reachMm) / nodes.stepMm;
        row.entries[i] = Math.floor(place);
        row.fractions[i] = place - row.entries[i];
        row.re[i] = re * carrier.x.re[x] - im * carrier.x.im[x];
        row.im[i] = re * carrier.x.im[x] + im * carrier.x.re[x];
      }
      visit(row);
    }
  }
}

/** A row of the plate's samples: the entry of the weights before each one's depth, the fraction to the next, the carrier there. */
interface TiltedRow {
  /** Of its first sample in a plane. */
  readonly start: number;
  readonly entries: Int32Array;
  readonly fractions: Float64Array;
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Radians of the carrier. */
  readonly perMm: number;
}

function spanOf(grid: Grid, reachMm: number): readonly [number, number] {
  const beside = Math.max(0, Math.floor(grid.count / 2 - reachMm / grid.pitchMm));
  return [beside, grid.count - beside];
}

function clearBeside(planes: readonly Samples[], stride: number, span: readonly [number, number]): void {
  for (const {re, im} of planes) {
    clearOutside(re, stride, span);
    clearOutside(im, stride, span);
  }
}

function clearOutside(values: RealArray, stride: number, [first, end]: readonly [number, number]): void {
  values.fill(0, 0, first * stride);
  values.fill(0, end * stride);
  for (let row = first; row < end; row++) {
    values.fill(0, row * stride, row * stride + first);
    values.fill(0, row * stride + end, (row + 1) * stride);
  }
}

function addTo(sum: Samples, values: Samples): void {
  for (let i = 0; i < sum.re.length; i++) {
    sum.re[i] += values.re[i];
    sum.im[i] += values.im[i];
  }
}
