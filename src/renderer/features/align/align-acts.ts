import type {PageAct} from '../../actions/page-acts.ts';

/** What the palette offers of this page everywhere. */
export const alignActs: readonly PageAct[] = [
  {id: 'align.start', title: 'Start the alignment', then: 'focus'},
  {id: 'align.guided', title: 'Guided alignment, step by step', then: 'do'},
  {id: 'align.new', title: 'Prepare another alignment', then: 'do'},
];
