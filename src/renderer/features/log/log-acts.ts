import type {PageAct} from '../../actions/page-acts.ts';

/** What the palette offers of this page everywhere. */
export const logActs: readonly PageAct[] = [
  {id: 'log.events', title: 'Show what happened', then: 'do'},
  {id: 'log.audit', title: 'Show who did what', then: 'do'},
  {id: 'log.stop', title: 'Show how STOP works', then: 'do'},
  {id: 'log.about', title: 'Show versions, licence and data folder', then: 'do'},
];
