import type {ComplexPlane} from '../../contract/optics.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {ghzFromHz, msFromS} from '../../contract/units.ts';
import {rolesOf} from '../bench/bench-engine.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import type {CampaignOptions} from '../plans/campaign.ts';
import type {Dwell} from '../plans/measure.ts';
import type {PositionFields} from '../plans/reference-visits.ts';
import type {ObjectMount} from '../plans/registration.ts';
import {scanMonitors} from '../scan/scan-monitors.ts';
import type {TestDigit} from './digits.ts';

/** What the operator can choose of a campaign; all in the bench frame. */
export interface CampaignChoices {
  readonly stepMm: number;
  /** Added around the regions on every side: room for a displaced frame. */
  readonly marginMm: number;
  /** Extent of the scans instead of regions and margin. */
  readonly extentMm?: {readonly widthMm: number; readonly heightMm: number} | undefined;
  readonly dwell: Dwell;
  /** Points between two visits of the reference point; 0 for none. */
  readonly referenceEvery: number;
  /** Whether visits watch the place of the stage; default not. */
  readonly position?: PositionFields | undefined;
  readonly darkReadingCount: number;
  readonly registrationCount: number;
}

export const defaultChoices: CampaignChoices = {
  stepMm: 1,
  marginMm: 1.8,
  dwell: {residualRatio: 0.01, readingCount: 1, restMs: 0, onOverload: 'choose-range'},
  referenceEvery: 400,
  darkReadingCount: 20,
  registrationCount: 1,
};

/** Between points further apart than this a beam can be missed, however coarse the scans may be. */
const coarsestBeamFindMm = 8;
/** With fewer steps along a side there are hardly any points inside the border, which is taken for the background. */
const fewestBeamFindSteps = 4;

/** A mask as the operator gets it: amplitudes, rows from the smallest y. */
export function mountFrom(label: string, object: ComplexPlane): ObjectMount {
  return {label, grid: object.grid, amplitude: Float32Array.from(object.re)};
}

/** The source may be set so far beside the design's own frequency: what is measured with it is hardly another light. */
const frequencyToleranceRatio = 0.01;

/**
 * The campaign plan's options for a design, a bench and a choice of digits. Throws `plan/invalid` where everything but the
 * scans of a design of several frequencies would be measured at none of them.
 */
export function campaignOptionsFrom(
  design: DesignFile,
  bench: OpenBench,
  digits: readonly TestDigit[],
  choices: CampaignChoices,
): Omit<CampaignOptions, 'onRegistration'> {
  const {stepMm, marginMm, extentMm, dwell} = choices;
  const reach = (of: (region: DesignFile['detector']['regions'][number]) => number): number =>
    Math.max(...design.detector.regions.map(of)) + marginMm;
  // A whole even number of steps, so that one line of points runs through the centre.
  const span = (half: number): number => 2 * Math.ceil(half / stepMm) * stepMm;
  const grid = {
    centerMm: {xMm: 0, yMm: 0},
    widthMm: extentMm?.widthMm ?? span(reach((region) => Math.abs(region.centerXMm) + region.widthMm / 2)),
    heightMm: extentMm?.heightMm ?? span(reach((region) => Math.abs(region.centerYMm) + region.heightMm / 2)),
    stepMm,
    order: 'snake',
  } as const;
  const searchMm = Math.min(grid.widthMm, grid.heightMm);
  const {frequenciesHz} = design.detector;
  if (frequenciesHz) assertOwnFrequency(design, bench);
  const mounts = digits.map((digit) => mountFrom(digit.sample, digit.object));
  return {
    roles: rolesOf(bench),
    dwell,
    homeFirst: bench.file.stage.homeAtStart,
    warmUpMs: msFromS(bench.file.source.warmUpS),
    dark: {method: 'source-off', readingCount: choices.darkReadingCount},
    beamFind: {
      centerMm: grid.centerMm,
      widthMm: searchMm,
      stepMm: Math.min(4 * stepMm, coarsestBeamFindMm, searchMm / fewestBeamFindSteps),
    },
    registration: {objects: mounts.slice(0, choices.registrationCount), grid},
    items: mounts.map((object) => ({object})),
    ...(frequenciesHz && {frequenciesHz: [frequenciesHz[0], ...frequenciesHz.slice(1)]}),
    grid,
    referenceEvery: choices.referenceEvery,
    position: choices.position,
    monitors: scanMonitors,
  };
}

function assertOwnFrequency({name, frequencyHz}: DesignFile, {file}: OpenBench): void {
  const {outputFrequencyHz} = file.source;
  if (Math.abs(outputFrequencyHz / frequencyHz - 1) <= frequencyToleranceRatio) return;
  throw new BenchError(
    'plan/invalid',
    `The design ${name} has its own frequency at ${ghzFromHz(frequencyHz)} GHz, and the source of this bench works at ${ghzFromHz(outputFrequencyHz)} GHz: beam and registration would be of another light than they are compared with. Nothing was moved; set outputFrequencyHz of the bench file to the design's frequency.`,
    {details: {frequencyHz, outputFrequencyHz}},
  );
}
