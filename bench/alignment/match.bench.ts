import {openDesign} from '../../src/host/designs/design-folder.ts';
import {defaultDesignFolder} from '../../src/host/designs/default-design.ts';
import {alignPlanes} from '../../src/host/alignment/align-planes.ts';
import {chooseTestDigits, type TestDigit} from '../../src/host/campaign/digits.ts';
import {createAlignmentPool} from '../../src/host/optics/alignment-pool.ts';
import {frequenciesOf} from '../../src/contract/spectrum.ts';
import {plateOpticsText, type PlateOptics} from '../../src/contract/plate-optics.ts';
import {wavelengthMmFromHz} from '../../src/contract/units.ts';
import {measureAgreement} from '../../src/twin/alignment/agreement.ts';
import type {Arrangement} from '../../src/twin/alignment/arrangement.ts';
import {designedState} from '../../src/twin/alignment/defaults.ts';
import type {PrintHeights} from '../../src/twin/alignment/print-heights.ts';
import type {BenchState} from '../../src/twin/alignment/state.ts';
import {stateAt} from '../../src/twin/alignment/state-at.ts';
import type {MeasuredPlane} from '../../src/twin/alignment/measured-plane.ts';
import {designAt} from '../../src/twin/design/at-frequency.ts';
import {modelFrom, type Design} from '../../src/twin/design/load.ts';
import {createReadOut, findWinner} from '../../src/twin/metrics/index.ts';
import type {BenchResult} from '../figures.ts';
import {alignmentCases, givenOptics, readCase, type CaseData} from './cases.ts';
import {planeEnergies} from './judged-planes.ts';

const alignedOn = 5;
const judgedCount = Number(process.env['ALIGN_JUDGED'] ?? 50);
const arePrintsFitted = process.env['ALIGN_PRINTS'] !== 'never';
const caseName = process.env['ALIGN_CASE'] ?? 'match';

/** What an alignment found beside the state. */
interface FoundModel {
  readonly arrangement?: Arrangement;
  readonly prints?: PrintHeights | undefined;
  readonly plateOptics?: PlateOptics | undefined;
}

/** Planes of the same objects at every frequency of a design, in its order. */
type Spectrum = readonly CaseData[];

/**
 * Verdicts of fifty digits, measured on benches whose plates are off by 0.4 mm RMS, against their classes and those of the
 * twin as designed, as designed in the scan's frame and light as found, as aligned on five other digits, and with the
 * heights of the prints that these five tell. A design that is read at several frequencies is aligned at its own.
 * `ALIGN_SEEDS` a range (1-3 unless given), `ALIGN_JUDGED` how many digits, `ALIGN_CASE` another scene (`default`),
 * `ALIGN_PLATES` a model of the plates (thin, thick; found out unless given), `DESIGN` another design folder, `ALIGN_THREADS` how many threads,
 * `ALIGN_PRINTS=never` leaves out the heights of the prints, which take most of the time.
 */
export async function run(): Promise<BenchResult[]> {
  const design = await openDesign(process.env['DESIGN'] ?? defaultDesignFolder);
  const [first, last = first] = (process.env['ALIGN_SEEDS'] ?? '1-3').split('-').map(Number);
  const threads = process.env['ALIGN_THREADS'];
  const totals: Record<string, number> = {};
  for (let seed = first; seed <= last; seed++) {
    const digits = chooseTestDigits(alignedOn + judgedCount, seed, design.file);
    const own = readCase(alignmentCases[caseName], design, seed, {digits: digits.slice(0, alignedOn)});
    const judged = readSpectrum(design, seed, digits.slice(alignedOn));
    const {result, state, arrangement, prints} = await alignPlanes(
      {design, ...own},
      {
        prints: arePrintsFitted ? 'always' : 'never',
        plateOptics: givenOptics(),
        ...(threads ? {workerCount: Number(threads)} : {}),
      },
    );
    const start = designedState(modelFrom(design).plates, own.illumination);
    const framed: BenchState = {...start, frame: state.frame, beam: state.beam};
    const {plateOptics} = result;
    const figures: Record<string, number> = {
      rightRatio: rightRatioOf(design, judged, state),
      ...(await agreementOf(design, judged, start, 'nominal')),
      ...(await agreementOf(design, judged, framed, 'framed', {plateOptics})),
      ...(await agreementOf(design, judged, state, 'aligned', {arrangement, plateOptics})),
      ...(prints &&
        (await agreementOf(design, judged, state, 'printed', {arrangement, plateOptics, ...prints}))),
    };
    for (const [name, value] of Object.entries(figures)) totals[name] = (totals[name] ?? 0) + value;
    console.error(
      `match ${seed}: ${result.verdict}, ${plateOpticsText(plateOptics)} ${JSON.stringify(figures)}`,
    );
  }
  const seeds = last - first + 1;
  const figures = Object.fromEntries(Object.entries(totals).map(([name, sum]) => [name, sum / seeds]));
  return [{name: `match of ${judgedCount} digits, scene ${caseName}, ${seeds} seeds`, figures}];
}

