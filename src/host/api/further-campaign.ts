import type {AlignSessionRequest} from '../alignment/align-session.ts';
import type {FurtherCampaign} from '../alignment/further-campaigns.ts';
import {dataServicesOf} from './data-services.ts';
import type {HostServices} from '../services.ts';

/**
 * Starts a campaign that belongs to an alignment, as a job of the open bench. When it is done, what `after` says of its
 * session is aligned.
 */
export function startFurtherCampaign(
  services: HostServices,
  campaign: FurtherCampaign,
  operator: string,
  after: (sessionUid: string) => AlignSessionRequest,
): ReturnType<HostServices['bench']['startJob']> {
  const {campaignJobs, alignJobs} = dataServicesOf(services);
  return services.bench.startJob({
    kind: 'campaign',
    title: campaign.title,
    itemCount: campaign.digits.length,
    run: async (onBench, hooks) => {
      const request = {...campaign, ...(operator === '' ? {} : {operator})};
      const {sessionUid} = await campaignJobs.run(onBench, request, hooks);
      alignJobs.start(after(sessionUid));
    },
  });
}
