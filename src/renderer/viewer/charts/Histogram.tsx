import {countOf} from '../../../base/count-text.ts';
import type {ChartOptions} from 'chart.js';
import {useMemo} from 'react';
import {useThemeTokens} from '../theme-tokens.ts';
import {ChartCanvas} from './ChartCanvas.tsx';
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

/** Props of {@link Histogram}. */
export interface HistogramProps {
  /** Text alternative, e.g. `Heights of plate 1`. */
  readonly label: string;
  /** Edges of equally wide bins in the unit of the axis, one more than there are counts. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  readonly axis: ChartAxis;
  readonly tone?: SeriesTone;
}

/** How often values occur, e.g. heights of a plate in mm. */
export function Histogram({label, edges, counts, axis, tone = 'accent'}: HistogramProps) {
  const tokens = useThemeTokens();
  const data = useMemo(() => {
    const colour = seriesColour(tone, tokens);
    const points = counts.map((y, i) => ({x: (edges[i] + edges[i + 1]) / 2, y}));
    const style = {
      backgroundColor: faded(colour, 0.65),
      borderColor: colour,
      borderWidth: {top: 1.5 * tokens.scale},
    };
    return {datasets: [{label: 'count', data: points, ...style, barPercentage: 0.96, categoryPercentage: 1}]};
  }, [edges, counts, tokens, tone]);
  const options = useMemo<ChartOptions<'bar'>>(
    () => ({
      ...baseOptions(tokens),
      parsing: false,
      scales: {
        x: {
          ...axisOptions(tokens, axisTitle(axis), false),
          type: 'linear',
          offset: false,
          min: edges[0],
          max: edges[edges.length - 1],
        },
        y: {...axisOptions(tokens, 'count'), type: 'linear', beginAtZero: true},
      },
    }),
    [tokens, axis, edges],
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  return (
    <ChartFrame legend={[]}>
      <ChartCanvas
        kind="bar"
        label={`${label}. ${countOf(total, 'value')} over ${axisTitle(axis)}.`}
        data={data}
        options={options}
      />
    </ChartFrame>
  );
}
