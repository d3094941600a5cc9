import {type ReactElement, useEffect, useMemo, useState} from 'react';
import {statusStore, useStatus} from '../../connection/index.ts';
import {useStagePosition} from '../../run-data/index.ts';
import {LiveTrack, type Overlay, type PointMm, type RectMm, StageMap} from '../../viewer/index.ts';
import type {GoTo} from './go-to.ts';

/** Shown while the stage tells no limits of an axis, mm. */
const unknownMm: readonly [number, number] = [-50, 50];
const trailCapacity = 20_000;

/** The stage to scale: limits, where it is, the way it came, the last scan, and where a go-to would lead. */
export function StagePicture({goTo}: {readonly goTo: GoTo}): ReactElement {
  const place = useStagePosition();
  const trail = useTrail();
  const limitsMm = useLimits();
  const lastScanMm = useLastScan();
  const keepOutMm = useKeepOut(limitsMm);
  const outline = useOutline();
  const {preview, targetMm} = goTo;
  const target = useMemo(() => pointFrom(targetMm.x, targetMm.y), [targetMm.x, targetMm.y]);
  const path = useMemo(
    () => (preview?.isAllowed ? preview.pathMm.flatMap(({x, y}) => pointFrom(x, y) ?? []) : undefined),
    [preview],
  );
  return (
    <StageMap
      label="Stage"
      limitsMm={limitsMm}
      presentMm={place}
      trail={trail}
      targetMm={target}
      onPick={({xMm, yMm}) => goTo.pick({...targetMm, x: roundMm(xMm), y: roundMm(yMm)})}
      keepOutMm={keepOutMm}
      overlays={outline}
      {...(lastScanMm ? {lastScanMm} : {})}
      {...(path ? {plannedPathMm: path} : {})}
    />
  );
}

const roundMm = (mm: number): number => Math.round(mm * 100) / 100;

function pointFrom(x: number | undefined, y: number | undefined): PointMm | null {
  return x === undefined || y === undefined || !Number.isFinite(x) || !Number.isFinite(y)
    ? null
    : {xMm: x, yMm: y};
}

function useLimits(): RectMm {
  const key = useStatus((status) => {
    const limits = status?.stage?.limitsMm;
    return JSON.stringify([limits?.x ?? unknownMm, limits?.y ?? unknownMm]);
  });
  return useMemo(() => rectFrom(key), [key]);
}

/** Keep-out zones in x and y; an axis that one does not name is barred over its whole length. */
function useKeepOut(limitsMm: RectMm): readonly RectMm[] {
  const key = useStatus((status) => JSON.stringify(status?.stage?.keepOut ?? []));
  return useMemo(() => {
    const zones = JSON.parse(key) as readonly Partial<RectMm>[];
    // One that bars z alone lies above or below the whole area: it is not drawn over it.
    return zones
      .filter(({xMm, yMm}) => xMm !== undefined || yMm !== undefined)
      .map(({xMm = limitsMm.xMm, yMm = limitsMm.yMm}) => ({xMm, yMm}));
  }, [key, limitsMm]);
}

/** The mechanical envelope, closed. */
function useOutline(): readonly Overlay[] {
  const key = useStatus((status) => JSON.stringify(status?.stage?.envelopeMm ?? null));
  return useMemo(() => {
    const corners = JSON.parse(key) as readonly (readonly [number, number])[] | null;
    if (!corners) return [];
    const pathMm = [...corners, corners[0]].map(([xMm, yMm]) => ({xMm, yMm}));
    return [{kind: 'path', pathMm, tone: 'attention', isDashed: true, label: 'envelope'}];
  }, [key]);
}

function useLastScan(): RectMm | null {
  const key = useStatus((status) => {
    const grid = status?.run?.grid;
    return grid ? JSON.stringify([grid.xMm, grid.yMm]) : null;
  });
  return useMemo(() => (key === null ? null : rectFrom(key)), [key]);
}

/** Back from the text that tells whether a rectangle has changed. */
function rectFrom(key: string): RectMm {
  const [x, y] = JSON.parse(key) as [[number, number], [number, number]];
  const ordered = ([a, b]: [number, number]): [number, number] => [Math.min(a, b), Math.max(a, b)];
  return {xMm: ordered(x), yMm: ordered(y)};
}

/** The way of the stage since the page was opened. */
function useTrail(): LiveTrack {
  const [trail] = useState(() => new LiveTrack(trailCapacity));
  useEffect(() => {
    const take = (): void => {
      const position = statusStore.getState().status?.stage?.positionMm;
      if (position?.x === undefined || position.y === undefined) return;
      const {last} = trail;
      if (last?.xMm !== Math.fround(position.x) || last.yMm !== Math.fround(position.y))
        trail.append(position.x, position.y);
    };
    take();
    return statusStore.subscribe(take);
  }, [trail]);
  return trail;
}
