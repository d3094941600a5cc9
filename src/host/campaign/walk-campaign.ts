import {devicesByRole} from '../bench/bench-engine.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import {dryRunInTurns, type DryRun, type SimulatedSignal} from '../engine/dry-run.ts';
import type {DurationProfile} from '../engine/pace.ts';
import {campaign, type CampaignOptions} from '../plans/campaign.ts';
import {campaignProfileFor} from './campaign-pace.ts';

export interface CampaignWalk {
  /** Of the part that was walked: all moves that there are. */
  readonly dryRun: DryRun;
  readonly points: number;
  /** Bench time. */
  readonly durationMs: number;
  /** Time profile for as many scans as the queue has at the moment. */
  readonly profileOf: (queue: {readonly count: number}) => () => DurationProfile;
}

/**
 * Walks a campaign dry: limits, points, time. Scans are alike but for the first, which follows the registration, so
 * two of them stand for all and a thousand digits are walked as fast as two.
 */
export async function walkCampaign(
  bench: OpenBench,
  options: CampaignOptions,
  signal?: AbortSignal,
): Promise<CampaignWalk> {
  const {items} = options;
  const walk = (count: number): Promise<DryRun> =>
    dryRunInTurns(campaign({...options, items: items.slice(0, count)}), {
      devices: devicesByRole(bench),
      speed: bench.clock.speed,
      simulateSignal: beamOver(options.beamFind.widthMm),
      signal,
    });
  const walkedCount = Math.min(items.length, 2);
  const walked = await walk(walkedCount);
  const perScan = items.length > 2 ? walked.points - (await walk(1)).points : 0;
  const profileFor = (count: number): DurationProfile =>
    campaignProfileFor(walked.profile, walkedCount, count, options.frequenciesHz?.length ?? 1);
  return {
    dryRun: walked,
    points: walked.points + (items.length - walkedCount) * perScan,
    durationMs: profileFor(items.length).totalMs,
    profileOf(queue) {
      let count = queue.count;
      let profile = profileFor(count);
      return () => {
        if (queue.count !== count) {
          count = queue.count;
          profile = profileFor(count);
        }
        return profile;
      };
    },
  };
}

/** A beam that fills a part of what is searched: the walk is about ways and times, not about finding it. */
export function beamOver(widthMm: number): SimulatedSignal {
  const radiusMm = Math.max(10, widthMm / 5);
  return ({x = 0, y = 0}) => 1e-3 * Math.exp((-2 * (x * x + y * y)) / radiusMm ** 2);
}
