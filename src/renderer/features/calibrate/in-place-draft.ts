import {skipToken, useQuery} from '@tanstack/react-query';
import {useMemo, useState} from 'react';
import type {AsBuiltEntry} from '../../../contract/api/index.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {useDebounced} from '../../parts/index.ts';
import type {ReprintEntry} from './DonePanel.tsx';

/** Numbers that say how a plate is learnt. */
export interface InPlaceNumbers {
  readonly steps: number;
  readonly batchSize: number;
  readonly judgedCount: number;
  readonly pointsPerSide: number;
}

/** A design that a learning may begin with. */
interface StartDesign {
  readonly folder: string;
  readonly name: string;
}

/** A learning that is being prepared, and what the host says that it would take. */
export function useInPlaceDraft(chosen: AsBuiltEntry | null, reprints: readonly ReprintEntry[]) {
  const [numbers, setNumbers] = useState<InPlaceNumbers>({
    steps: 60,
    batchSize: 8,
    judgedCount: 50,
    pointsPerSide: 8,
  });
  const [wantedPlate, setPlate] = useState<number | null>(null);
  const [wantedStart, setStart] = useState<string | null>(null);
  const asBuiltUid = chosen?.uid;
  const asked = useMemo(() => {
    const {pointsPerSide, ...settings} = numbers;
    return asBuiltUid === undefined
      ? null
      : {asBuiltUid, pointsPerSide, settings: {...settings, plate: wantedPlate}};
  }, [asBuiltUid, numbers, wantedPlate]);
  const walked = useQuery({
    ...queries.calibrate.inPlaceDryRun.queryOptions({input: useDebounced(asked, 300) ?? skipToken}),
    retry: false,
    // A bench is opened and closed beside this page.
    refetchInterval: 10_000,
  });
  const starts = startsOf(chosen, reprints, walked.data?.plate);
  return {
    numbers,
    change: (changes: Partial<InPlaceNumbers>) => setNumbers((before) => ({...before, ...changes})),
    setPlate,
    /** Designs to begin with, and the one that is chosen; null is the plate that stands there. */
    starts,
    start: starts.find(({folder}) => folder === wantedStart) ?? null,
    setStart,
    asked,
    cost: walked.data,
    problem: walked.error && problemFrom(walked.error),
  };
}

export type InPlaceDraft = ReturnType<typeof useInPlaceDraft>;

/** Designs of the same network and bench whose plate was designed again: what the twin knows is learnt already. */
const startsOf = (
  chosen: AsBuiltEntry | null,
  reprints: readonly ReprintEntry[],
  plate: number | undefined,
): readonly StartDesign[] =>
  reprints
    .filter(({lineage}) => lineage.asBuiltUid === chosen?.uid && lineage.plate === plate)
    .map(({folder, designName}) => ({folder, name: designName}));
