import type {PageAct} from '../../actions/page-acts.ts';

/** What the palette offers of this page everywhere. */
export const scanActs: readonly PageAct[] = [{id: 'scan.start', title: 'Start the scan', then: 'focus'}];
