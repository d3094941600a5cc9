/** What a weight of a training trades, as an SVG file: accuracy against margin, light and change by the scan. */
import {niceStep} from '../../base/nice-step.ts';
import {digitsText} from '../../base/number-format.ts';
import {tradeOffLosses, type TradeOffPoint, type TradeOffStudy} from '../../contract/trade-off.ts';
import {markup, type Markup} from './markup.ts';
import {ticksBetween} from './number-format.ts';
import {px} from './plane-figure.ts';

const panelPx = {width: 340, height: 280, left: 52, right: 18, top: 14, bottom: 44};
const titlePx = 30;
/** Room for the number of a point. */
const labelPx = 36;

/** An axis: what it shows of a point; null where that was not measured. */
interface Axis {
  readonly label: string;
  readonly of: (point: TradeOffPoint) => number | null;
}

const accuracy: Axis = {label: 'right, %', of: (point) => 100 * point.accuracy};
const across: readonly Axis[] = [
  {label: 'mean margin', of: ({meanMargin}) => meanMargin},
  {label: 'light in the regions, %', of: ({efficiency}) => 100 * efficiency},
  {
    label: 'change of a share by the scan, RMS, %',
    of: ({scanChange}) => scanChange && 100 * scanChange,
  },
];

/** Light on any page: colours of its own, no style sheet of a page. */
const style = `svg { background: #fff; } text { font: 11px system-ui, sans-serif; fill: #1b2128; } .title { font-size: 13px; font-weight: 600; }
.middle { text-anchor: middle; } .end { text-anchor: end; } .grid { stroke: #d3d9e0; fill: none; } .frame { stroke: #5a6673; fill: none; }
.curve { stroke: #2f6fb7; stroke-width: 1.5; fill: none; } .point { fill: #2f6fb7; } .before { fill: #fff; stroke: #2f6fb7; stroke-width: 1.5; }`;

/** The curves of a study, a point a value, joined in the order of the values; the plates of the start are a ring. */
export function renderTradeOff(study: TradeOffStudy): string {
  const {designName, settings, before} = study;
  const points = [...study.points].sort((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const panels = across.filter(({of}) => [before, ...points].every((point) => of(point) !== null));
  const width = panels.length * panelPx.width;
  const title = `${designName}: ${tradeOffLosses[settings.weight].label}, ${settings.steps} steps each`;
  const drawn = panels.map(
    (axis, i) =>
      markup`<g transform="translate(${i * panelPx.width} ${titlePx})">${renderPanel(axis, points, before)}</g>`,
  );
  const whole = markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${panelPx.height + titlePx}" viewBox="0 0 ${width} ${panelPx.height + titlePx}" role="img"><title>${title}</title><style>${style}</style><text class="title" x="12" y="20">${title}; a ring: before</text>${drawn}</svg>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${whole.text}\n`;
}

function renderPanel(axis: Axis, points: readonly TradeOffPoint[], before: TradeOffPoint): Markup {
  const {width, height, left, right, top, bottom} = panelPx;
  const all = [before, ...points];
  const [x, y] = [scaleOf(all, axis, left, width - right), scaleOf(all, accuracy, height - bottom, top)];
  const xTicks = x.ticks.map(
    (value) =>
      markup`<path class="grid" d="M${px(x.at(value))} ${top}V${height - bottom}"/><text class="middle" x="${px(x.at(value))}" y="${height - bottom + 14}">${digitsText(value, 4)}</text>`,
  );
  const yTicks = y.ticks.map(
    (value) =>
      markup`<path class="grid" d="M${left} ${px(y.at(value))}H${width - right}"/><text class="end" x="${left - 5}" y="${px(y.at(value) + 4)}">${digitsText(value, 4)}</text>`,
  );
  const place = (point: TradeOffPoint): readonly [string, string] => [
    px(x.at(axis.of(point) ?? 0)),
    px(y.at(accuracy.of(point) ?? 0)),
  ];
  const line = points.map((point) => place(point).join(' ')).join('L');
  const dots = points.map((point) => {
    const [atX, atY] = place(point);
    // At the right edge a label stands before its point.
    const isAtLeft = Number(atX) > width - right - labelPx;
    return markup`<circle class="point" cx="${atX}" cy="${atY}" r="3.5"/><text ${isAtLeft && markup`class="end" `}x="${px(Number(atX) + (isAtLeft ? -6 : 6))}" y="${px(Number(atY) - 5)}">${digitsText(point.value ?? 0, 4)}</text>`;
  });
  const [beforeX, beforeY] = place(before);
  return markup`${xTicks}${yTicks}<rect class="frame" x="${left}" y="${top}" width="${width - left - right}" height="${height - top - bottom}"/><path class="curve" d="M${line}"/>${dots}<circle class="before" cx="${beforeX}" cy="${beforeY}" r="3.5"/><text class="middle" x="${(left + width - right) / 2}" y="${height - 12}">${axis.label}</text><text class="middle" transform="translate(12 ${(top + height - bottom) / 2}) rotate(-90)">${accuracy.label}</text>`;
}

/** Where values lie between two pixels, with a tenth of their span around them, and ticks at round ones. */
function scaleOf(
  points: readonly TradeOffPoint[],
  {of}: Axis,
  fromPx: number,
  toPx: number,
): {readonly at: (value: number) => number; readonly ticks: readonly number[]} {
  const values = points.map((point) => of(point) ?? 0);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const around = (most - least) / 10 || Math.abs(most) / 10 || 1;
  const [low, high] = [least - around, most + around];
  return {
    at: (value) => fromPx + ((value - low) / (high - low)) * (toPx - fromPx),
    ticks: ticksBetween(low, high, niceStep(high - low, 4)),
  };
}
