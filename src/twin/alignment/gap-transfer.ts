import type {Grid} from '../../contract/optics.ts';
import type {Convolver, KernelTransfer} from '../propagation/convolver.ts';
import {spectrumOf} from '../propagation/convolver.ts';
import {
  angularSpectrumTransfer,
  rayleighSommerfeldKernel,
  transformFrequency,
  type PropagationMethod,
} from '../propagation/transfer-function.ts';

/** Where the next part stands as seen in the axes of the part before it. */
export interface GapPlace {
  readonly distanceMm: number;
  readonly shiftXMm: number;
  readonly shiftYMm: number;
}

/**
 * Writes the ways over gaps quickly, again and again: the transfer function of a designed distance is computed once by
 * the method asked for; a change of distance and a shift are then the exact phase factors of each plane wave,
 * exp(i kz dz) exp(i 2 pi (fx dx + fy dy)). Only waves that travel (|f| <= 1/lambda) are kept.
 */
export interface GapWriter {
  /** Writes the way, times `response(fx, fy)` of a probe where one is given; frequencies in 1/mm. */
  write(
    transfer: KernelTransfer,
    designedMm: number,
    place: GapPlace,
    response?: (fx: number, fy: number) => number,
  ): void;
  /** Writes the derivative of the way along z: the way times i kz. */
  writeDerivative(
    transfer: KernelTransfer,
    designedMm: number,
    place: GapPlace,
    response?: (fx: number, fy: number) => number,
  ): void;
}

interface Base {
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/** Factor of a detector's own filter at a frequency, per mm. */
type Response = (fx: number, fy: number) => number;

/**
 * Gap writer for fields on `grid`. It keeps one transfer function for each designed distance (told apart to 1e-6 mm).
 */
export function createGapWriter(
  convolver: Convolver,
  grid: Grid,
  wavelengthMm: number,
  method: PropagationMethod,
): GapWriter {
  const {length} = convolver;
  const stepPerMm = 1 / (length * grid.pitchMm);
  const reach = Math.min(Math.ceil(length / 2) - 1, Math.floor(1 / wavelengthMm / stepPerMm));
  const waves: TravellingWaves = {
    length,
    pitchMm: grid.pitchMm,
    stepPerMm,
    reach,
    kzPerMm: waveNumbersAlongZ(reach, stepPerMm, 1 / wavelengthMm ** 2),
  };
  const bases = new Map<string, Base>();
  const baseOf = (distanceMm: number): Base => {
    const key = distanceMm.toFixed(6);
    let base = bases.get(key);
    if (!base) bases.set(key, (base = computeBase({grid, wavelengthMm, distanceMm}, length, method)));
    return base;
  };
  const valuesOf = ({address}: KernelTransfer): Float32Array =>
    convolver.kernel.f32(address, Math.ceil(length / lanes) * length * 2 * lanes);
  return {
    write: (transfer, designedMm, place, response) =>
      writeGap(valuesOf(transfer), waves, baseOf(designedMm), {
        place,
        designedMm,
        isDerivative: false,
        response,
      }),
    writeDerivative: (transfer, designedMm, place, response) =>
      writeGap(valuesOf(transfer), waves, baseOf(designedMm), {
        place,
        designedMm,
        isDerivative: true,
        response,
      }),
  };
}

/** Columns that stand together in the kernel's single precision transfer functions. */
const lanes = 4;

/** Plane waves of the transform that travel: indices from -reach to reach on both axes, with their kz. */
interface TravellingWaves {
  /** Points of the transform along a side. */
  readonly length: number;
  readonly pitchMm: number;
  /** From one frequency to the next. */
  readonly stepPerMm: number;
  readonly reach: number;
  /** See `waveNumbersAlongZ`. */
  readonly kzPerMm: Float64Array;
}

/** Transfer function of a distance without a shift, row-major in transform order. */
function computeBase(
  gap: Parameters<typeof rayleighSommerfeldKernel>[0],
  length: number,
  method: PropagationMethod,
): Base {
  const kernel = method === 'rs' ? rayleighSommerfeldKernel(gap, length) : undefined;
  const {re, im} = kernel ? spectrumOf(length, kernel.re, kernel.im) : angularSpectrumTransfer(gap, length);
  return {re: new Float32Array(re), im: new Float32Array(im)};
}

/** Writes a way (or its derivative along z) into the kernel's blocks, from that of the designed distance. */
function writeGap(
  to: Float32Array,
  {length, pitchMm, stepPerMm, reach, kzPerMm}: TravellingWaves,
  base: Base,
  {
    place: {distanceMm, shiftXMm, shiftYMm},
    designedMm,
    isDerivative,
    response,
  }: {
    readonly place: GapPlace;
    readonly designedMm: number;
    readonly isDerivative: boolean;
    readonly response: Response | undefined;
  },
): void {
  const extraMm = distanceMm - designedMm;
  to.fill(0);
  const rampX = createRamp(shiftXMm, length, pitchMm);
  const rampY = createRamp(shiftYMm, length, pitchMm);
  const side = reach + 1;
  for (let j = -reach; j <= reach; j++) {
    const row = (j + length) % length;
    const cy = rampY.cos[row];
    const sy = rampY.sin[row];
    for (let i = -reach; i <= reach; i++) {
      const kz = kzPerMm[Math.abs(j) * side + Math.abs(i)];
      if (kz < 0) continue;
      const column = (i + length) % length;
      const from = row * length + column;
      let c = rampX.cos[column] * cy - rampX.sin[column] * sy;
      let s = rampX.cos[column] * sy + rampX.sin[column] * cy;
      if (extraMm !== 0) {
        const cz = Math.cos(kz * extraMm);
        const sz = Math.sin(kz * extraMm);
        const turned = c * cz - s * sz;
        s = c * sz + s * cz;
        c = turned;
      }
      let re = base.re[from] * c - base.im[from] * s;
      let im = base.re[from] * s + base.im[from] * c;
      if (isDerivative) {
        const turned = -kz * im;
        im = kz * re;
        re = turned;
      }
      if (response) {
        const factor = response(i * stepPerMm, j * stepPerMm);
        re *= factor;
        im *= factor;
      }
      const at = ((column >> 2) * length + row) * 2 * lanes + (column & 3);
      to[at] = re;
      to[at + lanes] = im;
    }
  }
}
function createRamp(
  shiftMm: number,
  length: number,
  pitchMm: number,
): {readonly cos: Float64Array; readonly sin: Float64Array} {
  const [cos, sin] = [new Float64Array(length), new Float64Array(length)];
  for (let i = 0; i < length; i++) {
    const angle = (2 * Math.PI * shiftMm * transformFrequency(i, length)) / pitchMm;
    cos[i] = Math.cos(angle);
    sin[i] = Math.sin(angle);
  }
  return {cos, sin};
}

/** kz of the plane waves with non-negative frequencies, 1/mm, row-major; -1 for those that do not travel. */
function waveNumbersAlongZ(reach: number, stepPerMm: number, cutSquared: number): Float64Array {
  const side = reach + 1;
  return Float64Array.from({length: side * side}, (_, at) => {
    const fx = (at % side) * stepPerMm;
    const fy = Math.floor(at / side) * stepPerMm;
    const under = cutSquared - fx * fx - fy * fy;
    return under < 0 ? -1 : 2 * Math.PI * Math.sqrt(under);
  });
}
