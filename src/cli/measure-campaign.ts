import type {ApiOutputs} from '../contract/api/index.ts';
import {hasCode, type BenchError} from '../contract/errors.ts';
import type {CliContext} from './context.ts';
import {followRun, type FollowOptions} from './follow-run.ts';
import type {HostConnection} from './host-client.ts';

export type MeasuredCampaign = ApiOutputs['campaign']['outcome'] & {
  /** Why it ended early; null when all was measured. */
  readonly endedEarly: BenchError | null;
};

/** Measures a campaign that `start` begins on the open bench. Throws what ended it before anything was measured. */
export async function measureCampaign(
  connection: HostConnection,
  context: CliContext,
  start: () => Promise<{readonly id: string}>,
  options: FollowOptions = {},
): Promise<MeasuredCampaign> {
  let id = '';
  const endedEarly = await followRun(
    connection,
    context,
    async () => {
      const started = await start();
      ({id} = started);
      return started;
    },
    options,
  );
  try {
    return {...(await connection.client.campaign.outcome({id})), endedEarly};
  } catch (error) {
    throw endedEarly !== null && hasCode(error, 'store/not-found') ? endedEarly : error;
  }
}
