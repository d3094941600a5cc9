import {useMemo} from 'react';
import type {Overlay, PathMm, Region} from '../map/overlays.ts';
import type {RectMm} from '../plane/plane.ts';

interface OverlaySources {
  readonly limitsMm?: RectMm;
  readonly plannedPathMm?: PathMm;
  readonly regions?: readonly Region[];
  readonly overlays?: readonly Overlay[];
}

/** All lines over a map in the order in which they are drawn; the same list while its sources are the same. */
export function useHeatMapOverlays({
  limitsMm,
  plannedPathMm,
  regions,
  overlays,
}: OverlaySources): readonly Overlay[] {
  return useMemo(() => {
    const all: Overlay[] = [];
    if (limitsMm)
      all.push({kind: 'rect', rectMm: limitsMm, tone: 'attention', isDashed: true, label: 'limits'});
    for (const {label, rectMm, isEmphasised} of regions ?? [])
      all.push({kind: 'rect', rectMm, label, tone: isEmphasised ? 'attention' : 'plain'});
    if (plannedPathMm) all.push({kind: 'path', pathMm: plannedPathMm, isDashed: true, hasEnds: true});
    return [...all, ...(overlays ?? [])];
  }, [limitsMm, plannedPathMm, regions, overlays]);
}
