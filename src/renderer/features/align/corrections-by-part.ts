import type {AlignCorrection} from '../../../contract/api/index.ts';

/** Corrections of each part together, what has to be done first. */
export function byPart(items: readonly AlignCorrection[]): readonly {
  readonly part: string;
  readonly needed: readonly AlignCorrection[];
  readonly others: readonly AlignCorrection[];
}[] {
  const parts = [...new Set(items.map(({part}) => part))];
  return parts.map((part) => {
    const own = items.filter((item) => item.part === part);
    return {
      part,
      needed: own.filter(({isNeeded}) => isNeeded),
      others: own.filter(({isNeeded}) => !isNeeded),
    };
  });
}
