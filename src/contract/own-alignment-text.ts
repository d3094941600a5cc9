import {utcMinuteText} from '../base/utc-text.ts';
import type {OwnAlignment} from './campaign-result.ts';

/** What a campaign's own alignment is of and whether it is used, in sentences. */
export function ownAlignmentText({
  verdict,
  reasons,
  runUids,
  operator,
  timeS,
  isRevoked,
}: OwnAlignment): string {
  const who = operator === '' ? '' : `, measured by ${operator}`;
  const made = `The campaign aligned by itself with ${runUids.length} of its planes at ${utcMinuteText(timeS)}${who}`;
  if (isRevoked) return `${made}; this was revoked, so it is not used.`;
  if (verdict === 'trusted')
    return `${made}. It is trusted and used for the predictions as aligned of this campaign alone; nobody has accepted it for others.`;
  const why = reasons.length > 0 ? ` ${reasons.join(' ')}` : '';
  return verdict === 'doubtful'
    ? `${made}. It is doubtful, so it is not used:${why} Look at it on the page Align.`
    : `${made}. It failed, so there is nothing to use:${why}`;
}
