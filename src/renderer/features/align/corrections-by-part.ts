import type {AlignCorrection} from '../../../contract/api/index.ts';
import {plainSentence} from './align-labels.ts';

/** What has to be done to one part, and what was found that may stay. */
export interface PartCorrections {
  readonly part: string;
  /** One line: `Move by 0.31 ± 0.02 mm up, towards +y; turn by 0.4 ± 0.1 degrees clockwise`, or that nothing is. */
  readonly text: string;
  readonly isNeeded: boolean;
  /** Displacements that may stay, each with why. */
  readonly others: readonly string[];
}

/** The host's sentence without the part that the line already names. */
const withoutPart = ({text, part}: AlignCorrection): string => text.replace(` ${part}`, '');
const withCost = (item: AlignCorrection): string =>
  item.cost ? `${withoutPart(item)} (${item.cost.text})` : withoutPart(item);

/** A line for each part, in the order of the host. */
export function correctionLines(items: readonly AlignCorrection[]): readonly PartCorrections[] {
  const parts = [...new Set(items.map(({part}) => part))];
  return parts.map((part) => {
    const own = items.filter((item) => item.part === part);
    const needed = own.filter(({isNeeded}) => isNeeded);
    return {
      part: plainSentence(part),
      text: needed.length === 0 ? 'Nothing to do.' : `${plainSentence(needed.map(withCost).join('; '))}.`,
      isNeeded: needed.length > 0,
      others: own
        .filter(({isNeeded}) => !isNeeded)
        .map((item) => `${plainSentence(withoutPart(item))}${item.reason === '' ? '' : `: ${item.reason}`}.`),
    };
  });
}
