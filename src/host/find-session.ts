import {BenchError} from '../contract/errors.ts';
import type {Store} from './store/open-store.ts';
import type {StoredSession} from './store/sessions.ts';

/** The session whose uid begins with `start`; throws `store/not-found` when there is none or more than one, and what `getSession` throws. */
export function findSession(store: Store, start: string): StoredSession {
  const found = store.listSessions(100_000).filter(({uid}) => uid.startsWith(start));
  if (found.length === 1) return store.getSession(found[0].uid);
  throw new BenchError(
    'store/not-found',
    `${found.length === 0 ? `There is no session ${start}` : `${found.length} sessions begin with ${start}`} in ${store.path}. ` +
      'Nothing was moved; d2nn-bench sessions list shows what there is.',
  );
}
