import {Chart, LineController, type ChartOptions, type Plugin} from 'chart.js';
import {createFrameGate} from '../frame-gate.ts';
import {scaledUnit} from '../../../base/number-format.ts';
import {subscribeTheme, themeTokens} from '../theme-tokens.ts';
import {
  axisOptions,
  axisTitle,
  baseOptions,
  chartLine,
  seriesColour,
  type SeriesTone,
} from './chart-setup.ts';
import {decimateRing, type ChartPoint} from './decimate.ts';
import type {SeriesRing} from './series-ring.ts';

Chart.register(LineController);

/** One reading of a strip chart. */
export interface StripSeries {
  readonly label: string;
  /** Unit without prefix; series of one unit share an axis. */
  readonly unit: string;
  /** Channel of the ring. */
  readonly channel: number;
  readonly tone: SeriesTone;
  readonly isDashed?: boolean;
}

/** What a strip chart shows. */
export interface StripScene {
  readonly ring: SeriesRing;
  readonly series: readonly StripSeries[];
  readonly spanS: number;
  /** Time at the right edge, s of the ring; null follows the newest instant. */
  readonly frozenAtS: number | null;
  readonly nowS: (() => number) | null;
  readonly cursorS: number | null;
}

/** A picture older than this is drawn again although it moved by less than a pixel. */
const slowestMs = 250;

/** Ten pictures a second: a trace is read, not watched, and a chart costs more than the map beside it. */
const fastestMs = 100;

/**
 * Draws a strip chart at most once a frame, and no sooner than the time axis has moved by a pixel: what
 * would look the same is not drawn.
 */
export class StripChartPainter {
  #chart: Chart<'line', ChartPoint[]> | null = null;
  #scene: StripScene | null = null;
  #drawnAtMs = -Infinity;
  #isStale = true;
  #timer: ReturnType<typeof setInterval> | undefined;
  #stopRing: (() => void) | null = null;
  readonly #points: ChartPoint[][] = [];
  readonly #gate = createFrameGate((nowMs) => this.#draw(nowMs));

  /** Starts drawing on a canvas. Returns the way to end it. */
  attach(canvas: HTMLCanvasElement): () => void {
    this.#chart = new Chart<'line', ChartPoint[]>(canvas, {
      type: 'line',
      data: {datasets: []},
      options: {animation: false, responsive: true, maintainAspectRatio: false},
      plugins: [this.#cursorLine()],
    });
    const stopTheme = subscribeTheme(() => this.#restyle());
    this.#restyle();
    this.#subscribeRing();
    return () => {
      stopTheme();
      this.#stopRing?.();
      this.#stopRing = null;
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#gate.cancel();
      this.#chart?.destroy();
      this.#chart = null;
    };
  }

  show(scene: StripScene): void {
    const before = this.#scene;
    this.#scene = scene;
    if (before?.ring !== scene.ring || before.nowS !== scene.nowS) this.#subscribeRing();
    if (before?.series !== scene.series || before.spanS !== scene.spanS) this.#restyle();
    this.#isStale = true;
    this.#gate.request();
  }

  /** Time of the right edge now, s of the ring. */
  get rightEdgeS(): number {
    const scene = this.#scene;
    if (!scene) return NaN;
    return scene.frozenAtS ?? scene.nowS?.() ?? scene.ring.newestS;
  }

  /** Time under a pixel of the canvas, s of the ring; null outside the plot. */
  timeAtPx(xPx: number): number | null {
    const scale = this.#chart?.scales['x'];
    if (!scale || xPx < scale.left || xPx > scale.right) return null;
    return this.rightEdgeS + (scale.getValueForPixel(xPx) ?? 0);
  }

