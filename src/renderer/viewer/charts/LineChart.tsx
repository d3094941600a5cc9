import type {ChartOptions} from 'chart.js';
import {useMemo} from 'react';
import {useThemeTokens} from '../theme-tokens.ts';
import {ChartCanvas} from './ChartCanvas.tsx';
import {ChartFrame} from './ChartFrame.tsx';
import {
  axisOptions,
  axisTitle,
  baseOptions,
  chartLine,
  logTickText,
  seriesColour,
  type ChartAxis,
  type SeriesTone,
} from './chart-setup.ts';
import {chartPoints} from './decimate.ts';

/** One line: two arrays of one length; NaN in `y` is a gap. */
export interface LineSeries {
  readonly label: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly tone: SeriesTone;
  readonly isDashed?: boolean;
  readonly hasPoints?: boolean;
}

/** Props of {@link LineChart}. */
export interface LineChartProps {
  /** Text alternative: what is shown, with its range if that matters. */
  readonly label: string;
  readonly series: readonly LineSeries[];
  readonly xAxis: ChartAxis;
  readonly yAxis: ChartAxis;
}

/** Lines over a numeric axis: profiles, training curves, traces along a line. */
export function LineChart({label, series, xAxis, yAxis}: LineChartProps) {
  const tokens = useThemeTokens();
  const data = useMemo(
    () => ({
      datasets: series.map((line) => ({
        label: line.label,
        data: chartPoints(line.x, line.y),
        borderColor: seriesColour(line.tone, tokens),
        backgroundColor: seriesColour(line.tone, tokens),
        ...chartLine(tokens, 1.5, line.isDashed),
        pointRadius: line.hasPoints ? 2 * tokens.scale : 0,
        pointHitRadius: 6 * tokens.scale,
      })),
    }),
    [series, tokens],
  );
  const options = useMemo<ChartOptions<'line'>>(() => {
    const axis = (of: ChartAxis) => {
      const defaults = axisOptions(tokens, axisTitle(of));
      return {
        ...defaults,
        ...(of.isWhole ? {ticks: {...defaults.ticks, precision: 0}} : {}),
        ...(of.isLog ? {ticks: {...defaults.ticks, callback: logTickText}} : {}),
        type: of.isLog ? ('logarithmic' as const) : ('linear' as const),
        ...(of.min === undefined ? {} : {min: of.min}),
        ...(of.max === undefined ? {} : {max: of.max}),
      };
    };
    return {
      ...baseOptions(tokens),
      parsing: false,
      interaction: {mode: 'nearest', axis: 'x', intersect: false},
      scales: {x: axis(xAxis), y: axis(yAxis)},
    };
  }, [tokens, xAxis, yAxis]);
  const legend = series.map((line) => ({
    label: line.label,
    tone: line.tone,
    mark: line.isDashed ? ('dash' as const) : ('line' as const),
  }));
  return (
    <ChartFrame legend={legend}>
      <ChartCanvas
        kind="line"
        label={`${label}. ${axisTitle(yAxis)} over ${axisTitle(xAxis)}.`}
        data={data}
        options={options}
      />
    </ChartFrame>
  );
}
