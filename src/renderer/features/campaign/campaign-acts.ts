import type {PageAct} from '../../actions/page-acts.ts';

/** What the palette offers of this page everywhere. */
export const campaignActs: readonly PageAct[] = [
  {id: 'campaign.start', title: 'Start the campaign', then: 'focus'},
  {id: 'campaign.report', title: 'Open the report of the campaign', then: 'do'},
];
