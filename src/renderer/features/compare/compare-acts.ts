import type {PageAct} from '../../actions/page-acts.ts';

/** What the palette offers of this page everywhere. */
export const compareActs: readonly PageAct[] = [
  {id: 'compare.chooseA', title: 'Choose A', then: 'do'},
  {id: 'compare.chooseB', title: 'Choose B', then: 'do'},
];
