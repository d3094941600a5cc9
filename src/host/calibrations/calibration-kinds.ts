/** Kinds of calibrations that a campaign leaves in the ledger; their values are declared in contract/stored/calibration-records.ts. */
export const calibrationKinds = {
  /** Where the scan's frame stands in the output plane, with the light. */
  outputFrame: 'registration',
  darkLevel: 'dark-level',
  lockInPhase: 'lock-in-phase',
  sourcePower: 'source-power',
  axisScale: 'axis-scale',
  /** Light of the empty bench, from a guided alignment. */
  beamProfile: 'beam-profile',
} as const;
