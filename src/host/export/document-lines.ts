import {BenchError} from '../../contract/errors.ts';
import type {Store} from '../store/open-store.ts';

/** More text than this does not fit into one file, nor into most programs that would read it. */
const maximumCharacterCount = 200_000_000;
/** More than this is not handed to the host's thread as one text; as a file it is handed over without being copied. */
export const longestAnswer = 50_000_000;

/**
 * All documents of runs, one JSON line each `[name, document]`, as the Bluesky event model has them. Throws
 * `plan/invalid` when they are more than `longest` characters.
 */
export function documentLines(
  store: Store,
  runUids: readonly string[],
  longest = maximumCharacterCount,
): string {
  const lines: string[] = [];
  let count = 0;
  for (const runUid of runUids)
    for (const document of store.documents(runUid)) {
      const line = JSON.stringify(document);
      count += line.length + 1;
      if (count > longest)
        throw new BenchError(
          'plan/invalid',
          `These documents are more than ${longest / 1e6} MB of text, which does not go into one ${longest === longestAnswer ? 'answer. Nothing was changed; export the run as a file' : 'file. Nothing was changed; export single runs'}, or the points as CSV.`,
        );
      lines.push(line);
    }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
