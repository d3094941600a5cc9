import {digitsText, fixedText, typographic} from '../../../base/number-format.ts';
import {
  BarElement,
  Chart,
  Filler,
  LinearScale,
  LogarithmicScale,
  CategoryScale,
  LineElement,
  PointElement,
  Tooltip,
  type ChartOptions,
} from 'chart.js';
import {cssColourToRgb, type ThemeColour, type ThemeTokens} from '../theme-tokens.ts';

// Only what these charts draw; controllers are registered where charts are made.
Chart.register(
  BarElement,
  Filler,
  LinearScale,
  LogarithmicScale,
  CategoryScale,
  LineElement,
  PointElement,
  Tooltip,
);

/** Meaning of a series; the theme gives its colour, and a dash tells it apart without colour. */
export type SeriesTone =
  | 'measured'
  | 'simulated'
  | 'accent'
  | 'source'
  | 'attention'
  | 'good'
  | 'neutral'
  | 'strong';

const toneTokens: Readonly<Record<SeriesTone, ThemeColour>> = {
  measured: 'measured',
  simulated: 'simulated',
  accent: 'accent',
  source: 'sourceOn',
  attention: 'attention',
  good: 'good',
  neutral: 'text2',
  strong: 'text1',
};

/** Colour of a tone now, in the old notation: chart.js reads colours by itself and knows no newer one. */
export const seriesColour = (tone: SeriesTone, tokens: ThemeTokens): string =>
  faded(tokens[toneTokens[tone]], 1);

/** Same colour with an opacity 0..1. */
export const faded = (colour: string, opacity: number): string =>
  `rgba(${cssColourToRgb(colour).join(', ')}, ${opacity})`;

/** An axis: what it shows and in which unit. */
export interface ChartAxis {
  readonly label: string;
  /** Empty for plain numbers. */
  readonly unit: string;
  readonly isLog?: boolean;
  readonly min?: number;
  readonly max?: number;
  /** Ticks at whole numbers alone: counts. */
  readonly isWhole?: boolean;
}

/** Title of an axis: never a number without its unit. */
export const axisTitle = ({label, unit}: ChartAxis): string => (unit ? `${label} (${unit})` : label);

/** Look of one axis of any chart. */
export function axisOptions(tokens: ThemeTokens, title: string, hasGrid = true) {
  const {scale} = tokens;
  return {
    title: {
      display: title !== '',
      text: title,
      color: tokens.text2,
      font: chartFont(tokens),
      padding: 2 * scale,
    },
    border: {color: tokens.line, width: scale},
    grid: {
      display: hasGrid,
      color: faded(tokens.line, 0.55),
      lineWidth: scale,
      tickColor: tokens.line,
      tickLength: 4 * scale,
    },
    ticks: {
      color: tokens.text2,
      font: chartFont(tokens),
      maxRotation: 0,
      autoSkipPadding: 16 * scale,
      padding: 3 * scale,
      callback: tickText,
    },
  };
}

/** Tick labels with a typographic minus, all with as many decimals as their step needs. */
function tickText(
  value: string | number,
  _index: number,
  ticks: readonly {readonly value: number}[],
): string {
  if (typeof value === 'string') return value;
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) return typographic(digitsText(value, 1));
  const step = ticks.length > 1 ? Math.abs(ticks[1].value - ticks[0].value) : 0;
  if (step === 0) return typographic(digitsText(value, 6));
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  return typographic(fixedText(value, decimals));
}

/** Labels of a logarithmic axis: each with its own digits, powers of ten from a million and below a thousandth. */
export const logTickText = (value: string | number): string =>
  typeof value === 'string' ? value : typographic(digitsText(value, 3));

/** Type of a chart's words; `sizePx` and the size that is chosen for everything give the CSS pixels. */
export const chartFont = ({fontFamily, scale}: ThemeTokens, sizePx = 11) => ({
  family: fontFamily,
  size: sizePx * scale,
});

/** A line of `widthPx` drawing pixels; dashes as long as the line is thick. */
export const chartLine = ({scale}: ThemeTokens, widthPx: number, isDashed = false) => ({
  borderWidth: widthPx * scale,
  borderDash: isDashed ? [5 * scale, 4 * scale] : [],
});

/** Options that all charts share: nothing moves by itself, the size is the parent's. */
export function baseOptions(tokens: ThemeTokens) {
  const {scale} = tokens;
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    normalized: true,
    layout: {padding: {top: 6 * scale, right: 6 * scale, bottom: 0, left: 0}},
    plugins: {
      tooltip: {
        animation: false,
        backgroundColor: tokens.surface2,
        titleColor: tokens.text1,
        bodyColor: tokens.text1,
        borderColor: tokens.line,
        borderWidth: scale,
        cornerRadius: 4 * scale,
        padding: 6 * scale,
        boxPadding: 4 * scale,
        boxWidth: 11 * scale,
        boxHeight: 11 * scale,
        caretSize: 5 * scale,
        titleFont: chartFont(tokens),
        bodyFont: chartFont(tokens),
      },
    },
  } satisfies ChartOptions;
}
