/** One plane as a picture with mm axes, region boxes and the winner marked; and the colour bar that belongs to it. */
import {niceStep} from '../../base/nice-step.ts';
import {digitsText} from '../../base/number-format.ts';
import type {DetectorRegion} from '../../contract/design-file.ts';
import {radFromDeg} from '../../contract/units.ts';
import type {FrameRegistration} from '../../twin/metrics/index.ts';
import type {ColourMapName} from './colour-map.ts';
import {markup, type Markup} from './markup.ts';
import {formatFixed, ticksBetween} from './number-format.ts';
import {createPngAddress, partOfScale, type Raster, type ValueScale} from './raster.ts';

export interface PlaneFigure {
  readonly caption: string;
  /** What the picture shows, for who cannot see it. */
  readonly description: string;
  readonly raster: Raster;
  readonly map: ColourMapName;
  readonly scale: ValueScale;
  readonly boxes?: {
    readonly regions: readonly DetectorRegion[];
    /** Frame of the scan in the design's plane: boxes are drawn where the scan saw them. */
    readonly frame: FrameRegistration;
    readonly winner: string | null;
  };
}

const plotPx = 200;
const margin = {left: 38, right: 6, top: 6, bottom: 34};

/** Maps mm of the scan's frame to pixels of the drawing, the same scale along x and y. */
interface PlotScale {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly x: (mm: number) => number;
  readonly y: (mm: number) => number;
}

function createPlotScale(raster: Raster): PlotScale {
  const widthMm = raster.columns * raster.cellWidthMm;
  const heightMm = raster.rows * raster.cellHeightMm;
  const pxPerMm = plotPx / Math.max(widthMm, heightMm);
  const heightPx = heightMm * pxPerMm;
  return {
    widthPx: widthMm * pxPerMm,
    heightPx,
    x: (mm) => margin.left + (mm - raster.leftMm) * pxPerMm,
    y: (mm) => margin.top + heightPx - (mm - raster.bottomMm) * pxPerMm,
  };
}

export function renderPlaneFigure(figure: PlaneFigure): Markup {
  const {raster, map, boxes} = figure;
  const scale = createPlotScale(raster);
  const width = margin.left + scale.widthPx + margin.right;
  const height = margin.top + scale.heightPx + margin.bottom;
  const frame = markup`x="${px(margin.left)}" y="${px(margin.top)}" width="${px(scale.widthPx)}" height="${px(scale.heightPx)}"`;
  return markup`<figure class="plane"><svg viewBox="0 0 ${px(width)} ${px(height)}" width="${px(width)}" height="${px(height)}" role="img" aria-label="${figure.description}"><rect ${frame} fill="url(#unmeasured)"/><image ${frame} preserveAspectRatio="none" class="cells" href="${createPngAddress(raster, map, figure.scale)}"/><rect ${frame} class="frame"/>${renderAxes(raster, scale)}${boxes && renderBoxes(boxes, scale)}</svg><figcaption>${figure.caption}</figcaption></figure>`;
}

function renderAxes(raster: Raster, scale: PlotScale): Markup {
  const rightMm = raster.leftMm + raster.columns * raster.cellWidthMm;
  const topMm = raster.bottomMm + raster.rows * raster.cellHeightMm;
  const step = niceStep(Math.max(rightMm - raster.leftMm, topMm - raster.bottomMm), 5);
  const bottomPx = margin.top + scale.heightPx;
  const xTicks = ticksBetween(raster.leftMm, rightMm, step).map(
    (mm) =>
      markup`<path class="tick" d="M${px(scale.x(mm))} ${px(bottomPx)}v4"/><text x="${px(scale.x(mm))}" y="${px(bottomPx + 14)}" class="middle">${tickText(mm)}</text>`,
  );
  const yTicks = ticksBetween(raster.bottomMm, topMm, step).map(
    (mm) =>
      markup`<path class="tick" d="M${px(margin.left)} ${px(scale.y(mm))}h-4"/><text x="${px(margin.left - 7)}" y="${px(scale.y(mm) + 3.5)}" class="end">${tickText(mm)}</text>`,
  );
  const middleX = margin.left + scale.widthPx / 2;
  const middleY = margin.top + scale.heightPx / 2;
  return markup`${xTicks}${yTicks}<text x="${px(middleX)}" y="${px(bottomPx + 28)}" class="middle">x (mm)</text><text transform="translate(11 ${px(middleY)}) rotate(-90)" class="middle">y (mm)</text>`;
}

