import {assertTellsClasses} from '../../contract/read-out.ts';
import type {AlignmentSensitivity} from '../../contract/alignment.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import type {Illumination, Probe} from '../../contract/illumination.ts';
import {positionMm, type Grid} from '../../contract/optics.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {designedState} from '../../twin/alignment/defaults.ts';
import {computeSensitivity} from '../../twin/alignment/sensitivity.ts';
import {modelFrom, type Design} from '../../twin/design/load.ts';
import {chooseTestDigits} from '../campaign/digits.ts';
import {createAlignmentPool} from '../optics/alignment-pool.ts';

export interface SensitivityBench {
  readonly design: Design;
  readonly illumination: Illumination;
  readonly probe: Probe;
}

/** Which test digits stand for all; the same ones every time, so that tables can be compared. */
const digitSeed = 1;
/** Samples across the narrowest region: enough for its energy to a per cent. */
const samplesPerRegion = 5;

/**
 * What each degree of freedom does to a design seen by a bench, for `objectCount` test digits; see
 * `computeSensitivity`. Takes about a second a digit on two cores.
 */
export async function computeDesignSensitivity(
  {design, illumination, probe}: SensitivityBench,
  {
    objectCount,
    signal,
    workerCount,
  }: {
    readonly objectCount: number;
    readonly signal?: AbortSignal | undefined;
    readonly workerCount?: number | undefined;
  },
): Promise<AlignmentSensitivity> {
  const model = modelFrom(design);
  assertTellsClasses(design.file, 'Nothing was computed.');
  const digits = chooseTestDigits(objectCount, digitSeed, design.file);
  const grid = outputGridOf(design.file);
  const points = {xMm: new Float64Array(grid.count ** 2), yMm: new Float64Array(grid.count ** 2)};
  for (let i = 0; i < points.xMm.length; i++) {
    points.xMm[i] = positionMm(grid, i % grid.count);
    points.yMm[i] = positionMm(grid, Math.floor(i / grid.count));
  }
  const wavelengthMm = wavelengthMmFromHz(design.file.frequencyHz);
  await using pool = createAlignmentPool(
    {
      stack: {
        wavelengthMm,
        grid: model.grid,
        method: 'rs',
        plates: model.plates,
        plateOptics: model.plateOptics,
        outputZMm: model.outputZMm,
        probe,
      },
      settings: digits.map(({object}) => ({object, ...points})),
    },
    {signal, ...(workerCount === undefined ? {} : {workerCount})},
  );
  return await computeSensitivity({
    evaluate: pool.evaluate,
    start: designedState(model.plates, illumination),
    objects: digits,
    detector: design.file.detector,
    grid,
    wavelengthMm,
    signal,
  });
}

/** A square around all detector regions. */
function outputGridOf({detector: {regions}}: DesignFile): Grid {
  const reachMm = Math.max(
    ...regions.flatMap(({centerXMm, centerYMm, widthMm, heightMm}) => [
      Math.abs(centerXMm) + widthMm / 2,
      Math.abs(centerYMm) + heightMm / 2,
    ]),
  );
  const pitchMm =
    Math.min(...regions.flatMap(({widthMm, heightMm}) => [widthMm, heightMm])) / samplesPerRegion;
  return {count: 2 * Math.ceil(reachMm / pitchMm) + 2, pitchMm};
}

/** As `computeDesignSensitivity` for a design that is lit as it says and read at points. */
export const sensitivityOfDesign = (
  design: Design,
  options: {
    readonly objectCount: number;
    readonly signal?: AbortSignal | undefined;
    readonly workerCount?: number | undefined;
  },
): Promise<AlignmentSensitivity> =>
  computeDesignSensitivity({design, illumination: design.file.illumination, probe: {kind: 'point'}}, options);
