import {fixedText} from '../../base/number-format.ts';
import type {GuardReport} from '../../contract/stored/guard-records.ts';

/** What a guard did, for a person: one sentence on why, then one for each instrument. */
export function guardReportText({
  utc,
  host,
  cause,
  silentS,
  isHostEnded,
  run,
  instruments,
}: GuardReport): string {
  const when = `${utc.slice(0, 19).replace('T', ' ')} UTC`;
  const why =
    cause === 'died'
      ? `The program (process ${host.pid}) died at about ${when}`
      : `The program (process ${host.pid}) had not answered for ${fixedText(silentS, 0)} s at ${when} and was ended by its guard process` +
        (isHostEnded ? '' : ', which did not succeed, so that its ports could not be taken over');
  const what = run ? ` while ${run.title} was under way` : '';
  return `${why}${what}. ${instruments.map(({text}) => text).join(' ')}`;
}

/** Whether everything that could do harm was proven safe. */
export const isProvenSafe = ({instruments}: GuardReport): boolean =>
  instruments.every(({outcome}) => outcome === 'safe');
