import type {ApiInputs} from '../../contract/api/index.ts';
import type {ComputationHooks} from '../jobs/computation-jobs.ts';
import type {StudyNews} from '../twin/study-news.ts';
import {namedPath} from './named-paths.ts';
import type {ApiContext} from './procedures.ts';

/** Path of the bench file of a call; undefined for the default scene of the virtual bench. */
export const benchPathOf = (
  bench: ApiInputs['twin']['measure']['bench'],
  subject: string,
  context: ApiContext,
): string | undefined =>
  bench === undefined || bench.kind === 'virtual'
    ? undefined
    : namedPath(bench.path, {within: [], subject}, context);

/** Passes what a study tells on to those who follow computations. */
export const newsTo =
  ({onNote, onProgress}: ComputationHooks) =>
  (news: StudyNews): void =>
    news.kind === 'note'
      ? onNote(news.text)
      : onProgress(
          {done: Math.round((1000 * news.done) / news.total) / 10, total: 100, unit: '%'},
          news.text,
        );
