import type {ChartOptions} from 'chart.js';
import {useMemo} from 'react';
import {Bar} from 'react-chartjs-2';
import {useThemeTokens} from '../theme-tokens.ts';
import {ChartFrame} from './ChartFrame.tsx';
import {
  axisOptions,
  axisTitle,
  baseOptions,
  faded,
  seriesColour,
  type ChartAxis,
  type SeriesTone,
} from './chart-setup.ts';
import {histogramBins} from './histogram-bins.ts';

/** Props of {@link Histogram}. */
export interface HistogramProps {
  /** Text alternative, e.g. `Heights of plate 1`. */
  readonly label: string;
  /** Values in the unit of the axis; NaN is left out. */
  readonly values: ArrayLike<number>;
  readonly axis: ChartAxis;
  /** About how many bins. */
  readonly binCount?: number;
  readonly tone?: SeriesTone;
}

/** How often values occur, e.g. heights of a plate in mm. */
export function Histogram({label, values, axis, binCount = 24, tone = 'accent'}: HistogramProps) {
  const tokens = useThemeTokens();
  const bins = useMemo(() => histogramBins(values, binCount), [values, binCount]);
  const data = useMemo(() => {
    const colour = seriesColour(tone, tokens);
    const points = bins.counts.map((y, i) => ({x: bins.startValue + (i + 0.5) * bins.width, y}));
    const look = {
      backgroundColor: faded(colour, 0.65),
      borderColor: colour,
      borderWidth: {top: 1.5 * tokens.scale},
    };
    return {datasets: [{label: 'count', data: points, ...look, barPercentage: 0.96, categoryPercentage: 1}]};
  }, [bins, tokens, tone]);
  const options = useMemo<ChartOptions<'bar'>>(
    () => ({
      ...baseOptions(tokens),
      parsing: false,
      scales: {
        x: {
          ...axisOptions(tokens, axisTitle(axis), false),
          type: 'linear',
          offset: false,
          min: bins.startValue,
          max: bins.startValue + bins.width * Math.max(1, bins.counts.length),
        },
        y: {...axisOptions(tokens, 'count'), type: 'linear', beginAtZero: true},
      },
    }),
    [tokens, axis, bins],
  );
  const total = bins.counts.reduce((sum, count) => sum + count, 0);
  return (
    <ChartFrame legend={[]}>
      <Bar aria-label={`${label}. ${total} values over ${axisTitle(axis)}.`} data={data} options={options} />
    </ChartFrame>
  );
}
