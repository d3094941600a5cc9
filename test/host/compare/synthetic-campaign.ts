import {createRandom} from '../../../src/base/random.ts';
import type {CampaignInput} from '../../../src/host/compare/assemble-campaign-result.ts';
import type {DigitInput} from '../../../src/host/compare/score-digit.ts';
import {computeDesignPoints, type FrameRegistration} from '../../../src/twin/metrics/registration.ts';
import {createSpeckle, digitRegions, gridPoints, type PlaneFunction} from '../../twin/metrics/speckle.ts';

export interface SyntheticOptions {
  readonly digits: readonly number[];
  readonly frame: FrameRegistration;
  /** Where each digit's light goes in the simulation, and on the bench. */
  readonly simulatedWinner?: (digit: number) => number;
  readonly measuredWinner?: (digit: number) => number;
  readonly noiseV?: number;
  readonly driftRatio?: number;
  readonly sideMm?: number;
}

/** Speckle over the whole plane and a bright spot of speckle on one detector region. */
function createDigitPlane(digit: number, winner: number): PlaneFunction {
  const speckle = createSpeckle(createRandom(`plane ${digit}`), 0.9, 30);
  const {centerXMm, centerYMm} = digitRegions()[winner];
  return (x, y) =>
    speckle(x, y) * (0.25 + 2.5 * Math.exp(-((x - centerXMm) ** 2 + (y - centerYMm) ** 2) / 8));
}

/** A campaign with known truth: volts with dark level, phase, noise and a straight drift of the source. */
export function createSyntheticCampaign(options: SyntheticOptions): CampaignInput {
  const {frame, noiseV = 2e-7, driftRatio = 0.02, sideMm = 44} = options;
  const random = createRandom('campaign');
  const dark = {real: 2e-6, imaginary: -1e-6};
  const phaseRad = 0.05;
  const read = (signalV: number) => ({
    real: signalV * Math.cos(phaseRad) + dark.real + noiseV * random.normal(),
    imaginary: signalV * Math.sin(phaseRad) + dark.imaginary + noiseV * random.normal(),
  });
  const columns = (signals: ArrayLike<number>) => {
    const readings = Array.from(signals, read);
    return {
      real: Float64Array.from(readings, ({real}) => real),
      imaginary: Float64Array.from(readings, ({imaginary}) => imaginary),
    };
  };
  const digits = options.digits.map((digit, index): DigitInput => {
    const points = gridPoints(sideMm, 1);
    const count = points.xMm.length;
    const model = createDigitPlane(digit, (options.simulatedWinner ?? Number)(digit));
    const bench = createDigitPlane(digit, (options.measuredWinner ?? Number)(digit));
    const design = computeDesignPoints(points.xMm, points.yMm, frame);
    const timeS = points.xMm.map((_x, i) => 1000 * index + 0.1 * i);
    const drift = (i: number): number => 1 + (driftRatio * i) / count;
    const referenceAt = [0, 0.25, 0.5, 0.75, 1].map((part) => part * count);
    return {
      label: String(digit),
      sample: `digit ${digit} (index ${9000 + digit})`,
      runUid: `run-${index}`,
      scan: {
        ...points,
        ...columns(design.xMm.map((x, i) => 1e-4 * drift(i) * bench(x, design.yMm[i]))),
        timeS,
      },
      dark: columns(new Float64Array(20)),
      references: {
        ...columns(referenceAt.map((i) => 2e-4 * drift(i))),
        timeS: referenceAt.map((i) => 1000 * index + 0.1 * i),
      },
      simulatedNominal: points.xMm.map((x, i) => model(x, points.yMm[i])),
      simulatedRegistered: design.xMm.map((x, i) => model(x, design.yMm[i])),
    };
  });
  return {regions: digitRegions(), registration: frame, digits};
}
