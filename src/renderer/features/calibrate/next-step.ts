import type {AsBuiltEntry, ReadOutEntry} from '../../../contract/api/index.ts';
import type {CalibrateOffers} from '../../../contract/calibrate-offers.ts';
import type {ReprintEntry} from './DonePanel.tsx';

/** What is known of a network that is not as designed, and what was done about it. */
export interface CalibrateState {
  readonly alignmentCount: number;
  readonly chosen: AsBuiltEntry | null;
  /** Of the chosen record. */
  readonly offers: CalibrateOffers | null;
  readonly readOuts: readonly ReadOutEntry[];
  readonly reprints: readonly ReprintEntry[];
}

const ways = {
  'read-out': 'calibrate the read-out',
  move: 'move the plates',
  reprint: 'print one plate again',
} as const;

/** What to do next, in a sentence or two. */
export function nextStepText({alignmentCount, chosen, offers, readOuts, reprints}: CalibrateState): string {
  if (chosen === null)
    return alignmentCount === 0
      ? 'Measure a campaign and align its planes: an alignment says where every plate stands.'
      : 'Record how the network was built, from an alignment and its planes.';
  const reprint = reprints.find(({lineage}) => lineage.asBuiltUid === chosen.uid);
  if (reprint?.lineage.inPlace)
    return `Plate ${reprint.lineage.plate} of “${reprint.designName}” stands in the bench as it was learnt: measure a campaign with the new design, which says what was gained.`;
  if (reprint)
    return `Print plate ${reprint.lineage.plate} of “${reprint.designName}”, put it where the old one stands, and measure a campaign with the new design: it says what was gained.`;
  if (offers === null) return 'Foretell what each way of making it work again gains.';
  const best = bestOf(offers);
  if (best === undefined)
    return 'No way is foretold to read more objects right. Accept the network as it is, or print it anew.';
  const active = readOuts.some(({status}) => status === 'current');
  const done = active && best.kind === 'read-out' ? ' That is done: measure a campaign with it.' : '';
  return `Foretold to gain most: ${ways[best.kind]}, ${offers.before.successes} to ${best.after?.successes} of ${offers.before.count} drawn objects right.${done}`;
}

const bestOf = ({offers, before}: CalibrateOffers) =>
  offers
    .filter(({after}) => after !== null && after.successes > before.successes)
    .sort((a, b) => (b.after?.successes ?? 0) - (a.after?.successes ?? 0))
    .at(0);
