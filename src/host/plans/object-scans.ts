import type {Plan} from '../../contract/messages.ts';
import {gridScan, type GridScanOptions, type MeasuredPlane} from './grid.ts';
import {turnOnAt} from './steps.ts';

/**
 * Names of the plans that scan an object of a campaign: at the design's own frequency, by which benches are aligned and
 * digits listed, and at each further one.
 */
export const campaignScans = {own: 'campaign-scan', further: 'campaign-scan-further'} as const;

/** Whether a plan scans an object of a campaign, at whichever frequency. */
export const isCampaignScan = (planName: string): boolean =>
  planName === campaignScans.own || planName === campaignScans.further;

/** Frequencies behind the chain, the design's own first. */
export type ScannedFrequencies = readonly [own: number, ...further: number[]];

/**
 * Scans the object that stands in the light: as the bench is, or at each frequency in turn, the same grid. Returns the
 * first plane.
 */
export function* scanObject(
  options: GridScanOptions,
  frequenciesHz: ScannedFrequencies | undefined,
): Plan<MeasuredPlane> {
  if (frequenciesHz === undefined) return yield* gridScan({...options, planName: campaignScans.own});
  const {source} = options.roles;
  const [ownHz, ...furtherHz] = frequenciesHz;
  // Also for the first: an object that was skipped may have left the source at another frequency.
  yield* turnOnAt(source, ownHz);
  const plane = yield* gridScan({...options, planName: campaignScans.own, outputFrequencyHz: ownHz});
  for (const outputFrequencyHz of furtherHz) {
    yield* turnOnAt(source, outputFrequencyHz);
    yield* gridScan({...options, planName: campaignScans.further, outputFrequencyHz});
  }
  return plane;
}
