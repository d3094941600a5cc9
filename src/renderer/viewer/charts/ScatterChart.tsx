import {countOf} from '../../../base/count-text.ts';
import {digitsText} from '../../../base/number-format.ts';
import type {ChartOptions, Plugin} from 'chart.js';
import {useMemo} from 'react';
import {useThemeTokens, type ThemeTokens} from '../theme-tokens.ts';
import {ChartCanvas} from './ChartCanvas.tsx';
import {ChartFrame} from './ChartFrame.tsx';
import {nameBox, type Box} from './name-box.ts';
import {
  axisOptions,
  axisTitle,
  baseOptions,
  chartFont,
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
  /** Name of each pair, written beside its point; for a few points. */
  readonly names?: readonly string[];
  /** Line y = x, on which equal values lie. */
  readonly hasIdentity?: boolean;
  /** The first so many points are joined by a line, in their order. */
  readonly joinedCount?: number;
}

/** Pairs of values as points, e.g. measured against simulated with the line of equality. */
export function ScatterChart({
  label,
  x,
  y,
  xAxis,
  yAxis,
  names,
  tone = 'measured',
  hasIdentity = true,
  joinedCount = 0,
}: ScatterChartProps) {
  const tokens = useThemeTokens();
  const points = useMemo(() => finitePairs(x, y, names), [x, y, names]);
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
      ...(joinedCount > 0 ? joinedBy(tokens, tone, joinedCount) : {borderWidth: 0}),
      pointRadius: (isSmall ? 3.5 : 1.75) * tokens.scale,
    };
    return {datasets: hasIdentity && points.length > 0 ? [identity, cloud] : [cloud]};
  }, [points, tokens, tone, yAxis, hasIdentity, joinedCount]);
  const options = useScatterOptions({xAxis, yAxis, tokens, hasNames: names !== undefined});
  return (
    <ChartFrame legend={[]}>
      <ChartCanvas
        kind="scatter"
        label={`${label}. ${countOf(points.length, 'point')}, ${axisTitle(yAxis)} over ${axisTitle(xAxis)}.${namedText(points)}`}
        data={data}
        options={options}
        {...(names && {plugins: [pointNames]})}
      />
    </ChartFrame>
  );
}

/** A line between the first points; `segment` is asked for each piece, by the place of its end. */
const joinedBy = (tokens: ThemeTokens, tone: SeriesTone, count: number) => ({
  showLine: true,
  borderColor: seriesColour(tone, tokens),
  ...chartLine(tokens, 1.25),
  pointBorderWidth: 0,
  segment: {
    borderColor: ({p1DataIndex}: {readonly p1DataIndex: number}) =>
      p1DataIndex < count ? undefined : 'transparent',
  },
});

function useScatterOptions(of: {
  readonly xAxis: ChartAxis;
  readonly yAxis: ChartAxis;
  readonly tokens: ThemeTokens;
  readonly hasNames: boolean;
}): ChartOptions<'scatter'> {
  const {xAxis, yAxis, tokens, hasNames} = of;
  return useMemo(() => {
    const axis = (shown: ChartAxis) => ({
      ...axisOptions(tokens, axisTitle(shown)),
      // Points with names keep away from the edges.
      ...(hasNames && {grace: '10%'}),
      ...(shown.max === undefined ? {} : {max: shown.max}),
    });
    return {
      ...baseOptions(tokens),
      // Of the names.
      font: chartFont(tokens),
      color: tokens.text1,
      scales: {x: axis(xAxis), y: axis(yAxis)},
    };
  }, [tokens, xAxis, yAxis, hasNames]);
}

interface Pair {
  readonly x: number;
  readonly y: number;
  readonly name?: string | undefined;
}

/** Pairs of which both values are finite; beyond 6,000 every so many-th, which the eye cannot tell. */
function finitePairs(x: ArrayLike<number>, y: ArrayLike<number>, names: readonly string[] = []): Pair[] {
  const count = Math.min(x.length, y.length);
  const stride = Math.max(1, Math.ceil(count / 6000));
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i += stride)
    if (Number.isFinite(x[i]) && Number.isFinite(y[i])) pairs.push({x: x[i], y: y[i], name: names[i]});
  return pairs;
}

/** ` digits: 0.12, 93.7; ...` for those who do not see the chart; '' without names. */
const namedText = (points: readonly Pair[]): string => {
  const named = points.filter(({name}) => name !== undefined);
  if (named.length === 0) return '';
  return ` ${named.map(({name, x, y}) => `${name}: ${digitsText(x, 3)}, ${digitsText(y, 3)}`).join('; ')}.`;
};

/** Writes the name of each point beside it, where it covers no other name and stays in the chart. */
const pointNames: Plugin<'scatter'> = {
  id: 'point-names',
  afterDatasetsDraw(chart) {
    const {ctx, data, chartArea, options} = chart;
    const place = data.datasets.length - 1;
    const {data: drawn} = chart.getDatasetMeta(place);
    const {size = 11, family = ''} = options.font ?? {};
    ctx.save();
    ctx.font = `${size}px ${family}`;
    if (typeof options.color === 'string') ctx.fillStyle = options.color;
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'left';
    const radius = size / 3;
    const taken = drawn.map(({x, y}): Box => ({
      left: x - radius,
      top: y - radius,
      right: x + radius,
      bottom: y + radius,
    }));
    for (const [i, pair] of (data.datasets[place]?.data ?? []).entries()) {
      const element = drawn[i];
      if (!element || typeof pair !== 'object' || pair === null || !('name' in pair)) continue;
      const name = String(pair.name);
      const box = nameBox(element, {width: ctx.measureText(name).width, height: size}, chartArea, taken);
      taken.push(box);
      ctx.fillText(name, box.left, box.top + size / 2);
    }
    ctx.restore();
  },
};
