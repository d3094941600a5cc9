import {countOf} from '../../../base/count-text.ts';
import {useMemo, type ReactElement} from 'react';
import type {AlignJob} from '../../../contract/api/index.ts';
import {LineChart, type ChartAxis, type LineSeries} from '../../viewer/index.ts';

const xAxis: ChartAxis = {label: 'iteration', unit: '', isWhole: true};
const named = {label: 'light not explained', unit: '%'} as const;
const logAxis: ChartAxis = {...named, isLog: true};
const linearAxis: ChartAxis = {...named, min: 0};

/** A scale of powers of ten has ticks to read only when the curve falls so many times. */
const steepRatio = 10;

/** Part of the light that the fit lacks, over its iterations. */
export function ConvergenceChart({points}: {readonly points: AlignJob['convergence']}): ReactElement {
  const unexplainedRatios = points.map(({unexplainedRatio}) => unexplainedRatio);
  const isSteep =
    Math.min(...unexplainedRatios) > 0 &&
    Math.max(...unexplainedRatios) > steepRatio * Math.min(...unexplainedRatios);
  const series = useMemo<readonly LineSeries[]>(
    () => [
      {
        label: 'light not explained',
        // A second fit, without lines that disagree with all the rest, counts from the start again.
        x: points.map((_, i) => i + (points[0]?.iteration ?? 0)),
        y: points.map(({unexplainedRatio}) => unexplainedRatio * 100),
        tone: 'simulated',
        hasPoints: true,
      },
    ],
    [points],
  );
  return (
    <LineChart
      label={`Light not explained over ${countOf(points.length, 'iteration')}`}
      series={series}
      xAxis={xAxis}
      yAxis={isSteep ? logAxis : linearAxis}
    />
  );
}
