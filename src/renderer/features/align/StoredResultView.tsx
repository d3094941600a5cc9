import {useQuery} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import {useLocation} from 'wouter';
import {problemFrom, queries} from '../../connection/index.ts';
import {Button, Loading, EmptyState, ProblemBox} from '../../parts/index.ts';
import {ResultView} from './ResultView.tsx';
import {useAlignResults} from './use-align-results.ts';

/** A stored result, or what stands in its way. */
export function StoredResultView(props: {
  readonly uid: string;
  readonly onPrepare: (sessionUid: string | null) => void;
}): ReactElement {
  const {uid, onPrepare} = props;
  const [, navigate] = useLocation();
  const found = useQuery({
    ...queries.align.result.queryOptions({input: {uid}}),
    staleTime: Infinity,
  });
  // Its status changes by itself and from other windows; the list is asked for again and again.
  const results = useAlignResults(found.data?.summary.sessionUid ?? null);
  if (found.error)
    return (
      <EmptyState title="This alignment cannot be shown">
        <ProblemBox
          problem={problemFrom(found.error)}
          action={{label: 'Try again', onPress: () => void found.refetch()}}
        />
        <Button onPress={() => onPrepare(null)}>Prepare one</Button>
      </EmptyState>
    );
  if (!found.data) return <Loading what="the alignment and its planes" />;
  const summary = results.data?.alignments.find((one) => one.uid === uid) ?? found.data.summary;
  return (
    <ResultView
      detail={found.data}
      summary={summary}
      others={results.data?.alignments ?? []}
      onPrepare={() => onPrepare(summary.sessionUid)}
      onOpen={(other) => navigate(`/align?result=${other}`)}
    />
  );
}
