import {useEffect, useState} from 'react';
import type {Computation, TrainingEntry, TrainingPlanes} from '../../../contract/api/index.ts';
import type {TrainingCurvePoint} from '../../../contract/training.ts';
import {client, follow, type Problem} from '../../connection/index.ts';
import {useComputations} from '../../run-data/index.ts';

/** The training under way or the last one of this host; null before the first. */
export function useTrainingJob(): {readonly job: Computation | null; readonly problem: Problem | null} {
  const {computations, problem} = useComputations();
  return {job: computations.find(({kind}) => kind === 'train') ?? null, problem};
}

/** What a training has told so far. */
export interface ToldTraining {
  readonly folder: string;
  readonly reports: readonly Extract<TrainingEntry, {kind: 'report'}>[];
  readonly curve: readonly TrainingCurvePoint[];
  readonly planes: TrainingPlanes | null;
  /** Where it is computed, in words; '' while nothing was said. */
  readonly place: string;
}

const nothing: ToldTraining = {folder: '', reports: [], curve: [], planes: null, place: ''};
const keptReports = 5000;

/** Follows a training by its id; its component has the id as its key. */
export function useToldTraining(id: string): ToldTraining {
  const [told, setTold] = useState<ToldTraining>(nothing);
  useEffect(() => {
    const ending = new AbortController();
    follow({
      signal: ending.signal,
      restMs: 250,
      ask: (question, call) => client.twin.training({...question, id}, call),
      onAnswer: ({entries, planes, folder}) =>
        setTold((before) => ({
          folder,
          planes: planes ?? before.planes,
          place: entries.findLast((entry) => entry.kind === 'place')?.text ?? before.place,
          reports: [...before.reports, ...entries.filter((entry) => entry.kind === 'report')].slice(
            -keptReports,
          ),
          curve: [
            ...before.curve,
            ...entries.flatMap((entry) => (entry.kind === 'epoch' ? [entry.point] : [])),
          ],
        })),
      onNewHost: () => setTold(nothing),
    }).catch(() => undefined); // a training of an earlier host has no feed any more; its job says how it ended
    return () => ending.abort();
  }, [id]);
  return told;
}
