import type {PageAct} from '../../actions/page-acts.ts';

/** What the palette offers of this page everywhere. */
export const sessionsActs: readonly PageAct[] = [
  {id: 'sessions.search', title: 'Search the sessions', then: 'do'},
  {id: 'sessions.list', title: 'Show the list of sessions', then: 'do'},
  {id: 'sessions.ledger', title: 'Show the calibration ledger', then: 'do'},
  {id: 'sessions.data', title: 'Show where the data is, and its backups', then: 'do'},
];
