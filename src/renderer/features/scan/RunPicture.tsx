import {type ReactElement, useMemo} from 'react';
import {scaledUnit} from '../../../base/number-format.ts';
import type {RunSummary} from '../../../contract/api/index.ts';
import {EmptyState} from '../../parts/index.ts';
import {type RunPoints, usePointsVersion} from '../../run-data/index.ts';
import {
  HeatMap,
  LineChart,
  type LivePoint,
  RegionBars,
  type Region,
  type ValueRange,
} from '../../viewer/index.ts';
import type {MapChoices} from './map-choices.ts';
import {PointReadings} from './PointReadings.tsx';

export interface RunPictureProps {
  readonly points: RunPoints;
  readonly summary: RunSummary | null;
  readonly start: Readonly<Record<string, unknown>>;
  readonly choices: MapChoices;
  readonly range: ValueRange | 'auto';
  readonly onRange: (range: ValueRange | 'auto') => void;
  readonly regions: readonly Region[];
  readonly place: LivePoint;
}

const none: readonly Region[] = [];

/** What a run measured: a map of a grid, a curve along a line, bars of regions, the readings of a point. */
export function RunPicture(props: RunPictureProps): ReactElement {
  const {points, choices, summary} = props;
  const labels = choices.quantity;
  if (points.plane)
    return (
      <HeatMap
        label={`${labels.label}${summary?.sample ? ` of ${summary.sample}` : ''}`}
        plane={points.plane}
        unit={labels.unit}
        quantity={labels.short}
        colourMap={choices.colourMap}
        scale={choices.scale}
        range={props.range}
        onRange={props.onRange}
        hasProfiles={choices.hasProfiles}
        regions={choices.hasRegions ? props.regions : none}
        {...(choices.hasTrack ? {track: points.track} : {})}
        presentMm={props.place}
      />
    );
  const planName = summary?.planName ?? '';
  if (planName === 'line' || planName === 'ripple') return <LinePicture {...props} />;
  if (planName === 'regions') return <RegionPicture {...props} />;
  if (planName === 'dark-level')
    return (
      <EmptyState
        title="Dark level"
        text="The source is off and the stage stands: the readings are stored, there is no picture of them."
      />
    );
  return <PointReadings points={points} />;
}

function LinePicture({points, start, choices}: RunPictureProps): ReactElement {
  const version = usePointsVersion(points);
  const labels = choices.quantity;
  const axis = axisOf(start);
  const shown = useMemo(() => {
    const {along, values} = points.ring.latest(labels.key, axis);
    const size = values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0);
    const {factor, unit} = scaledUnit(size, labels.unit);
    const y = values.map((value) => value * factor);
    return {
      unit,
      series: [{label: labels.label, x: along, y, tone: 'measured' as const, hasPoints: y.length <= 400}],
    };
    // The version says that the points are others.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [points, version, axis, labels]);
  const isLog = choices.scale === 'log';
  const isBeam = axis === 'number';
  const xAxis = useMemo(
    () => (isBeam ? {label: 'point along the beam', unit: ''} : {label: axis, unit: 'mm'}),
    [axis, isBeam],
  );
  const yAxis = useMemo(() => ({label: labels.short, unit: shown.unit, isLog}), [labels, shown.unit, isLog]);
  return (
    <LineChart
      label={`${labels.label} along ${isBeam ? 'the beam' : axis}`}
      series={shown.series}
      xAxis={xAxis}
      yAxis={yAxis}
    />
  );
}

/** What changes from point to point; `number` where that is neither x nor y. */
function axisOf(start: Readonly<Record<string, unknown>>): 'x' | 'y' | 'number' {
  if (start['plan_name'] === 'ripple') return 'number';
  const args = start['plan_args'];
  return typeof args === 'object' && args !== null && 'axis' in args && args.axis === 'y' ? 'y' : 'x';
}

function RegionPicture({points, regions}: RunPictureProps): ReactElement {
  const version = usePointsVersion(points);
  const shares = useMemo(() => {
    const energies = points.regionSums.map((sum) => sum?.energy ?? 0);
    const total = energies.reduce((sum, energy) => sum + energy, 0);
    return energies.map((energy) => (100 * energy) / total);
    // The version says that the points are others.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [points, version]);
  const labels = useMemo(() => regions.map(({label}) => label), [regions]);
  if (shares.length === 0 || labels.length < shares.length)
    return <EmptyState title="No region is measured yet" />;
  const winner = shares.reduce((best, share, i) => (share > (shares[best] ?? -Infinity) ? i : best), 0);
  return (
    <RegionBars
      label="Shares of the energy in the regions"
      regionLabels={labels}
      measured={shares}
      simulated={null}
      measuredWinner={shares.length === labels.length ? winner : null}
      simulatedWinner={null}
      unit="%"
    />
  );
}
