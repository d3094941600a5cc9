import {fixedText, typographic} from '../../../base/number-format.ts';
import {useState} from 'react';
import {useQuery} from '@tanstack/react-query';
import type {MountStatus} from '../../../contract/api/index.ts';
import type {PlateAxis, PlateOffset} from '../../../contract/devices.ts';
import {plateAxisNames} from '../../../contract/plate-labels.ts';
import {client, problemFrom, queries, useStatus} from '../../connection/index.ts';
import {attempt, useDebounced, useRefusal} from '../../parts/index.ts';

export type MountedPlate = MountStatus['plates'][number];

/** A move of a plate that is looked at before it is made. */
export interface MountForm {
  readonly target: PlateOffset;
  /** Undefined: the axis stays where it is. Not-a-number: nothing moves. */
  readonly setAxis: (axis: PlateAxis, value: number | undefined) => void;
  readonly clear: () => void;
  /** Real time of the move, s; null while it is not known. */
  readonly seconds: number | null;
  /** Why it cannot be made now; undefined when it can. */
  readonly refusal: string | undefined;
  readonly go: () => void;
}

/** `plate` is the one that is to be moved; what was typed for another is forgotten. */
export function useMountForm({plate, axes, isMoving, problem}: MountedPlate): MountForm {
  const [draft, setDraft] = useState<{readonly plate: number; readonly target: PlateOffset}>({
    plate,
    target: {},
  });
  const target = draft.plate === plate ? draft.target : noTarget;
  const isRunning = useStatus((status) => {
    const state = status?.run?.state ?? 'ended';
    return state !== 'ended';
  });
  const mayNot = useRefusal('operate');
  const asked = useDebounced(target, 120);
  const isAsked = Object.keys(asked).length > 0 && Object.values(asked).every(Number.isFinite);
  const unread = axes.find(({name}) => Number.isNaN(target[name]))?.name;
  const answer = useQuery({
    ...queries.mount.preview.queryOptions({input: {plate, target: asked}}),
    // From where the plate stands now: an answer of a minute ago is of no use.
    queryKey: [...queries.mount.preview.queryKey({input: {plate, target: asked}}), isMoving],
    enabled: isAsked && !isMoving && !isRunning,
    staleTime: 0,
  });
  const preview = isAsked && asked === target ? (answer.data ?? null) : null;
  const refusal =
    mayNot ??
    (isMoving ? `Plate ${plate} is moving.` : undefined) ??
    (isRunning ? 'A run is under way. Plates stay where they are until it has ended.' : undefined) ??
    (problem === '' ? undefined : problem) ??
    (unread === undefined
      ? undefined
      : `${plateAxisNames[unread]} cannot be taken as it stands: correct it first.`) ??
    (isAsked ? undefined : 'Type where the plate is to go; an empty field stays as it is.') ??
    (answer.isError ? problemFrom(answer.error).message : undefined) ??
    (preview === null ? 'The move is being worked out.' : undefined) ??
    (preview?.isAllowed === false ? preview.refusal : undefined);
  const clear = (): void => setDraft({plate, target: {}});
  return {
    target,
    setAxis: (axis, value) => setDraft({plate, target: withAxis(target, axis, value)}),
    clear,
    seconds: preview?.isAllowed ? preview.seconds : null,
    refusal,
    go: () => {
      if (refusal !== undefined) return;
      void attempt(() => client.mount.moveTo({plate, target: asked})).then((hasArrived) => {
        if (hasArrived) clear();
      });
    },
  };
}

/** One object for all, so that nothing looks changed from one drawing to the next. */
const noTarget: PlateOffset = {};

function withAxis(target: PlateOffset, axis: PlateAxis, value: number | undefined): PlateOffset {
  if (value !== undefined) return {...target, [axis]: value};
  const others = {...target};
  delete others[axis];
  return others;
}

/** Where an axis stands, with its sign; a dash where that is not known. */
export const offsetLabel = (offset: number | null): string =>
  offset === null ? '–' : typographic(fixedText(offset, 4));
