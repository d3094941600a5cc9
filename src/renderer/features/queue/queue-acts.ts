import type {PageAct} from '../../actions/page-acts.ts';

/** What the palette offers of this page everywhere. */
export const queueActs: readonly PageAct[] = [
  {id: 'queue.pause', title: 'Begin nothing more of the queue', then: 'focus'},
];
