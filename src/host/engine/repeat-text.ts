import type {RepeatedQuestion} from '../../contract/devices.ts';
import type {RunDocuments} from './run-documents.ts';

/** What was wrong with an answer that was not taken, before the question. */
const doubtLabels: Readonly<Record<RepeatedQuestion['why'], string>> = {
  silent: 'did not answer',
  damaged: 'answered with a damaged line to',
  contradictory: 'answered with numbers that contradict each other to',
  late: 'answered an earlier question instead of',
};

/** The note of a run about the first question that was asked again. */
export function repeatText(
  role: string,
  {asked, why}: RepeatedQuestion,
  {runUid, pointCount}: Pick<RunDocuments, 'runUid' | 'pointCount'>,
): string {
  const point = runUid === undefined ? '' : ` at point ${pointCount + 1}`;
  return `${role} ${doubtLabels[why]} "${asked}"${point}; it was asked again. Further ones are counted in the record of the run.`;
}
