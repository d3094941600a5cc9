import type {CampaignResult} from '../../contract/campaign-result.ts';
import type {Store} from '../store/open-store.ts';
import {writeReport} from './campaign-report.ts';
import {computeCampaign} from './compute-campaign.ts';

export interface CampaignEvaluation {
  readonly result: CampaignResult;
  readonly reportPath: string;
}

/** Computes a campaign from its stored points and writes its report. */
export async function evaluateCampaign(
  store: Store,
  sessionUid: string,
  reportFolder: string,
): Promise<CampaignEvaluation> {
  const computed = computeCampaign(store, sessionUid);
  return {result: computed.result, reportPath: await writeReport(store, computed, reportFolder)};
}
