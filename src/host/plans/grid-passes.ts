import type {ColumnSpec} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Plan} from '../../contract/messages.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import type {GridGeometry, GridPoint} from './geometry.ts';
import type {BenchRoles, MeasuredPoint} from './measure.ts';
import type {LightChanges, ScanGeometry} from './scan.ts';
import {declareStream, derive, move, read, turnOnAt} from './steps.ts';

/** A grid that is measured several times, so that the mean of each cell is free of standing waves. */
export interface Averaging {
  /** Distances of the detector, evenly over half a wavelength: 1, 2 or 4. */
  readonly planes: number;
  /** Frequencies of the source, evenly over `ditherSpanHz`. */
  readonly frequencies: number;
  readonly ditherSpanHz: number;
  /** Of the source, behind the chain. */
  readonly outputFrequencyHz: number;
}

/** One measurement of the whole grid. */
export interface GridPass {
  /** Against where the detector stood, mm; undefined where it is not moved. */
  readonly zOffsetMm: number | undefined;
  /** Behind the chain; undefined where the source stays as it is. */
  readonly outputFrequencyHz: number | undefined;
}

/** A point of one of the passes; `index` counts through all of them. */
export interface PassPoint extends GridPoint {
  readonly pass: number;
}

/** Places of `count` samples that lie evenly over a period about 0: their mean is free of what has that period. */
const evenlyOver = (period: number, count: number): readonly number[] =>
  Array.from({length: count}, (_, k) => ((k - (count - 1) / 2) * period) / count);

/**
 * The passes of a grid, planes within frequencies. Half a wavelength of the middle frequency is a period of what stands
 * between source and detector; `ditherSpanHz` is one where it is c / (2 L) for the length L of what stands.
 */
export function passesOf(averaging: Averaging): readonly GridPass[] {
  const {planes, frequencies, ditherSpanHz, outputFrequencyHz} = averaging;
  const halfWaveMm = wavelengthMmFromHz(outputFrequencyHz) / 2;
  return evenlyOver(ditherSpanHz, frequencies).flatMap((offsetHz) =>
    evenlyOver(halfWaveMm, planes).map((zOffsetMm) => ({
      zOffsetMm: planes > 1 ? zOffsetMm : undefined,
      outputFrequencyHz: frequencies > 1 ? outputFrequencyHz + offsetHz : undefined,
    })),
  );
}

/** Where the stage stands along the beam, mm. Throws `plan/invalid` for one that cannot move there. */
export function* readZMm(stage: string, why: string): Plan<number> {
  const zMm = (yield* read(stage))['z_mm'];
  if (zMm !== undefined) return zMm;
  throw new BenchError(
    'plan/invalid',
    `The ${stage} has no axis along the beam (z), which ${why} needs. Nothing was moved; name the axis in the bench file, or leave it out.`,
  );
}

const passColumn: ColumnSpec = {name: 'pass', unit: '', label: 'pass', precision: 0};
const zColumn: ColumnSpec = {name: 'z_mm', unit: 'mm', label: 'z, read back', precision: 4};
const frequencyColumn: ColumnSpec = {
  name: 'output_frequency_hz',
  unit: 'Hz',
  label: 'frequency behind the chain',
  precision: 0,
};
const strengthColumn: ColumnSpec = {
  name: 'strength_ratio',
  unit: '',
  label: 'light of the pass against the mean of all',
  precision: 5,
};

/** Measures a grid again and again, each time at another distance or frequency; cells hold the mean of what was read there. */
export class GridPasses implements LightChanges<PassPoint> {
  readonly #roles: BenchRoles;
  readonly #geometry: GridGeometry;
  readonly #passes: readonly GridPass[];
  /** Where the detector stood before; undefined where it is not moved along the beam. */
  readonly #startZMm: number | undefined;
  readonly #strengths: Float64Array;
  #zMm = 0;
  #pass: number | undefined;
  #frequencyHz: number | undefined;

  constructor(
    roles: BenchRoles,
    geometry: GridGeometry,
    passes: readonly GridPass[],
    startZMm: number | undefined,
  ) {
    this.#roles = roles;
    this.#geometry = geometry;
    this.#passes = passes;
    this.#startZMm = startZMm;
    this.#strengths = new Float64Array(passes.length);
  }

  /** All passes, one behind the other. */
  get geometry(): ScanGeometry<PassPoint> {
    const {count} = this.#geometry;
    return {
      count: count * this.#passes.length,
      pointAt: (index) => ({
        ...this.#geometry.pointAt(index % count),
        index,
        pass: Math.floor(index / count),
      }),
    };
  }

  get columns(): readonly ColumnSpec[] {
    const [first] = this.#passes;
    return [
      passColumn,
      ...(first.zOffsetMm === undefined ? [] : [zColumn]),
      ...(first.outputFrequencyHz === undefined ? [] : [frequencyColumn]),
    ];
  }

  dataOf(pass: number): Readonly<Record<string, number>> {
    const {zOffsetMm, outputFrequencyHz} = this.#passes[pass];
    return {
      pass,
      ...(zOffsetMm === undefined ? {} : {z_mm: this.#zMm}),
      ...(outputFrequencyHz === undefined ? {} : {output_frequency_hz: outputFrequencyHz}),
    };
  }

  isNewAt({pass}: PassPoint): boolean {
    return pass !== this.#pass;
  }

  /** Goes to the point as well: a stage that was homed stands outside its limits, and may only go back into them. */
  *change({pass, xMm, yMm}: PassPoint): Plan<void> {
    const {zOffsetMm, outputFrequencyHz} = this.#passes[pass];
    this.#pass = pass;
    if (zOffsetMm !== undefined && this.#startZMm !== undefined) {
      const targetMm = this.#startZMm + zOffsetMm;
      this.#zMm = (yield* move(this.#roles.stage, {x: xMm, y: yMm, z: targetMm})).z ?? targetMm;
    }
    if (outputFrequencyHz === undefined || outputFrequencyHz === this.#frequencyHz) return;
    this.#frequencyHz = outputFrequencyHz;
    yield* turnOnAt(this.#roles.source, outputFrequencyHz);
  }

  note({pass}: PassPoint, {reading}: MeasuredPoint): void {
    this.#strengths[pass] += Math.hypot(reading.real, reading.imaginary);
  }

  *declare(): Plan<void> {
    yield* declareStream('passes', [...this.columns, strengthColumn], []);
  }

  /** What each pass had of the light: what the mean has taken out. */
  *summarise(): Plan<void> {
    const mean = this.#strengths.reduce((sum, strength) => sum + strength, 0) / this.#strengths.length;
    for (const pass of this.#passes.keys())
      yield* derive('passes', () =>
        mean > 0
          ? {...this.dataOf(pass), ...this.#zOf(pass), strength_ratio: this.#strengths[pass] / mean}
          : undefined,
      );
  }

  #zOf(pass: number): Readonly<Record<string, number>> {
    const {zOffsetMm} = this.#passes[pass];
    return zOffsetMm === undefined ? {} : {z_mm: (this.#startZMm ?? 0) + zOffsetMm};
  }
}

/** Averaging as a start record keeps it, by the fields of the plan; nothing for none. */
export const averagingArgs = (averaging: Averaging | undefined): Readonly<Record<string, number>> =>
  averaging === undefined
    ? {}
    : {
        averagePlanes: averaging.planes,
        averageFrequencies: averaging.frequencies,
        ditherSpanHz: averaging.ditherSpanHz,
      };
