import {type ReactElement, useEffect, useMemo, useState} from 'react';
import {statusStore, useStatus} from '../../connection/index.ts';
import {useStagePosition} from '../../run-data/index.ts';
import {LiveTrack, type PointMm, type RectMm, StageMap} from '../../viewer/index.ts';
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