function renderBoxes(
  {regions, frame, winner}: NonNullable<PlaneFigure['boxes']>,
  scale: PlotScale,
): Markup[] {
  // The winner is drawn last, so that no neighbour's line crosses its own.
  const ordered = [...regions].sort((a, b) => Number(a.label === winner) - Number(b.label === winner));
  return ordered.map((region) => {
    const isWinner = region.label === winner;
    const corners = cornersOf(region).map((corner) => scanPointFrom(corner, frame));
    const path = `M${corners.map(([x, y]) => `${px(scale.x(x))} ${px(scale.y(y))}`).join('L')}Z`;
    const [labelX, labelY] = scanPointFrom([region.centerXMm, region.centerYMm + region.heightMm / 2], frame);
    const at = {x: scale.x(labelX), y: scale.y(labelY) - 5};
    const badge =
      isWinner && markup`<circle class="winner-badge" cx="${px(at.x)}" cy="${px(at.y - 4)}" r="8"/>`;
    return markup`<path class="box-shadow" d="${path}"/><path class="${isWinner ? 'box winner' : 'box'}" d="${path}"/>${badge}<text class="${isWinner ? 'box-label winner' : 'box-label'}" x="${px(at.x)}" y="${px(at.y)}">${region.label}</text>`;
  });
}

type PointMm = readonly [xMm: number, yMm: number];

const cornersOf = ({centerXMm, centerYMm, widthMm, heightMm}: DetectorRegion): readonly PointMm[] =>
  (
    [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ] as const
  ).map(([right, up]) => [centerXMm + (right * widthMm) / 2, centerYMm + (up * heightMm) / 2]);

/** Where the scan's frame has a point of the design's plane: the inverse of a frame registration. */
export function scanPointFrom([xMm, yMm]: PointMm, {dxMm, dyMm, rotationDeg}: FrameRegistration): PointMm {
  const cos = Math.cos(radFromDeg(rotationDeg));
  const sin = Math.sin(radFromDeg(rotationDeg));
  const [x, y] = [xMm - dxMm, yMm - dyMm];
  return [x * cos + y * sin, y * cos - x * sin];
}

/** A colour bar with its numbers; the map's gradient is defined once in the document. */
export function renderColourBar(map: ColourMapName, scale: ValueScale, label: string): Markup {
  const {low, high} = scale;
  const {top} = margin;
  const height = top + plotPx + margin.bottom;
  const values = scaleTicks(scale);
  const decimals = Math.max(...values.map(decimalsOf));
  const ticks = values.map((value) => {
    const y = top + plotPx * (1 - partOfScale(value, scale));
    return markup`<path class="tick" d="M14 ${px(y)}h4"/><text x="21" y="${px(y + 3.5)}">${formatFixed(value, decimals)}</text>`;
  });
  return markup`<svg class="bar" viewBox="0 0 62 ${px(height)}" width="62" height="${px(height)}" role="img" aria-label="Colour scale from ${formatFixed(low, 2)} to ${formatFixed(high, 2)}: ${label}"><rect x="0" y="${top}" width="14" height="${plotPx}" fill="url(#scale-${map})"/><rect x="0" y="${top}" width="14" height="${plotPx}" class="frame"/>${ticks}<text transform="translate(58 ${px(top + plotPx / 2)}) rotate(-90)" class="middle">${label}</text></svg>`;
}

/** Round numbers along a scale: even steps on a linear one, one significant figure on a root one. */
export function scaleTicks({low, high, kind}: ValueScale): readonly number[] {
  if (!(high > low)) return [low];
  if (kind === 'linear') return ticksBetween(low, high, niceStep(high - low, 5));
  const rounded = [0, 0.25, 0.5, 0.72, 0.95].map((part) =>
    Number((low + (high - low) * part * part).toPrecision(1)),
  );
  return [...new Set(rounded)].filter((value) => value >= low && value <= high);
}

/** Decimals that a round number needs. */
const decimalsOf = (value: number): number =>
  value === 0 ? 0 : Math.max(0, -Math.floor(Math.log10(Math.abs(Number(value.toPrecision(1)))) + 1e-9));
const tickText = (mm: number): string => digitsText(mm, 6);
/** Pixels to a tenth: enough to see, and the file stays small. */
export const px = (value: number): string => String(Math.round(value * 10) / 10);
