/** A campaign as one PNG: a column a digit, with its mask, the measured plane and the simulated one as registered. */
import {encode} from 'fast-png';
import type {DetectorRegion} from '../../contract/design-file.ts';
import {radFromDeg} from '../../contract/units.ts';
import type {FrameRegistration} from '../../twin/metrics/index.ts';
import {createColourMap, type Rgb} from './colour-map.ts';
import {createRaster, partOfScale, type Raster} from './raster.ts';
import type {MaskPicture, ReportData} from './report-data.ts';

const pixelsPerMm = 3;
const gapPx = 6;
const background: Rgb = [255, 255, 255];
const boxColour: Rgb = [235, 235, 235];
const winnerColour: Rgb = [255, 159, 28];

/** Bytes of the PNG; planes of a digit share one square-root scale, the largest y is on top. */
export function renderCampaignPicture({digits, result, regions}: ReportData): Uint8Array {
  const columns = digits.map((digit, i) => {
    const {xMm, yMm, values} = digit.scan;
    const cell = digit.cellMm ?? {widthMm: 1, heightMm: 1};
    const sum = (all: Float64Array): number => all.reduce((a, b) => a + b, 0);
    // Simulated values have a scale of their own; both are shown as parts of their sum.
    const measured = createRaster(
      xMm,
      yMm,
      values.map((value) => value / sum(values)),
      cell,
    );
    const registered = digit.simulatedRegistered;
    const simulated = createRaster(
      xMm,
      yMm,
      registered.map((value) => value / sum(registered)),
      cell,
    );
    const scale = {low: 0, high: Math.max(...measured.values, ...simulated.values), kind: 'root'} as const;
    const {measured: own, registered: twin} = result.digits[i];
    return {
      mask: digit.mask,
      planes: [
        {raster: measured, scale, winner: own.winner},
        {raster: simulated, scale, winner: twin.winner},
      ],
    };
  });
  const [first] = columns;
  if (!first) throw new RangeError('A campaign without a measured digit has no picture.');
  const {raster} = first.planes[0];
  const width = Math.round(raster.columns * raster.cellWidthMm * pixelsPerMm);
  const height = Math.round(raster.rows * raster.cellHeightMm * pixelsPerMm);
  const canvas = createCanvas((width + gapPx) * columns.length - gapPx, (height + gapPx) * 3 - gapPx);
  columns.forEach(({mask, planes}, column) => {
    const left = column * (width + gapPx);
    if (mask) drawMask(canvas, mask, raster, {left, top: 0, width, height});
    planes.forEach((plane, row) => {
      const top = (row + 1) * (height + gapPx);
      const box = {left, top, width, height};
      drawCells(canvas, plane.raster, (value) => partOfScale(value, plane.scale), box);
      for (const region of regions) {
        const colour = region.label === plane.winner ? winnerColour : boxColour;
        drawBox(canvas, region, {frame: result.registration, raster: plane.raster, box}, colour);
      }
    });
  });
  return encode({width: canvas.width, height: canvas.height, channels: 3, depth: 8, data: canvas.data});
}

/** A plane to be drawn alone: rows from the smallest y, NaN where nothing was measured. */
interface PictureSource {
  readonly rows: number;
  readonly columns: number;
  readonly values: ArrayLike<number>;
}

/** Pixels of a side that a small plane is enlarged to, by whole cells. */
const planeSidePx = 360;

/** Bytes of a PNG with planes side by side, each on a linear scale of its own; unmeasured cells stay white. */
export function renderPlanePicture(planes: readonly PictureSource[]): Uint8Array {
  const tiles = planes.map(({rows, columns, values}) => {
    const enlarged = Math.max(1, Math.floor(planeSidePx / Math.max(rows, columns)));
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i])) continue;
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    const scale = {low, high, kind: 'linear'} as const;
    const raster = {rows, columns, values: Float64Array.from(values)};
    return {raster, scale, width: columns * enlarged, height: rows * enlarged};
  });
  const canvas = createCanvas(
    tiles.reduce((sum, {width}) => sum + width + gapPx, -gapPx),
    Math.max(...tiles.map(({height}) => height)),
  );
  let left = 0;
  for (const {raster, scale, width, height} of tiles) {
    drawCells(canvas, raster, (value) => partOfScale(value, scale), {left, top: 0, width, height});
    left += width + gapPx;
  }
  return encode({width: canvas.width, height: canvas.height, channels: 3, depth: 8, data: canvas.data});
}

interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A rectangle of the picture, pixels. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A plane in the picture, and the frame that it was measured in. */
interface RasterPlace {
  readonly frame: FrameRegistration;
  readonly raster: Raster;
  readonly box: Box;
}

function createCanvas(width: number, height: number): Canvas {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set(background, 3 * i);
  return {width, height, data};
}

function put(canvas: Canvas, x: number, y: number, colour: Rgb): void {
  if (x < 0 || y < 0 || x >= canvas.width || y >= canvas.height) return;
  canvas.data.set(colour, 3 * (y * canvas.width + x));
}

function drawCells(
  canvas: Canvas,
  raster: Pick<Raster, 'rows' | 'columns' | 'values'>,
  partOf: (value: number) => number,
  {left, top, width, height}: Box,
): void {
  const colourAt = createColourMap('viridis');
  for (let y = 0; y < height; y++) {
    const row = raster.rows - 1 - Math.floor((y * raster.rows) / height);
    for (let x = 0; x < width; x++) {
      const value = raster.values[row * raster.columns + Math.floor((x * raster.columns) / width)];
      put(canvas, left + x, top + y, Number.isNaN(value) ? background : colourAt(partOf(value)));
    }
  }
}

/** The mask on the same scale in mm and the same middle as the planes. */
function drawMask(canvas: Canvas, mask: MaskPicture, raster: Raster, {left, top, width, height}: Box): void {
  const colourAt = createColourMap('mask');
  const {count, pitchMm, amplitude} = mask;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const xMm = raster.leftMm + (x + 0.5) / pixelsPerMm;
      const yMm = raster.bottomMm + (height - y - 0.5) / pixelsPerMm;
      const [column, row] = [Math.floor(xMm / pitchMm + count / 2), Math.floor(yMm / pitchMm + count / 2)];
      const isInside = column >= 0 && row >= 0 && column < count && row < count;
      put(canvas, left + x, top + y, colourAt(isInside ? amplitude[row * count + column] : 0));
    }
  }
}

/** Outline of a region where the scan saw it: s = R(-rotation) (p - shift). */
function drawBox(
  canvas: Canvas,
  region: DetectorRegion,
  {frame, raster, box: {left, top, height}}: RasterPlace,
  colour: Rgb,
): void {
  const angle = -radFromDeg(frame.rotationDeg);
  const steps = 64;
  for (let i = 0; i < 4 * steps; i++) {
    const along = (i % steps) / steps - 0.5;
    const side = Math.floor(i / steps);
    const [u, v] = [
      [along, -0.5],
      [along, 0.5],
      [-0.5, along],
      [0.5, along],
    ][side];
    const px = region.centerXMm + u * region.widthMm - frame.dxMm;
    const py = region.centerYMm + v * region.heightMm - frame.dyMm;
    const x = Math.cos(angle) * px - Math.sin(angle) * py;
    const y = Math.sin(angle) * px + Math.cos(angle) * py;
    put(
      canvas,
      left + Math.round((x - raster.leftMm) * pixelsPerMm),
      top + height - 1 - Math.round((y - raster.bottomMm) * pixelsPerMm),
      colour,
    );
  }
}
