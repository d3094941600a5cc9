import type {RunSummary} from '../contract/api/index.ts';
import {BenchError} from '../contract/errors.ts';
import type {BenchClient} from './host-client.ts';

/**
 * The run of a session that a person names by its number, its uid or the beginning of that. Throws `store/not-found`
 * where none or more than one fits.
 */
export async function runOfSession(
  client: BenchClient,
  sessionUid: string,
  name: string,
): Promise<RunSummary> {
  const {runs} = await client.sessions.get({uid: sessionUid});
  const byNumber = runs.filter(({scanId}) => String(scanId) === name);
  const found = byNumber.length > 0 ? byNumber : runs.filter(({uid}) => uid.startsWith(name));
  if (found.length === 1) return found[0];
  throw new BenchError(
    'store/not-found',
    `${found.length === 0 ? `The session has no run ${name}` : `${found.length} runs of the session begin with ${name}`}. ` +
      'Nothing was changed; d2nn-bench sessions show lists its runs.',
  );
}

/** Any run that a person names by its number, its uid or the beginning of that. Throws `store/not-found` as above. */
export async function anyRun(client: BenchClient, name: string): Promise<RunSummary> {
  const isNumber = /^\d{1,9}$/.test(name);
  const byNumber = isNumber
    ? (await client.runs.search({limit: 10_000})).find(({scanId}) => String(scanId) === name)
    : undefined;
  return byNumber ?? client.runs.find({start: name});
}
