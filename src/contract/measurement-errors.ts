/** Sizes of errors of a bench that can be named one by one, as the keys of `measurement` of a bench file. */
export const measurementErrorNames = [
  'plates.lateralMm',
  'plates.axialMm',
  'plates.rotationDeg',
  'objectLateralMm',
  'lightOffCenterMm',
  'heightNoise.rmsMm',
  'indexError',
  'scanStepMm',
  'noiseRatio',
] as const;
/** A size of an error of a bench. */
export type MeasurementErrorName = (typeof measurementErrorNames)[number];

/** How errors of placement are distributed; their sizes are standard deviations either way. */
export const errorDistributions = ['normal', 'uniform'] as const;
/** How errors of placement are distributed. */
export type ErrorDistribution = (typeof errorDistributions)[number];
