import type {CompareSide} from '../../../contract/api/index.ts';

/** What the address says: two sides, each chosen or still open. */
export interface CompareQuestion {
  readonly a: CompareSide | null;
  readonly b: CompareSide | null;
}

/** A side as it stands in the address: `run:UID` or `prediction:UID:nominal`. */
export const sideText = (side: CompareSide): string =>
  side.kind === 'run' ? `run:${side.runUid}` : `prediction:${side.runUid}:${side.placement}`;

/** The side that a part of an address names; null for none and for what cannot be read. */
export function sideFrom(text: string | null): CompareSide | null {
  const match = /^(?:run:([\w-]+)|prediction:([\w-]+):(nominal|registered|aligned))$/.exec(text ?? '');
  if (!match) return null;
  const [, measuredUid, predictedUid, placement] = match;
  if (measuredUid !== undefined) return {kind: 'run', runUid: measuredUid};
  if (predictedUid === undefined) return null;
  return {
    kind: 'prediction',
    runUid: predictedUid,
    placement: placement === 'registered' || placement === 'aligned' ? placement : 'nominal',
  };
}

/** Reads the question behind the `?` of the address. */
export function questionFrom(search: string): CompareQuestion {
  const fields = new URLSearchParams(search);
  return {a: sideFrom(fields.get('a')), b: sideFrom(fields.get('b'))};
}

/** The page's address with its question, so that a view can be given to somebody: `/compare?a=run:UID`. */
export function addressFrom({a, b}: CompareQuestion): string {
  const fields = [a ? `a=${sideText(a)}` : '', b ? `b=${sideText(b)}` : ''].filter((field) => field !== '');
  return fields.length === 0 ? '/compare' : `/compare?${fields.join('&')}`;
}

/**
 * The question with another run: a side that showed the same run as the one replaced, as run or as prediction, follows,
 * so that stepping through a session keeps what is compared with what.
 */
export function withRun(question: CompareQuestion, runUid: string): CompareQuestion {
  const from = question.a?.runUid ?? question.b?.runUid;
  const follow = (side: CompareSide | null): CompareSide | null =>
    side && side.runUid === from ? {...side, runUid} : side;
  return {a: follow(question.a) ?? {kind: 'run', runUid}, b: follow(question.b)};
}
