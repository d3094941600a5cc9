import type {AlignSource} from '../../../contract/api/index.ts';

/** Why an alignment cannot be started with what is chosen, in words; undefined when it can. */
export function canStart(of: {
  readonly source: Pick<AlignSource, 'isUsable' | 'problem'> | null;
  readonly planeCount: number;
  readonly isLoading: boolean;
}): string | undefined {
  if (of.isLoading || !of.source) return 'The planes of the session are being asked for ...';
  if (!of.source.isUsable) return of.source.problem || 'The planes of this session cannot be used.';
  if (of.planeCount === 0) return 'Choose at least one plane.';
  return undefined;
}
