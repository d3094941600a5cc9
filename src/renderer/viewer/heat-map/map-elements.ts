import {snapLinePx, xToPx, yToPx, type MmView} from '../canvas-geometry.ts';
import {LivePoint} from '../plane/live-track.ts';
import type {PointMm} from '../plane/plane.ts';
import {remOf} from '../theme-tokens.ts';
import type {HeatMapClassNames, HeatMapScene} from './heat-map-scene.ts';

/** Cursor lines and stage marker over a map: elements that only move, so that nothing is drawn again for them. */
export class MapElements {
  readonly #crossX: HTMLElement;
  readonly #crossY: HTMLElement;
  readonly #marker: HTMLElement;

  constructor(root: HTMLElement, classNames: HeatMapClassNames) {
    this.#crossX = addElement(root, classNames.cursorLine);
    this.#crossY = addElement(root, classNames.cursorLine);
    this.#marker = addElement(root, classNames.marker);
  }

  /** Makes the cursor lines as long as the map is wide and high. */
  size({width, height}: MmView['px']): void {
    this.#crossX.style.width = '1px';
    this.#crossX.style.height = remOf(height);
    this.#crossY.style.width = remOf(width);
    this.#crossY.style.height = '1px';
  }

  /** Moves all to where a scene has them; `ratio` is that of the screen's pixels to those of the page. */
  move(scene: HeatMapScene, view: MmView, ratio: number): void {
    const present = scene.presentMm instanceof LivePoint ? scene.presentMm.value : scene.presentMm;
    moveTo(this.#marker, {view, ratio}, present, (x, y) => `translate(${remOf(x)}, ${remOf(y)})`);
    const {left, top} = view.px;
    moveTo(
      this.#crossX,
      {view, ratio},
      scene.cursorMm,
      (x) => `translate(calc(${remOf(x)} - 0.5px), ${remOf(top)})`,
    );
    moveTo(
      this.#crossY,
      {view, ratio},
      scene.cursorMm,
      (_, y) => `translate(${remOf(left)}, calc(${remOf(y)} - 0.5px))`,
    );
  }
}

const addElement = (root: HTMLElement, className: string): HTMLElement => {
  const made = document.createElement('div');
  made.className = className;
  made.style.cssText =
    'position:absolute;left:0;top:0;pointer-events:none;visibility:hidden;will-change:transform';
  root.append(made);
  return made;
};

/** Moves an element to a place of the view, or hides it where the place is unknown or out of sight. */
function moveTo(
  element: HTMLElement,
  {view, ratio}: {readonly view: MmView; readonly ratio: number},
  at: PointMm | null,
  transform: (xPx: number, yPx: number) => string,
): void {
  const x = at ? snapLinePx(xToPx(view, at.xMm), ratio) : NaN;
  const y = at ? snapLinePx(yToPx(view, at.yMm), ratio) : NaN;
  const {left, top, width, height} = view.px;
  const isVisible = x >= left && x <= left + width && y >= top && y <= top + height;
  // Writing a style, even the same one, costs the browser a look at the element.
  const visibility = isVisible ? 'visible' : 'hidden';
  if (element.style.visibility !== visibility) element.style.visibility = visibility;
  if (isVisible) element.style.transform = transform(x, y);
}
