import type {RepeatedQuestion} from '../../contract/devices.ts';

/** What was wrong with an answer that was not taken, before the question. */
const doubtWords: Readonly<Record<RepeatedQuestion['why'], string>> = {
  silent: 'did not answer',
  damaged: 'answered with a damaged line to',
  contradictory: 'answered with numbers that contradict each other to',
  late: 'answered an earlier question instead of',
};

/** The note of a run about the first question that was asked again; `point`: where, with a blank before it. */
export const repeatText = (role: string, {asked, why}: RepeatedQuestion, point: string): string =>
  `${role} ${doubtWords[why]} "${asked}"${point}; it was asked again. Further ones are counted in the record of the run.`;
