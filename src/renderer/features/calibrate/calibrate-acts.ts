import type {PageAct} from '../../actions/page-acts.ts';

/** What the palette offers of this page everywhere. */
export const calibrateActs: readonly PageAct[] = [
  {id: 'calibrate.record', title: 'Record how a network was built', then: 'focus'},
  {id: 'calibrate.offers', title: 'Foretell what each way of calibrating gains', then: 'focus'},
  {id: 'calibrate.inPlace', title: 'Learn a plate on the bench itself', then: 'focus'},
];
