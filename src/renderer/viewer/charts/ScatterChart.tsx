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
  chartLine,
  faded,
  seriesColour,
  type ChartAxis,
  type SeriesTone,
} from './chart-setup.ts';

/** Props of {@link ScatterChart}. */
export interface ScatterChartProps {
  /** Text alternative, e.g. `Measured against simulated, correlation 0.98`. */
  readonly label: string;
  /** Values along x and y, of one length; pairs with NaN are left out. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly xAxis: ChartAxis;
  readonly yAxis: ChartAxis;
  readonly tone?: SeriesTone;
  /** Line y = x, on which equal values lie. */
  readonly hasIdentity?: boolean;
}

/** Pairs of values as points, e.g. measured against simulated with the line of equality. */
export function ScatterChart({
  label,
  x,
  y,
  xAxis,
  yAxis,
  tone = 'measured',
  hasIdentity = true,
}: ScatterChartProps) {
  const tokens = useThemeTokens();
  const points = useMemo(() => finitePairs(x, y), [x, y]);
  const data = useMemo(() => {
    const values = points.flatMap((point) => [point.x, point.y]);
    const low = values.reduce((least, value) => Math.min(least, value), Infinity);
    const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
    const isSmall = points.length <= 200;
    const identity = {
      label: 'equal',
      data: [
        {x: low, y: low},
        {x: high, y: high},
      ],
      showLine: true,
      borderColor: seriesColour('strong', tokens),
      ...chartLine(tokens, 1.25, true),
      pointRadius: 0,
      pointHitRadius: 0,
    };
    const cloud = {
      label: axisTitle(yAxis),
      data: points,
      backgroundColor: faded(seriesColour(tone, tokens), isSmall ? 0.9 : 0.45),
      borderWidth: 0,
      pointRadius: (isSmall ? 3.5 : 1.75) * tokens.scale,
    };
    return {datasets: hasIdentity && points.length > 0 ? [identity, cloud] : [cloud]};
  }, [points, tokens, tone, yAxis, hasIdentity]);
  const options = useMemo<ChartOptions<'scatter'>>(
    () => ({
      ...baseOptions(tokens),
      parsing: false,
      scales: {x: axisOptions(tokens, axisTitle(xAxis)), y: axisOptions(tokens, axisTitle(yAxis))},
    }),
    [tokens, xAxis, yAxis],
  );
  return (
    <ChartFrame legend={[]}>
      <ChartCanvas
        kind="scatter"
        label={`${label}. ${countOf(points.length, 'point')}, ${axisTitle(yAxis)} over ${axisTitle(xAxis)}.`}
        data={data}
        options={options}
      />
    </ChartFrame>
  );
}

/** Pairs of which both values are finite; beyond 6,000 every so many-th, which the eye cannot tell. */
function finitePairs(x: ArrayLike<number>, y: ArrayLike<number>): {x: number; y: number}[] {
  const count = Math.min(x.length, y.length);
  const stride = Math.max(1, Math.ceil(count / 6000));
  const pairs: {x: number; y: number}[] = [];
  for (let i = 0; i < count; i += stride)
    if (Number.isFinite(x[i]) && Number.isFinite(y[i])) pairs.push({x: x[i], y: y[i]});
  return pairs;
}
