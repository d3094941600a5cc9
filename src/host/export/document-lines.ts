import {BenchError} from '../../contract/errors.ts';
import type {Store} from '../store/open-store.ts';

/** More text than this does not fit into one answer, nor into most programs that would read it. */
const maximumCharacterCount = 200_000_000;

/** All documents of runs, one JSON line each `[name, document]`, as the Bluesky event model has them. */
export function documentLines(store: Store, runUids: readonly string[]): string {
  const lines: string[] = [];
  let count = 0;
  for (const runUid of runUids)
    for (const document of store.documents(runUid)) {
      const line = JSON.stringify(document);
      count += line.length + 1;
      if (count > maximumCharacterCount)
        throw new BenchError(
          'plan/invalid',
          'These documents are more than 200 MB of text, which does not go into one answer. Nothing was changed; export single runs, or their points as CSV.',
        );
      lines.push(line);
    }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
