import type {CampaignItem} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import type {CliContext} from '../context.ts';
import {openHostClient} from '../host-client.ts';
import {writeCampaignSummary} from '../output/index.ts';

/** Options of `campaign exclude` and `campaign include`. */
export interface ExcludeOptions {
  readonly digit?: string;
  readonly position?: number;
  readonly reason?: string;
}

/** Leaves a digit out of the evaluation of a campaign, or lets it count again; prints what the campaign says then. */
export async function excludeDigit(
  start: string,
  isExcluded: boolean,
  options: ExcludeOptions,
  context: CliContext,
): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'write'});
  const {client} = connection;
  const {uid: sessionUid} = await client.sessions.find({start});
  const {items} = await client.campaign.state({sessionUid});
  const {index} = digitOf(items, options);
  await client.campaign.exclude({sessionUid, index, isExcluded, reason: options.reason ?? ''});
  const {items: digits, result} = await client.campaign.state({sessionUid});
  if (result) writeCampaignSummary(output, result);
  output.result({
    session: sessionUid,
    digits: digits.map(({label, sample, runUid, isExcluded: isOut, excludedBecause}) => ({
      label,
      sample,
      run: runUid,
      isExcluded: isOut,
      excludedBecause,
    })),
  });
}

/** Throws `cli/usage` where no digit is named or more than one fits. */
function digitOf(items: readonly CampaignItem[], {digit, position}: ExcludeOptions): CampaignItem {
  const found = items.filter(({label}, i) => (position === undefined ? label === digit : i === position - 1));
  if (found.length === 1) return found[0];
  const listed = items.map(({label}, i) => `${i + 1}: ${label}`).join(', ');
  const what =
    digit === undefined && position === undefined
      ? 'Name the digit by --digit or --position'
      : found.length === 0
        ? 'The campaign has no such digit'
        : `The campaign has ${found.length} digits of class ${digit}; name one by --position`;
  throw new BenchError('cli/usage', `${what} (${listed}). Nothing was changed.`);
}
