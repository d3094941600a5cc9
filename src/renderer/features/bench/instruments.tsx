import type {ReactElement} from 'react';
import {useQuery} from '@tanstack/react-query';
import type {Instrument} from '../../../contract/api/index.ts';
import {problemFrom, queries, useStatus} from '../../connection/index.ts';
import {Loading, ProblemBox} from '../../parts/index.ts';

/** Instruments of the open bench with their declarations; `problem` is what to draw while there are none. */
export function useInstruments(): {
  readonly instruments: readonly Instrument[];
  readonly problem: ReactElement | null;
} {
  // Connecting another instrument changes what is declared.
  const identities = useStatus((status) =>
    (status?.instruments ?? []).map(({role, identity}) => `${role} ${identity}`).join('\n'),
  );
  const list = useQuery({
    ...queries.instruments.list.queryOptions(),
    queryKey: [...queries.instruments.list.queryKey(), identities],
    placeholderData: (before) => before,
  });
  if (list.data) return {instruments: list.data, problem: null};
  return {
    instruments: [],
    problem: list.isError ? (
      <ProblemBox
        problem={problemFrom(list.error)}
        action={{label: 'Try again', onPress: () => void list.refetch()}}
      />
    ) : (
      <Loading what="the instruments" />
    ),
  };
}
