import {digitsText, typographic} from '../../../base/number-format.ts';
import type {ChartOptions, Plugin} from 'chart.js';
import {useLayoutEffect, useMemo, useState} from 'react';
import {useThemeTokens, type ThemeTokens} from '../theme-tokens.ts';
import {ChartCanvas} from './ChartCanvas.tsx';
import {ChartFrame} from './ChartFrame.tsx';
import {axisOptions, baseOptions, chartFont, faded} from './chart-setup.ts';

/** Props of {@link RegionBars}. */
export interface RegionBarsProps {
  /** What is shown, e.g. `Shares of digit 7, sample 12`. */
  readonly label: string;
  /** Names of the regions; digits 0 to 9 unless given. */
  readonly regionLabels?: readonly string[];
  /** One value a region; null while there is none. */
  readonly measured: ArrayLike<number> | null;
  readonly simulated: ArrayLike<number> | null;
  /** One standard deviation of each measured value, same unit. */
  readonly sigma?: ArrayLike<number> | null;
  /** Region with the largest value; null when undecided. */
  readonly measuredWinner: number | null;
  readonly simulatedWinner: number | null;
  readonly valueLabel?: string;
  /** What the two sides are called where they are not a measurement and its simulation. */
  readonly measuredName?: string;
  readonly simulatedName?: string;
  /** Unit of the values, e.g. `%`. */
  readonly unit: string;
}

const digits = Array.from({length: 10}, (_, digit) => String(digit));

/**
 * Ten pairs of bars: simulated as outline, measured as fill inside it, error bars of one sigma. Winners carry
 * a mark and a word: a full triangle for the measured one, an open one for the simulated one.
 */
export function RegionBars(props: RegionBarsProps) {
  const {measured, simulated, sigma = null, measuredWinner, simulatedWinner, unit} = props;
  const {regionLabels = digits, valueLabel = 'share'} = props;
  const {measuredName = 'measured', simulatedName = 'simulated'} = props;
  const tokens = useThemeTokens();
  const data = useMemo(() => {
    const fill = {backgroundColor: tokens.measured, borderWidth: 0, barPercentage: 0.5};
    const outline = {
      backgroundColor: faded(tokens.simulated, 0.12),
      borderColor: tokens.simulated,
      borderWidth: 1.5 * tokens.scale,
      borderSkipped: false,
      barPercentage: 0.86,
    };
    const common = {grouped: false, categoryPercentage: 1};
    return {
      labels: [...regionLabels],
      datasets: [
        {label: measuredName, data: measured ? Array.from(measured) : [], ...common, ...fill},
        {label: simulatedName, data: simulated ? Array.from(simulated) : [], ...common, ...outline},
      ],
    };
  }, [measured, simulated, measuredName, simulatedName, regionLabels, tokens]);
  const [marks] = useState(() => new RegionMarks());
  // Before the chart draws: its own effects come later.
  useLayoutEffect(() => marks.show(props, tokens));
  const tallest = tallestOf(props);
  const options = useMemo<ChartOptions<'bar'>>(() => {
    const y = axisOptions(tokens, unit ? `${valueLabel} (${unit})` : valueLabel);
    const x = axisOptions(tokens, '', false);
    return {
      ...baseOptions(tokens),
      layout: {padding: {top: 34 * tokens.scale, right: 6 * tokens.scale, bottom: 0, left: 0}},
      interaction: {mode: 'index', intersect: false},
      scales: {
        x: {
          ...x,
          type: 'category',
          ticks: {color: tokens.text1, font: chartFont(tokens, 12), maxRotation: 0},
        },
        // Room above the tallest bar for the winner's mark and word.
        y: {...y, type: 'linear', beginAtZero: true, suggestedMax: 1.02 * tallest},
      },
    };
  }, [tokens, unit, valueLabel, tallest]);
  const name = (winner: number | null) => (winner === null ? 'undecided' : regionLabels[winner]);
  const text = `${props.label}. ${measured ? `Winner ${measuredName}: ${name(measuredWinner)}. ` : ''}${simulated ? `Winner ${simulatedName}: ${name(simulatedWinner)}. ` : ''}${describe(props)}`;
  return (
    <ChartFrame
      legend={[
        ...(measured
          ? [
              {
                label: sigma ? `${measuredName}, ±1 σ` : measuredName,
                tone: 'measured' as const,
                mark: 'fill' as const,
              },
            ]
          : []),
        ...(simulated ? [{label: simulatedName, tone: 'simulated' as const, mark: 'outline' as const}] : []),
      ]}
    >
      <ChartCanvas kind="bar" label={text} data={data} options={options} plugins={marks.plugins} />
    </ChartFrame>
  );
}

