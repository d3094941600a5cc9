/**
 * What a scan says of itself while it measures: whether the stage still stands where it did, and whether lines of opposite
 * directions fit together. Computed by `src/twin/metrics`, asked by plans, which know no formulas.
 */

/**
 * The signal at nine places: three by three around a reference point, row by row from the smallest y, with a distance
 * between them. Imaginary parts of a real signal are 0.
 */
export interface PatchReading {
  readonly real: readonly number[];
  readonly imaginary: readonly number[];
}

/** Places of a patch in its distance, in their order; the fifth is the reference point itself. */
export const patchPlaces: readonly (readonly [x: number, y: number])[] = [-1, 0, 1].flatMap((y) =>
  [-1, 0, 1].map((x) => [x, y] as const),
);

/** A patch against the first ones of its scan. Errors are one standard deviation. */
export interface PositionFit {
  /** Where the probe stands against where it stood, mm. */
  readonly shiftXMm: number;
  readonly shiftXErrorMm: number;
  readonly shiftYMm: number;
  readonly shiftYErrorMm: number;
  /** Strength of the light against that of then. */
  readonly gainRatio: number;
  readonly gainErrorRatio: number;
  /** Phase of the light against that of then, degrees; 0 of a real signal. */
  readonly phaseDeg: number;
  /** What neither a shift nor a gain explains, over what noise makes of it: 1 where all is explained. */
  readonly misfit: number;
}

/** `undefined` where the place has no slope that could tell a shift from a gain. */
export type PositionJudge = (
  first: readonly PatchReading[],
  now: PatchReading,
  distanceMm: number,
) => PositionFit | undefined;

/** By how much lines that were measured backwards stand off those that were measured forwards. */
export interface LineShift {
  /** Where the probe stood on a backward line against a forward one, along +x, mm. */
  readonly shiftMm: number;
  /** One standard deviation. */
  readonly errorMm: number;
  /** Lines that were held against both of their neighbours. */
  readonly lineCount: number;
}

/** Takes the lines of a raster in their order and tells the shift as far as it is known. */
export interface LineShiftMonitor {
  /** The next line is the first of a plane. */
  beginPlane(): void;
  /** The strength of the signal along +x, whichever way it was measured. */
  addLine(values: Float64Array, isBackward: boolean): void;
  /** Undefined before three lines, and where they have no slope. */
  estimate(): LineShift | undefined;
}

/** What a standing wave makes of the light along the beam. Errors are one standard deviation. */
export interface RippleFit {
  /** Of the mean light: its swing up and down. */
  readonly amplitudeRatio: number;
  readonly amplitudeErrorRatio: number;
  /** Half a wavelength, where it is a wave between source and detector. */
  readonly periodMm: number;
  readonly periodErrorMm: number;
  /** Of the ripple at z = 0, degrees. */
  readonly phaseDeg: number;
  /** What is left, over the mean light. */
  readonly residualRatio: number;
}

/** `undefined` where there is no light, or fewer points or less way than a ripple needs. */
export type RippleFinder = (
  zMm: ArrayLike<number>,
  strengths: ArrayLike<number>,
  halfWaveMm: number,
) => RippleFit | undefined;

/** What plans are given to judge their own readings. */
export interface ScanMonitors {
  readonly judgePosition: PositionJudge;
  readonly createLineShift: (stepMm: number) => LineShiftMonitor;
  readonly findRipple: RippleFinder;
}
