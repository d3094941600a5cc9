import {openDesign} from '../../src/host/designs/design-folder.ts';
import {defaultDesignFolder} from '../../src/host/designs/default-design.ts';
import {alignPlanes} from '../../src/host/alignment/align-planes.ts';
import {chooseTestDigits} from '../../src/host/campaign/digits.ts';
import {createAlignmentPool} from '../../src/host/optics/alignment-pool.ts';
import {wavelengthMmFromHz} from '../../src/contract/units.ts';
import {measureAgreement} from '../../src/twin/alignment/agreement.ts';
import type {Arrangement} from '../../src/twin/alignment/arrangement.ts';
import {designedState} from '../../src/twin/alignment/defaults.ts';
import type {PrintHeights} from '../../src/twin/alignment/print-heights.ts';
import type {BenchState} from '../../src/twin/alignment/state.ts';
import type {MeasuredPlane} from '../../src/twin/alignment/measured-plane.ts';
import {modelFrom, type Design} from '../../src/twin/design/load.ts';
import {
  computeDesignPoints,
  computeRegionEnergies,
  computeScanWeights,
  createReadOut,
  estimateCellMm,
  findWinner,
} from '../../src/twin/metrics/index.ts';
import type {BenchResult} from '../figures.ts';
import {alignmentCases, readCase, type CaseData} from './cases.ts';

const alignedOn = 5;
const judgedCount = Number(process.env['ALIGN_JUDGED'] ?? 50);
const caseName = process.env['ALIGN_CASE'] ?? 'match';

/**
 * Verdicts of fifty digits, measured on benches whose plates are off by 0.4 mm RMS, against their classes and those of the
 * twin as designed, as designed in the scan's frame and light as found, as aligned on five other digits, and with the
 * heights of the prints that these five tell. `ALIGN_SEEDS` a range (1-3 unless given), `ALIGN_JUDGED` how many digits,
 * `ALIGN_CASE` another scene (`default`), `DESIGN` another design folder, `ALIGN_THREADS` how many threads.
 */
export async function run(): Promise<BenchResult[]> {
  const design = await openDesign(process.env['DESIGN'] ?? defaultDesignFolder);
  const [first, last = first] = (process.env['ALIGN_SEEDS'] ?? '1-3').split('-').map(Number);
  const threads = process.env['ALIGN_THREADS'];
  const totals: Record<string, number> = {};
  for (let seed = first; seed <= last; seed++) {
    const digits = chooseTestDigits(alignedOn + judgedCount, seed, design.file);
    const data = readCase(alignmentCases[caseName], design, seed, {digits});
    const parts = [data.planes.slice(0, alignedOn), data.planes.slice(alignedOn)] as const;
    const {result, state, arrangement, prints} = await alignPlanes(
      {design, ...data, planes: parts[0]},
      {prints: 'always', ...(threads ? {workerCount: Number(threads)} : {})},
    );
    const judged = {...data, planes: parts[1]};
    const start = designedState(modelFrom(design).plates, data.illumination);
    const framed: BenchState = {...start, frame: state.frame, beam: state.beam};
    const figures: Record<string, number> = {
      rightRatio: rightRatioOf(design, judged.planes, state),
      ...(await agreementOf(design, judged, start, 'nominal')),
      ...(await agreementOf(design, judged, framed, 'framed')),
      ...(await agreementOf(design, judged, state, 'aligned', {arrangement})),
      ...(await agreementOf(design, judged, state, 'printed', {arrangement, prints: prints?.prints})),
    };
    for (const [name, value] of Object.entries(figures)) totals[name] = (totals[name] ?? 0) + value;
    console.error(`match ${seed}: ${result.verdict} ${JSON.stringify(figures)}`);
  }
  const seeds = last - first + 1;
  const figures = Object.fromEntries(Object.entries(totals).map(([name, sum]) => [name, sum / seeds]));
  return [{name: `match of ${judgedCount} digits, scene ${caseName}, ${seeds} seeds`, figures}];
}

async function agreementOf(
  design: Design,
  {planes, probe}: CaseData,
  state: BenchState,
  name: string,
  found: {readonly arrangement?: Arrangement; readonly prints?: PrintHeights | undefined} = {},
): Promise<Record<string, number>> {
  const model = modelFrom(design);
  await using pool = createAlignmentPool({
    stack: {
      wavelengthMm: wavelengthMmFromHz(design.file.frequencyHz),
      grid: model.grid,
      method: 'rs',
      plates: model.plates,
      outputZMm: model.outputZMm,
      probe,
    },
    settings: planes.map(({object, xMm, yMm}) => ({object, xMm, yMm})),
  });
  const values = await pool.evaluate(
    planes.map((_, plane) => ({state, parameters: [], plane, grain: 'fine', ...found})),
  );
  const {matchCount, shareError, correlation} = measureAgreement(planes, values, state, {
    detector: design.file.detector,
    unexplainedRatio: 0,
  });
  return {
    [`${name}MatchRatio`]: (matchCount ?? NaN) / planes.length,
    [`${name}ShareError`]: shareError ?? NaN,
    [`${name}Correlation`]: correlation,
  };
}

/** Part of measured planes whose winner is the class that was shown, the regions where the frame was found. */
function rightRatioOf(
  design: Design,
  planes: readonly MeasuredPlane[],
  {frame: {dxMm, dyMm, rotationDeg}}: BenchState,
): number {
  const {regions} = design.file.detector;
  const readOut = createReadOut(design.file.detector);
  const right = planes.filter(({label, xMm, yMm, values}) => {
    const {widthMm: cellWidthMm, heightMm: cellHeightMm} = estimateCellMm(xMm, yMm);
    const points = computeDesignPoints(xMm, yMm, {dxMm, dyMm, rotationDeg});
    const weights = computeScanWeights({...points, cellWidthMm, cellHeightMm, rotationDeg}, regions);
    const scores = readOut.scoresOf(computeRegionEnergies(weights, values));
    return readOut.labels[findWinner(scores)] === label;
  });
  return right.length / planes.length;
}
