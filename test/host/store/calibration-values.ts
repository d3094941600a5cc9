import type {AlignmentResult} from '../../../src/contract/alignment.ts';
import type {CalibrationValues} from '../../../src/contract/stored/calibration-records.ts';

/** Values of calibrations, as plain as they may be, for tests that care for something else. */

export const darkLevelOf = (xV: number): CalibrationValues['dark-level'] => ({
  xV,
  yV: 0,
  readingSigmaV: null,
  readingCount: 1,
});

export const sourcePowerOf = (referenceV: number): CalibrationValues['source-power'] => ({
  referenceV,
  sigmaV: null,
  xMm: 0,
  yMm: 0,
  powerDbm: null,
});

export const lockInPhase: CalibrationValues['lock-in-phase'] = {referencePhaseDeg: 12, signalPhaseDeg: 0};

export const registration: CalibrationValues['registration'] = {
  frame: {dxMm: 0, dyMm: 0, rotationDeg: 0},
  illumination: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
  sigma: {},
};

/** An alignment's result that found nothing in particular, with what a test cares for. */
export function alignmentResult(known: Partial<AlignmentResult> = {}): AlignmentResult {
  const agreement = {correlation: 1, shareError: null, matchCount: null, planeCount: 0, unexplainedRatio: 0};
  return {
    format: 'd2nn-bench/alignment',
    version: 1,
    designHash: 'sha256:a',
    origin: 'object',
    parameters: [],
    degeneracies: [],
    orientation: [],
    before: agreement,
    after: agreement,
    planes: [],
    verdict: 'trusted',
    reasons: [],
    placement: {},
    illumination: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
    refractiveIndex: 1.6,
    heightErrorMm: null,
    seconds: 1,
    ...known,
  };
}
