import type {Design} from '../../twin/design/load.ts';
import type {PreparedObjects} from '../probes/align-objects.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import {runCampaign, type CampaignHooks, type CampaignOutcome} from '../campaign/run-campaign.ts';
import {openDataFolder} from '../data-folder.ts';
import {openDesign} from '../designs/design-folder.ts';
import type {Store} from '../store/open-store.ts';
import {openStoreFirst, type BenchChoice, type OpenChosenBench} from './chosen-bench.ts';

export interface CampaignCall extends BenchChoice {
  readonly designFolder: string;
  readonly digitCount: number;
  readonly operator?: string | undefined;
  readonly title?: string | undefined;
}

/** What is only known once the bench is open. */
type PrepareCampaign = (open: {
  readonly bench: OpenBench;
  readonly store: Store;
  readonly design: Design;
}) => Promise<PreparedObjects>;

/** Opens the bench, runs the campaign, closes the bench in every ending. */
export async function campaignOnBench(
  openBench: OpenChosenBench,
  call: CampaignCall,
  hooks: CampaignHooks,
  {prepare}: {readonly prepare?: PrepareCampaign} = {},
): Promise<CampaignOutcome> {
  const design = await openDesign(call.designFolder);
  const data = await openDataFolder();
  using store = openStoreFirst(data.databasePath, hooks);
  await using bench = await openBench(call, hooks);
  const {onSession, ...prepared} = (await prepare?.({bench, store, design})) ?? {};
  return await runCampaign(
    bench,
    store,
    data,
    {
      design,
      designFolder: call.designFolder,
      digitCount: call.digitCount,
      seed: call.seed,
      ...(call.operator === undefined ? {} : {operator: call.operator}),
      ...(call.title === undefined ? {} : {title: call.title}),
      ...prepared,
    },
    {...hooks, ...(onSession ? {onSession} : {})},
  );
}
