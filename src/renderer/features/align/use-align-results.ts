import {useQuery, useQueryClient} from '@tanstack/react-query';
import type {AlignSummary} from '../../../contract/api/index.ts';
import {client, queries, useConnection} from '../../connection/index.ts';
import {attempt} from '../../parts/index.ts';

/** Alignments that were made, newest first, of one session or of all; asked for anew as their status changes. */
export function useAlignResults(sessionUid: string | null) {
  const isConnected = useConnection(({phase}) => phase === 'open');
  return useQuery({
    ...queries.align.results.queryOptions({input: sessionUid === null ? {} : {sessionUid}}),
    enabled: isConnected,
    // They expire by themselves, and another window may accept one.
    refetchInterval: 15_000,
  });
}

/** Accepting and taking back. Resolves with whether it was done; a refusal is shown. */
export function usePlacementActs(summary: AlignSummary): {
  readonly accept: (validForH: number) => Promise<boolean>;
  readonly undo: () => Promise<boolean>;
} {
  const queryClient = useQueryClient();
  const {uid} = summary;
  const change = async (work: () => Promise<unknown>, doneText: string): Promise<boolean> => {
    const isDone = await attempt(work, doneText);
    await Promise.all([
      queryClient.invalidateQueries({queryKey: queries.align.results.key()}),
      queryClient.invalidateQueries({queryKey: queries.align.result.key({input: {uid}})}),
      // What is predicted as aligned is another thing now.
      queryClient.invalidateQueries({queryKey: queries.compare.planes.key()}),
      queryClient.invalidateQueries({queryKey: queries.sessions.get.key()}),
    ]);
    return isDone;
  };
  return {
    accept: (validForH) =>
      change(
        () => client.align.accept({uid, validForH}),
        'The placement is active: as-aligned predictions use it from now on.',
      ),
    undo: () =>
      change(() => client.align.undo({uid}), 'The placement was revoked: predictions no longer use it.'),
  };
}
