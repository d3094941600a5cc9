import type {Store} from './store/open-store.ts';
import type {StoredSession} from './store/sessions.ts';

/** The session whose uid begins with `start`; throws what `findUid` and `getSession` throw. */
export const findSession = (store: Store, start: string): StoredSession =>
  store.getSession(store.findUid('session', start));