const readSpectrum = (design: Design, seed: number, digits: readonly TestDigit[]): Spectrum =>
  frequenciesOf(design.file).map((frequencyHz) =>
    readCase(alignmentCases[caseName], design, seed, {digits, frequencyHz}),
  );

/** Shares and correlation are means over the frequencies. */
async function agreementOf(
  design: Design,
  spectrum: Spectrum,
  state: BenchState,
  name: string,
  found: FoundModel = {},
): Promise<Record<string, number>> {
  const frequenciesHz = frequenciesOf(design.file);
  let [shareErrors, correlations] = [0, 0];
  const predicted: MeasuredPlane[][] = [];
  for (const [i, {planes, probe}] of spectrum.entries()) {
    const plane = designAt(design, frequenciesHz[i]);
    const values = await evaluate(
      plane,
      {planes, probe},
      stateAt(state, design.file, frequenciesHz[i]),
      found,
    );
    const {shareError, correlation} = measureAgreement(planes, values, state, {
      detector: plane.file.detector,
      unexplainedRatio: 0,
    });
    shareErrors += shareError ?? NaN;
    correlations += correlation;
    predicted.push(planes.map((own, k) => ({...own, values: values[k].power})));
  }
  const measuredWinners = winnersOf(
    design,
    spectrum.map(({planes}) => planes),
    state,
  );
  const predictedWinners = winnersOf(design, predicted, state);
  const matches = measuredWinners.filter((winner, i) => winner === predictedWinners[i]).length;
  return {
    [`${name}MatchRatio`]: matches / measuredWinners.length,
    [`${name}ShareError`]: shareErrors / spectrum.length,
    [`${name}Correlation`]: correlations / spectrum.length,
  };
}

/** What is predicted of planes at the frequency of a design. */
async function evaluate(
  design: Design,
  {planes, probe}: Pick<CaseData, 'planes' | 'probe'>,
  state: BenchState,
  found: FoundModel,
) {
  const model = modelFrom(design);
  await using pool = createAlignmentPool({
    stack: {
      wavelengthMm: wavelengthMmFromHz(design.file.frequencyHz),
      grid: model.grid,
      method: 'rs',
      plates: model.plates,
      plateOptics: model.plateOptics,
      outputZMm: model.outputZMm,
      probe,
    },
    settings: planes.map(({object, xMm, yMm}) => ({object, xMm, yMm})),
  });
  return await pool.evaluate(
    planes.map((_, plane) => ({state, parameters: [], plane, grain: 'fine', ...found})),
  );
}

/** Class that wins of each object, the regions where the frame was found. */
function winnersOf(
  design: Design,
  spectrum: readonly (readonly MeasuredPlane[])[],
  {frame}: BenchState,
): number[] {
  const {detector} = design.file;
  const readOut = createReadOut(detector);
  return spectrum[0].map((_, i) => {
    const energies = spectrum.flatMap((planes) => Array.from(planeEnergies(planes[i], frame, detector)));
    return findWinner(readOut.scoresOf(energies));
  });
}

/** Part of the objects whose winner is the class that was shown. */
function rightRatioOf(design: Design, spectrum: Spectrum, state: BenchState): number {
  const {labels} = createReadOut(design.file.detector);
  const planes = spectrum.map((one) => one.planes);
  const right = winnersOf(design, planes, state).filter(
    (winner, i) => labels[winner] === spectrum[0].planes[i].label,
  );
  return right.length / planes[0].length;
}
