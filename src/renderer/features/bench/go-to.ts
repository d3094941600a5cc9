import {useState} from 'react';
import {useQuery} from '@tanstack/react-query';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {client, problemFrom, queries, useStatus} from '../../connection/index.ts';
import {attempt, useDebounced, useRefusal} from '../../parts/index.ts';

export type AxisName = 'x' | 'y' | 'z';
export type TargetMm = Readonly<Partial<Record<AxisName, number>>>;

export interface GoTo {
  readonly axes: readonly AxisName[];
  /** What was typed or picked. An axis that is missing stays where it is; with not-a-number nothing moves. */
  readonly targetMm: TargetMm;
  /** Undefined: the axis stays where it is. */
  readonly setAxis: (axis: AxisName, mm: number | undefined) => void;
  /** Counts up with every pick on the map, so that the button can be given the focus. */
  readonly pickCount: number;
  readonly pick: (target: TargetMm) => void;
  readonly clear: () => void;
  readonly preview: ApiOutputs['stage']['preview'] | null;
  /** Why it cannot be gone to now; undefined when it can. */
  readonly refusal: string | undefined;
  readonly isMoving: boolean;
  readonly go: () => void;
}

/** A move that is looked at before it is made: typed in fields or picked on the map, one and the same. */
export function useGoTo(): GoTo {
  const axes = useStatus((status) => status?.stage?.axes) ?? [];
  const isMoving = useStatus((status) => status?.stage?.isMoving ?? false);
  const isRunning = useStatus((status) => {
    const state = status?.run?.state ?? 'ended';
    return state !== 'ended' && state !== 'paused';
  });
  const [targetMm, setTargetMm] = useState<TargetMm>({});
  const [pickCount, setPickCount] = useState(0);
  const mayNot = useRefusal('operate');
  const asked = useDebounced(targetMm, 120);
  const isAsked = Object.keys(asked).length > 0 && Object.values(asked).every(Number.isFinite);
  const unread = axes.find((axis) => Number.isNaN(targetMm[axis]));
  const answer = useQuery({
    ...queries.stage.preview.queryOptions({input: {targetMm: asked}}),
    // From where the stage stands now: an answer of a minute ago is of no use.
    queryKey: [...queries.stage.preview.queryKey({input: {targetMm: asked}}), isMoving],
    enabled: isAsked && !isMoving,
    staleTime: 0,
  });
  const isCurrent = asked === targetMm;
  const preview = isAsked && isCurrent ? (answer.data ?? null) : null;
  const clear = (): void => setTargetMm({});
  const refusal =
    mayNot ??
    (isMoving ? 'The stage is moving.' : undefined) ??
    (isRunning ? 'A run is using the stage. Pause or stop it first.' : undefined) ??
    (unread === undefined ? undefined : `${unread} cannot be taken as it stands: correct it first.`) ??
    (isAsked ? undefined : 'Type where to go, or click on the map.') ??
    (answer.isError ? problemFrom(answer.error).message : undefined) ??
    (preview === null ? 'The way is being worked out.' : undefined) ??
    (preview?.isAllowed === false ? preview.refusal : undefined);
  return {
    axes,
    targetMm,
    setAxis: (axis, mm) => setTargetMm((now) => withAxis(now, axis, mm)),
    pickCount,
    pick: (target) => {
      setTargetMm(target);
      setPickCount((count) => count + 1);
    },
    clear,
    preview,
    refusal,
    isMoving,
    go: () => {
      if (refusal !== undefined) return;
      void attempt(() => client.stage.moveTo({targetMm: asked})).then((hasArrived) => {
        if (hasArrived) setTargetMm((now) => (now === asked ? {} : now));
      });
    },
  };
}

function withAxis(target: TargetMm, axis: AxisName, mm: number | undefined): TargetMm {
  if (mm !== undefined) return {...target, [axis]: mm};
  const others = {...target};
  delete others[axis];
  return others;
}