/** Largest value that is drawn, error bars included. */
function tallestOf({measured, simulated, sigma}: RegionBarsProps): number {
  const tops = Array.from(measured ?? [], (value, i) => value + (sigma?.[i] ?? 0));
  return Math.max(0, ...[...tops, ...Array.from(simulated ?? [])].filter(Number.isFinite));
}

function describe({measured, simulated, unit, regionLabels = digits}: RegionBarsProps): string {
  const value = (of: ArrayLike<number> | null, i: number) =>
    of && Number.isFinite(of[i]) ? typographic(digitsText(of[i], 3)) : 'none';
  return regionLabels
    .map((name, i) => `${name}: ${value(measured, i)} against ${value(simulated, i)} ${unit}`.trim())
    .join('; ');
}

/** Draws error bars and winners over the bars; a chart keeps its plugins, so they look up what is shown. */
class RegionMarks {
  #shown: {readonly props: RegionBarsProps; readonly tokens: ThemeTokens} | null = null;
  readonly plugins: Plugin<'bar'>[] = [
    {
      id: 'region-marks',
      afterDatasetsDraw: ({ctx, scales}) => {
        const {x, y} = scales;
        if (!this.#shown || !x || !y) return;
        const {props, tokens} = this.#shown;
        const place: Place = {
          context: ctx,
          tokens,
          x: (region) => x.getPixelForValue(region),
          y: (value) => y.getPixelForValue(value),
        };
        if (props.measured && props.sigma) drawErrorBars(place, props.measured, props.sigma);
        drawWinners(place, props);
      },
    },
  ];

  show(props: RegionBarsProps, tokens: ThemeTokens): void {
    this.#shown = {props, tokens};
  }
}

interface Place {
  readonly context: CanvasRenderingContext2D;
  readonly tokens: ThemeTokens;
  readonly x: (region: number) => number;
  readonly y: (value: number) => number;
}

function drawErrorBars(
  {context, tokens, x, y}: Place,
  values: ArrayLike<number>,
  sigma: ArrayLike<number>,
): void {
  context.save();
  context.strokeStyle = tokens.text1;
  context.lineWidth = tokens.scale;
  context.beginPath();
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]) || !(sigma[i] > 0)) continue;
    const at = Math.round(x(i)) + 0.5;
    const top = y(values[i] + sigma[i]);
    const bottom = y(values[i] - sigma[i]);
    context.moveTo(at, top);
    context.lineTo(at, bottom);
    for (const end of [top, bottom]) {
      context.moveTo(at - 3 * tokens.scale, end);
      context.lineTo(at + 3 * tokens.scale, end);
    }
  }
  context.stroke();
  context.restore();
}

function drawWinners(place: Place, props: RegionBarsProps): void {
  const {context, tokens, x, y} = place;
  const {scale} = tokens;
  const {measured, simulated, sigma, measuredWinner, simulatedWinner} = props;
  const top = (region: number) => {
    const values = [measured ? measured[region] + (sigma?.[region] ?? 0) : 0, simulated?.[region] ?? 0];
    return y(Math.max(...values.filter(Number.isFinite)));
  };
  context.save();
  context.font = `600 ${11 * scale}px ${tokens.fontFamily}`;
  context.textAlign = 'center';
  const mark = (region: number, label: string, colour: string, isFull = true) => {
    const at = x(region);
    const tip = top(region) - 3 * scale;
    context.beginPath();
    context.moveTo(at, tip);
    context.lineTo(at - 5 * scale, tip - 8 * scale);
    context.lineTo(at + 5 * scale, tip - 8 * scale);
    context.closePath();
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.lineWidth = 1.5 * scale;
    if (isFull) context.fill();
    context.stroke();
    context.fillText(label, Math.max(at, 62 * scale), tip - 13 * scale);
  };
  const isShared = measuredWinner !== null && measuredWinner === simulatedWinner && measured !== null;
  if (isShared) mark(measuredWinner, 'both', tokens.text1);
  else {
    const {measuredName = 'measured', simulatedName = 'simulated'} = props;
    if (measured && measuredWinner !== null) mark(measuredWinner, measuredName, tokens.measured);
    if (simulated && simulatedWinner !== null) mark(simulatedWinner, simulatedName, tokens.simulated, false);
  }
  context.restore();
}
