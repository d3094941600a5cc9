import {type ReactElement, useMemo} from 'react';
import type {DryRunResult} from '../../../contract/api/index.ts';
import type {PlanSpec} from '../../../contract/plan-spec.ts';
import type {RunPoints} from '../../run-data/index.ts';
import {
  HeatMap,
  LivePlane,
  type LivePoint,
  type Overlay,
  planeBoundsMm,
  type RectMm,
  type Region,
} from '../../viewer/index.ts';
import type {MapChoices} from './map-choices.ts';
import {frameOfPlan, pathOf, rectOf, refusedPoints} from './plan-geometry.ts';

/** The plan on a map to scale: path, limits, regions, where it may not go; over what was measured last. */
export function PlanMap(props: {
  readonly plan: PlanSpec | null;
  readonly dryRun: DryRunResult | null;
  readonly points: RunPoints | null;
  readonly choices: MapChoices;
  readonly regions: readonly Region[];
  readonly place: LivePoint;
}): ReactElement {
  const {plan, dryRun, points, choices, regions, place} = props;
  const {quantity} = choices;
  const blank = useMemo(() => blankPlane(plan), [plan]);
  const plane = points?.plane ?? blank;
  const overlays = useMemo(() => overlaysOf(dryRun), [dryRun]);
  const limits = useMemo(() => (dryRun ? rectOf(dryRun.limitsMm) : null), [dryRun]);
  const path = useMemo(() => (dryRun ? pathOf(dryRun.pathMm) : null), [dryRun]);
  const extent = useMemo(
    () =>
      extentOf(plane, [
        dryRun ? rectOf(dryRun.extentMm) : null,
        limits,
        ...regions.map(({rectMm}) => rectMm),
      ]),
    [plane, dryRun, limits, regions],
  );
  return (
    <HeatMap
      label={
        points?.plane ? `The plan over ${quantity.label} measured last` : 'The plan; nothing is measured yet'
      }
      plane={plane}
      unit={quantity.unit}
      quantity={quantity.short}
      colourMap={choices.colourMap}
      scale={choices.scale}
      hasColourBar={Boolean(points?.plane)}
      extentMm={extent}
      regions={regions}
      presentMm={place}
      overlays={overlays}
      {...(path ? {plannedPathMm: path} : {})}
      {...(limits ? {limitsMm: limits} : {})}
    />
  );
}

/** An empty plane that has the plan's grid, or one cell where the plan is no grid. */
function blankPlane(plan: PlanSpec | null): LivePlane {
  const frame = plan ? frameOfPlan(plan) : null;
  return new LivePlane(frame ?? {rows: 1, columns: 1, xMm: [0, 0], yMm: [0, 0]});
}

function overlaysOf(dryRun: DryRunResult | null): readonly Overlay[] {
  if (!dryRun) return [];
  const extent = rectOf(dryRun.extentMm);
  return [
    ...(extent
      ? [{kind: 'rect', rectMm: extent, isDashed: true, tone: dryRun.isAllowed ? 'accent' : 'fault'} as const]
      : []),
    ...refusedPoints(dryRun.refusedMm).map((atMm): Overlay => ({
      kind: 'point',
      atMm,
      shape: 'cross',
      tone: 'fault',
    })),
  ];
}

function extentOf(plane: LivePlane, rects: readonly (RectMm | null)[]): RectMm {
  const all = [planeBoundsMm(plane), ...rects.filter((rect) => rect !== null)];
  const marginMm = 2;
  return {
    xMm: [
      Math.min(...all.map(({xMm}) => xMm[0])) - marginMm,
      Math.max(...all.map(({xMm}) => xMm[1])) + marginMm,
    ],
    yMm: [
      Math.min(...all.map(({yMm}) => yMm[0])) - marginMm,
      Math.max(...all.map(({yMm}) => yMm[1])) + marginMm,
    ],
  };
}
