import {snapLinePx, xToPx, yToPx, type MmView, type RectPx} from '../canvas-geometry.ts';
import type {CellRules} from '../colour/cell-class.ts';
import {toFraction} from '../colour/value-scale.ts';
import {cellAtMm, cellCentreMm, type Plane, type PointMm} from '../plane/plane.ts';
import type {ThemeTokens} from '../theme-tokens.ts';

/** What the two profiles are painted with. */
export interface ProfileKit {
  readonly context: CanvasRenderingContext2D;
  readonly plane: Plane;
  readonly rules: CellRules;
  readonly view: MmView;
  readonly tokens: ThemeTokens;
  readonly ratio: number;
}

/** Paints the values along the cursor's row (above) and column (beside), on the colour scale's range. */
export function paintProfiles(
  kit: ProfileKit,
  topPx: RectPx,
  sidePx: RectPx,
  cursorMm: PointMm | null,
): void {
  const {context, tokens} = kit;
  for (const strip of [topPx, sidePx]) {
    context.clearRect(strip.left - 1, strip.top - 1, strip.width + 2, strip.height + 2);
    context.fillStyle = tokens.surface0;
    context.globalAlpha = 0.5;
    context.fillRect(strip.left, strip.top, strip.width, strip.height);
    context.globalAlpha = 1;
  }
  const cell = cursorMm && cellAtMm(kit.plane, cursorMm);
  if (!cell) return;
  paintProfile(kit, topPx, false, (column) => ({row: cell.row, column}));
  paintProfile(kit, sidePx, true, (row) => ({row, column: cell.column}));
  const x = snapLinePx(xToPx(kit.view, cursorMm.xMm), kit.ratio);
  const y = snapLinePx(yToPx(kit.view, cursorMm.yMm), kit.ratio);
  context.strokeStyle = tokens.text2;
  context.lineWidth = 1 / kit.ratio;
  context.beginPath();
  context.moveTo(x, topPx.top);
  context.lineTo(x, topPx.top + topPx.height);
  context.moveTo(sidePx.left, y);
  context.lineTo(sidePx.left + sidePx.width, y);
  context.stroke();
}

/** Lays one profile down as steps as wide as the cells, lifted over cells that have no place on the scale. */
function paintProfile(
  {context, plane, rules, view, tokens}: ProfileKit,
  strip: RectPx,
  isVertical: boolean,
  cellOf: (index: number) => {row: number; column: number},
): void {
  const count = isVertical ? plane.rows : plane.columns;
  context.save();
  context.beginPath();
  context.rect(strip.left, strip.top, strip.width, strip.height);
  context.clip();
  context.strokeStyle = tokens.accent;
  context.lineWidth = 1.25;
  context.beginPath();
  let isDown = false;
  for (let i = 0; i < count; i++) {
    const cell = cellOf(i);
    const fraction = toFraction(
      plane.values[cell.row * plane.columns + cell.column],
      rules.scale,
      rules.range,
    );
    if (!Number.isFinite(fraction)) {
      isDown = false;
      continue;
    }
    const held = 0.04 + 0.92 * Math.min(Math.max(fraction, -0.04), 1.04);
    const centre = cellCentreMm(plane, cell);
    const x = isVertical ? strip.left + held * strip.width : xToPx(view, centre.xMm);
    const y = isVertical ? yToPx(view, centre.yMm) : strip.top + (1 - held) * strip.height;
    if (isDown) context.lineTo(x, y);
    else context.moveTo(x, y);
    // A single value between gaps is a point that a line would not show.
    if (!isDown) context.lineTo(x + 0.01, y);
    isDown = true;
  }
  context.stroke();
  context.restore();
}
