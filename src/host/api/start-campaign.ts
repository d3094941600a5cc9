import type {SettingsPolicy} from '../../contract/questions.ts';
import type {Suspender} from '../../contract/suspender.ts';
import type {CampaignOutcome} from '../campaign/run-campaign.ts';
import type {CampaignJobService} from '../jobs/campaign-job-service.ts';
import type {HostServices} from '../services.ts';
import {dataServicesOf} from './data-services.ts';

/** A campaign to be started, whole or what is left of one, and how it is followed. */
interface CampaignStart {
  readonly request: Parameters<CampaignJobService['run']>[1];
  readonly title: string;
  readonly onSettings: SettingsPolicy;
  readonly isAttended: boolean;
  /** What suspends it; what the bench file says unless given. */
  readonly suspenders?: readonly Suspender[] | undefined;
}

/** Starts a campaign on the open bench; what it has come to is kept under the id of its job. */
export function startCampaign(
  services: HostServices,
  {request, title, onSettings, isAttended, suspenders}: CampaignStart,
): {readonly id: string} {
  const threads = dataServicesOf(services);
  const {id} = services.bench.startJob({
    kind: 'campaign',
    settingsPolicy: onSettings,
    suspenders,
    isAttended,
    title,
    itemCount: request.resume?.rest.left.length ?? request.digits.length,
    async run(onBench, hooks) {
      const onOutcome = (outcome: CampaignOutcome): void => threads.campaignOutcomes.keep(id, outcome);
      await threads.campaignJobs.run(onBench, request, {...hooks, onOutcome});
    },
  });
  return {id};
}
