/** A plate as one sees it who looks at its relief, and how often each height is in it. */
import type {DesignFile} from '../../contract/design-file.ts';
import type {RealPlane} from '../../contract/optics.ts';
import type {Printer} from '../../contract/plate-export.ts';
import {marksOf, turnedPolygon, type PlateShape, type Point} from '../../twin/print/plate-shape.ts';
import type {PrintedHeights} from '../../twin/print/printed-heights.ts';
import {markup, type Markup} from './markup.ts';
import {formatFixed} from './number-format.ts';
import {px} from './plane-figure.ts';
import {createPngAddress} from './raster.ts';

/** What a picture of a plate is made of. */
export interface PlateFigureData {
  readonly file: DesignFile;
  readonly layers: readonly RealPlane[];
  readonly plates: readonly PrintedHeights[];
  readonly shape: PlateShape;
}

const plotPx = 260;

/** The mask of a plate seen from the detector: bright is open. */
export function renderMaskFigure(
  {file, plateMasks, shape}: Pick<PlateFigureData, 'file' | 'shape'> & MaskFigureData,
  index: number,
): Markup {
  const mask = plateMasks.at(index);
  if (!mask) return markup``;
  const {grid, values} = mask;
  const {windowMm} = shape;
  const raster = {
    rows: grid.count,
    columns: grid.count,
    values: Float64Array.from(values),
    leftMm: -windowMm / 2,
    bottomMm: -windowMm / 2,
    cellWidthMm: grid.pitchMm,
    cellHeightMm: grid.pitchMm,
  };
  const address = createPngAddress(raster, 'viridis', {low: 0, high: 1, kind: 'linear'});
  const box = `${px(-windowMm / 2)} ${px(-windowMm / 2)} ${px(windowMm)} ${px(windowMm)}`;
  return markup`<figure><svg viewBox="${box}" width="${plotPx}" height="${plotPx}" role="img" aria-label="Mask of plate ${index + 1}, seen from the detector"><image x="${px(-windowMm / 2)}" y="${px(-windowMm / 2)}" width="${px(windowMm)}" height="${px(windowMm)}" preserveAspectRatio="none" class="cells" href="${address}"/></svg><figcaption>mask at ${file.layers[index].zMm} mm seen from the detector, x points right, y up; bright is open</figcaption></figure>`;
}

/** Masks of a design by plate; null without. */
interface MaskFigureData {
  readonly plateMasks: readonly (RealPlane | null)[];
}

/** Outline, marks and heights to scale, seen from the side that the relief faces. */
export function renderPlateFigure({file, layers, plates, shape}: PlateFigureData, index: number): Markup {
  const isTurned = file.layers[index].reliefFaces === 'source';
  const {grid} = layers[index];
  const {surfaceMm, lowestMm, highestMm} = plates[index];
  const {count} = grid;
  const values = Float64Array.from(surfaceMm, (_, at) => {
    const column = at % count;
    return surfaceMm[at - column + (isTurned ? count - 1 - column : column)];
  });
  const {windowMm, halfMm, handle} = shape;
  const raster = {
    rows: count,
    columns: count,
    values,
    leftMm: -windowMm / 2,
    bottomMm: -windowMm / 2,
    cellWidthMm: grid.pitchMm,
    cellHeightMm: grid.pitchMm,
  };
  const address = createPngAddress(raster, 'viridis', {low: lowestMm, high: highestMm, kind: 'linear'});
  const outline = isTurned ? turnedPolygon(shape.outline) : shape.outline;
  // y of the drawing points down.
  const path = (points: readonly Point[]): string =>
    `M${points.map(([x, y]) => `${px(x)} ${px(-y)}`).join('L')}Z`;
  const marks = marksOf(shape, String(index + 1), isTurned).map(
    ({minX, maxX, minY, maxY}) =>
      markup`<rect x="${px(minX)}" y="${px(-maxY)}" width="${px(maxX - minX)}" height="${px(maxY - minY)}" class="measured"/>`,
  );
  const [width, height] = [2 * halfMm + 2, halfMm + handle.maxY + 2];
  return markup`<figure><svg viewBox="${px(-halfMm - 1)} ${px(-handle.maxY - 1)} ${px(width)} ${px(height)}" width="${plotPx}" height="${px((plotPx * height) / width)}" role="img" aria-label="Heights of plate ${index + 1}, seen from the ${file.layers[index].reliefFaces}"><path d="${path(outline)}" class="frame" stroke-width="0.4"/><image x="${px(-windowMm / 2)}" y="${px(-windowMm / 2)}" width="${px(windowMm)}" height="${px(windowMm)}" preserveAspectRatio="none" class="cells" href="${address}"/>${marks}</svg><figcaption>x points ${isTurned ? 'left' : 'right'}, y up; dark ${formatFixed(lowestMm, 3)} mm, bright ${formatFixed(highestMm, 3)} mm</figcaption></figure>`;
}

const largestBinCount = 60;
const bars = {width: 320, height: 150, left: 8, bottom: 30, top: 6};

/** How often each height is in a plate; neighbouring slices are counted together where there are many. */
export function renderHeightHistogram(printed: PrintedHeights, {sliceMm}: Pick<Printer, 'sliceMm'>): Markup {
  const {surfaceMm, lowestMm, highestMm} = printed;
  const slices = Math.round((highestMm - lowestMm) / sliceMm) + 1;
  const together = Math.ceil(slices / largestBinCount);
  const counts = new Array<number>(Math.ceil(slices / together)).fill(0);
  for (const height of surfaceMm) counts[Math.floor(Math.round((height - lowestMm) / sliceMm) / together)]++;
  const highest = Math.max(...counts);
  const slot = (bars.width - 2 * bars.left) / counts.length;
  const plotHeight = bars.height - bars.top - bars.bottom;
  const drawn = counts.map((count, i) => {
    const height = (plotHeight * count) / highest;
    return markup`<rect class="measured" x="${px(bars.left + i * slot)}" y="${px(bars.top + plotHeight - height)}" width="${px(Math.max(0.5, slot * 0.85))}" height="${px(height)}"/>`;
  });
  const baseline = bars.top + plotHeight;
  return markup`<figure><svg viewBox="0 0 ${bars.width} ${bars.height}" width="${bars.width}" height="${bars.height}" role="img" aria-label="Histogram of thickness, ${counts.length} bins of ${formatFixed(together * sliceMm, 3)} mm"><path class="tick" d="M${bars.left} ${px(baseline)}H${bars.width - bars.left}"/>${drawn}<text x="${bars.left}" y="${px(baseline + 14)}">${formatFixed(lowestMm, 3)}</text><text x="${bars.width - bars.left}" y="${px(baseline + 14)}" class="end">${formatFixed(highestMm, 3)}</text><text x="${px(bars.width / 2)}" y="${px(baseline + 26)}" class="middle">thickness (mm)</text></svg><figcaption>Bins of ${formatFixed(together * sliceMm, 3)} mm; the highest bar is ${highest} pixels</figcaption></figure>`;
}
