/** A soak as a drawing: what the host holds, and how fast STOP is, over the points that were measured. */
import {niceStep} from '../../src/base/nice-step.ts';
import {digitsText} from '../../src/base/number-format.ts';
import {markup, type Markup} from '../../src/host/report/markup.ts';
import {ticksBetween} from '../../src/host/report/number-format.ts';
import {px} from '../../src/host/report/plane-figure.ts';
import {quantileOf, type SoakSample} from './soak-plan.ts';

const panelPx = {width: 430, height: 210, left: 56, right: 18, top: 34, bottom: 40};

/** Light on any page: colours of its own, no style sheet of a page. */
const style = `svg { background: #fff; } text { font: 11px system-ui, sans-serif; fill: #1b2128; } .title { font-size: 13px; font-weight: 600; }
.middle { text-anchor: middle; } .end { text-anchor: end; } .grid { stroke: #d3d9e0; fill: none; } .frame { stroke: #5a6673; fill: none; }
.line0 { stroke: #2f6fb7; } .line1 { stroke: #b7572f; } path.line0, path.line1 { stroke-width: 1.5; fill: none; } text.line0 { fill: #2f6fb7; stroke: none; } text.line1 { fill: #b7572f; stroke: none; }`;

interface Line {
  readonly label: string;
  readonly of: (sample: SoakSample) => number;
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

const panels: readonly Panel[] = [
  {
    title: 'memory of the host, MB',
    lines: [
      {label: 'resident', of: ({residentBytes}) => residentBytes / 1e6},
      {label: 'in use', of: ({heapBytes}) => heapBytes / 1e6},
    ],
  },
  {
    title: 'open files and sockets; other handles',
    lines: [
      {label: 'files', of: ({fileCount}) => fileCount},
      {
        label: 'handles',
        of: ({resources}) => Object.values(resources).reduce((sum, count) => sum + count, 0),
      },
    ],
  },
  {
    title: 'STOP, from press to proof of safety, ms',
    lines: [
      {label: 'slowest', of: ({stopMs}) => Math.max(...stopMs)},
      {label: 'median', of: ({stopMs}) => quantileOf(stopMs, 0.5)},
    ],
  },
  {title: 'points a second', lines: [{label: '', of: ({pointsPerS}) => pointsPerS}]},
];

/** The drawing as an SVG file, two panels beside each other. */
export function drawSoak(samples: readonly SoakSample[], title: string): string {
  const [width, height] = [2 * panelPx.width, 2 * panelPx.height];
  const drawn = panels.map(
    (panel, i) =>
      markup`<g transform="translate(${(i % 2) * panelPx.width} ${Math.floor(i / 2) * panelPx.height})">${drawPanel(panel, samples)}</g>`,
  );
  const whole = markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img"><title>${title}</title><style>${style}</style>${drawn}</svg>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${whole.text}\n`;
}

function drawPanel({title, lines}: Panel, samples: readonly SoakSample[]): Markup {
  const {width, height, left, right, top, bottom} = panelPx;
  const most = Math.max(...samples.map(({points}) => points));
  const known = (line: Line): readonly (readonly [number, number])[] =>
    samples.flatMap((sample): [number, number][] => {
      const value = line.of(sample);
      return Number.isFinite(value) ? [[sample.points, value]] : [];
    });
  const highest = Math.max(1, ...lines.flatMap((line) => known(line).map(([, value]) => value))) * 1.15;
  const x = (points: number): number => left + (points / most) * (width - left - right);
  const y = (value: number): number => top + (1 - value / highest) * (height - top - bottom);
  const xTicks = ticksBetween(0, most, niceStep(most, 4)).map(
    (value) =>
      markup`<path class="grid" d="M${px(x(value))} ${top}V${height - bottom}"/><text class="middle" x="${px(x(value))}" y="${height - bottom + 14}">${digitsText(value / 1e6, 4)}</text>`,
  );
  const yTicks = ticksBetween(0, highest, niceStep(highest, 4)).map(
    (value) =>
      markup`<path class="grid" d="M${left} ${px(y(value))}H${width - right}"/><text class="end" x="${left - 5}" y="${px(y(value) + 4)}">${digitsText(value, 4)}</text>`,
  );
  const curves = lines.map((line, i) => {
    const points = known(line);
    if (points.length === 0) return null;
    const path = points.map(([at, value]) => `${px(x(at))} ${px(y(value))}`).join('L');
    const [lastAt, last] = points[points.length - 1];
    return markup`<path class="line${i}" d="M${path}"/><text class="line${i} end" x="${px(x(lastAt))}" y="${px(y(last) - 5)}">${line.label}</text>`;
  });
  return markup`<text class="title" x="${left}" y="20">${title}</text>${xTicks}${yTicks}<rect class="frame" x="${left}" y="${top}" width="${width - left - right}" height="${height - top - bottom}"/>${curves}<text class="middle" x="${(left + width - right) / 2}" y="${height - 10}">points measured, millions</text>`;
}
