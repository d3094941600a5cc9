import {xToPx, yToPx, type MmView, type RectPx} from '../canvas-geometry.ts';
import {contextOf} from '../canvas-layer.ts';
import type {CellRules, NeutralPixels} from '../colour/cell-class.ts';
import {pitchMm, planeBoundsMm, type Plane} from '../plane/plane.ts';
import {remOf} from '../theme-tokens.ts';
import {CellsPicture, type RowSpan} from './cells-picture.ts';

interface VisibleCells {
  /** In the picture's pixels: column from the smallest x, row from the largest y. */
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

/**
 * Shows the cells of a plane with one canvas pixel a cell; the browser's compositor scales them up. A frame
 * then costs only the rows that changed, not the many pixels that they cover on screen. Unmeasured cells are
 * transparent and let the hatch beneath through.
 */
export class CellsView {
  readonly #clip = document.createElement('div');
  readonly #hatch = document.createElement('div');
  readonly #canvas = document.createElement('canvas');
  readonly #context = contextOf(this.#canvas);
  readonly #picture = new CellsPicture();
  #visible: VisibleCells | null = null;
  #isStale = true;

  constructor(root: HTMLElement, hatchClassName: string) {
    const absolute = 'position:absolute;pointer-events:none;';
    this.#clip.style.cssText = `${absolute}overflow:hidden`;
    this.#hatch.style.cssText = absolute;
    this.#hatch.className = hatchClassName;
    this.#canvas.style.cssText = absolute;
    this.#clip.append(this.#hatch, this.#canvas);
    root.append(this.#clip);
  }

  /** Puts the cells that a view shows into their place. */
  place(plane: Plane, view: MmView): void {
    const {px, mm} = view;
    setBox(this.#clip, px);
    const bounds = planeBoundsMm(plane);
    const left = xToPx(view, bounds.xMm[0]) - px.left;
    const top = yToPx(view, bounds.yMm[1]) - px.top;
    const cellWidth = (xToPx(view, bounds.xMm[1]) - px.left - left) / plane.columns;
    const cellHeight = (yToPx(view, bounds.yMm[0]) - px.top - top) / plane.rows;
    setBox(this.#hatch, {left, top, width: cellWidth * plane.columns, height: cellHeight * plane.rows});
    const step = pitchMm(plane);
    const columns = visibleRange(mm.xMm, bounds.xMm[0], Math.abs(step.xMm), plane.columns);
    const rows = visibleRange([-mm.yMm[1], -mm.yMm[0]], -bounds.yMm[1], Math.abs(step.yMm), plane.rows);
    const isMirrored = plane.xMm[1] < plane.xMm[0];
    this.#visible = {
      left: isMirrored ? plane.columns - columns.first - columns.count : columns.first,
      top: rows.first,
      columns: columns.count,
      rows: rows.count,
    };
    this.#canvas.width = Math.max(1, columns.count);
    this.#canvas.height = Math.max(1, rows.count);
    const at = {left: left + columns.first * cellWidth, top: top + rows.first * cellHeight};
    setBox(this.#canvas, {...at, width: columns.count * cellWidth, height: rows.count * cellHeight});
    this.#canvas.style.transform = isMirrored ? 'scaleX(-1)' : '';
    // Cells keep sharp edges; only where they are smaller than pixels are they averaged.
    this.#canvas.style.imageRendering = cellWidth < 1 ? 'auto' : 'pixelated';
    this.#isStale = true;
  }

  /** Colours what changed. Returns the rows that changed, null for none. */
  draw(plane: Plane, rules: CellRules, neutral: NeutralPixels): RowSpan | null {
    const changed = this.#picture.update(plane, rules, neutral);
    const visible = this.#visible;
    const span = this.#isStale ? {first: 0, last: plane.rows - 1} : changed;
    this.#isStale = false;
    if (!span || !visible) return changed;
    const isFlipped = pitchMm(plane).yMm > 0;
    const first = (isFlipped ? plane.rows - 1 - span.last : span.first) - visible.top;
    const last = (isFlipped ? plane.rows - 1 - span.first : span.last) - visible.top;
    const top = Math.max(first, 0);
    const height = Math.min(last, visible.rows - 1) - top + 1;
    if (height <= 0) return changed;
    this.#context.clearRect(0, top, visible.columns, height);
    const source = [visible.left, visible.top + top, visible.columns, height] as const;
    this.#context.drawImage(this.#picture.canvas, ...source, 0, top, visible.columns, height);
    return changed;
  }
}

/** Which cells of a row or column a range touches. */
function visibleRange(
  [low, high]: readonly [number, number],
  edge: number,
  step: number,
  count: number,
): {readonly first: number; readonly count: number} {
  const first = Math.min(Math.max(Math.floor((low - edge) / step), 0), count);
  const end = Math.min(Math.max(Math.ceil((high - edge) / step), first), count);
  return {first, count: end - first};
}

function setBox(element: HTMLElement, {left, top, width, height}: RectPx): void {
  element.style.left = remOf(left);
  element.style.top = remOf(top);
  element.style.width = remOf(width);
  element.style.height = remOf(height);
}