  #subscribeRing(): void {
    this.#stopRing?.();
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (!this.#chart || !this.#scene) return;
    this.#stopRing = this.#scene.ring.subscribe(() => this.#gate.request());
    // With a clock the strip goes on also while nothing arrives: silence is seen.
    if (this.#scene.nowS) this.#timer = setInterval(() => this.#gate.request(), slowestMs);
  }

  #restyle(): void {
    const chart = this.#chart;
    const scene = this.#scene;
    if (!chart || !scene) return;
    const tokens = themeTokens();
    this.#points.length = 0;
    chart.data.datasets = scene.series.map((line, i) => {
      this.#points.push([]);
      return {
        label: line.label,
        data: this.#points[i],
        yAxisID: axisId(line.unit),
        borderColor: seriesColour(line.tone, tokens),
        ...chartLine(tokens, 1.5, line.isDashed),
        pointRadius: 0,
        pointHitRadius: 0,
      };
    });
    const x = axisOptions(tokens, 'time before now (s)');
    const scales: NonNullable<ChartOptions<'line'>['scales']> = {
      x: {...x, type: 'linear', min: -scene.spanS, max: 0},
    };
    unitsOf(scene).forEach((unit, i) => {
      const axis = axisOptions(tokens, unit, i === 0);
      scales[axisId(unit)] = {
        ...axis,
        type: 'linear',
        position: i === 0 ? 'left' : 'right',
        grace: '5%',
        // Labels of changing width must not make the plot jump.
        afterFit: (scale) => {
          scale.width = 58 * tokens.scale;
        },
      };
    });
    const base = baseOptions(tokens);
    chart.options = {
      ...base,
      plugins: {...base.plugins, tooltip: {enabled: false}},
      parsing: false,
      events: [],
      scales,
    };
    this.#isStale = true;
    this.#gate.request();
  }

  #draw(nowMs: number): void {
    const chart = this.#chart;
    const scene = this.#scene;
    if (!chart || !scene) return;
    const widthPx = Math.max(1, chart.chartArea?.width || chart.width);
    const intervalMs = Math.min(Math.max((scene.spanS / widthPx) * 1000, fastestMs), slowestMs);
    if (!this.#isStale && nowMs - this.#drawnAtMs < intervalMs) {
      this.#gate.request();
      return;
    }
    this.#isStale = false;
    this.#drawnAtMs = nowMs;
    this.#fill(scene, chart, widthPx);
    chart.update('none');
  }

  #fill(scene: StripScene, chart: Chart<'line', ChartPoint[]>, widthPx: number): void {
    const toS = this.rightEdgeS;
    const fromS = toS - scene.spanS;
    const buckets = Math.min(600, Math.ceil(widthPx / 2));
    for (const unit of unitsOf(scene)) {
      const lines = scene.series.map((line, i) => ({...line, i})).filter((line) => line.unit === unit);
      const {factor, unit: shown} = scaledUnit(largest(scene.ring, lines, fromS), unit);
      for (const {channel, i} of lines)
        decimateRing(scene.ring, {channel, fromS, toS, zeroS: toS, buckets, factor}, this.#points[i]);
      // The plain configuration, not chart.options, which is a view that keeps what it once resolved.
      const axis = chart.config.options?.scales?.[axisId(unit)];
      const text = axisTitle({label: lines.map(({label}) => label).join(', '), unit: shown});
      if (axis) Object.assign(axis, {title: {...axisOptions(themeTokens(), text).title}});
    }
  }

  #cursorLine(): Plugin<'line'> {
    return {
      id: 'strip-cursor',
      afterDatasetsDraw: (chart) => {
        const cursorS = this.#scene?.cursorS;
        const x = chart.scales['x'];
        if (cursorS === null || cursorS === undefined || !x) return;
        const at = Math.round(x.getPixelForValue(cursorS - this.rightEdgeS)) + 0.5;
        if (at < x.left || at > x.right) return;
        const {ctx, chartArea} = chart;
        ctx.save();
        ctx.strokeStyle = themeTokens().text2;
        ctx.lineWidth = themeTokens().scale;
        ctx.beginPath();
        ctx.moveTo(at, chartArea.top);
        ctx.lineTo(at, chartArea.bottom);
        ctx.stroke();
        ctx.restore();
      },
    };
  }
}

const axisId = (unit: string): string => `y-${unit}`;

const unitsOf = ({series}: StripScene): string[] => [...new Set(series.map(({unit}) => unit))];

/** Largest size in the window, looked for in at most some hundred instants: it only chooses a prefix. */
function largest(ring: SeriesRing, lines: readonly StripSeries[], fromS: number): number {
  const first = ring.firstAt(fromS);
  const stride = Math.max(1, Math.floor((ring.length - first) / 300));
  let most = 0;
  for (const {channel} of lines)
    for (let i = first; i < ring.length; i += stride) {
      const size = Math.abs(ring.value(channel, i));
      if (size > most) most = size;
    }
  return most;
}
