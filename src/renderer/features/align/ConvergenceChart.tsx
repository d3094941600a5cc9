import {useMemo, type ReactElement} from 'react';
import type {AlignJob} from '../../../contract/api/index.ts';
import {LineChart, type LineSeries} from '../../viewer/index.ts';

const xAxis = {label: 'iteration', unit: ''} as const;
const yAxis = {label: 'light not explained', unit: '%', isLog: true} as const;

/** Part of the light that the fit lacks, over its iterations. */
export function ConvergenceChart({points}: {readonly points: AlignJob['convergence']}): ReactElement {
  const series = useMemo<readonly LineSeries[]>(
    () => [
      {
        label: 'light not explained',
        // A second fit, without lines that disagree with all the rest, counts from the start again.
        x: points.map((_, i) => i + (points[0]?.iteration ?? 0)),
        // A fit that explains everything has no place on a scale of powers of ten.
        y: points.map(({lackRatio}) => (lackRatio > 0 ? lackRatio * 100 : NaN)),
        tone: 'simulated',
        hasPoints: true,
      },
    ],
    [points],
  );
  return (
    <LineChart
      label={`Light not explained over ${points.length} iterations`}
      series={series}
      xAxis={xAxis}
      yAxis={yAxis}
    />
  );
}
