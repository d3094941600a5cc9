import type {PointMm, RectMm} from './plane/plane.ts';

/** A rectangle on screen, drawing pixels. */
export interface RectPx {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Which millimetres are shown where. y points up in mm and down in pixels. */
export interface MmView {
  readonly mm: RectMm;
  readonly px: RectPx;
}

const span = ([low, high]: readonly [number, number]): number => high - low;

/** Width over height of a rectangle in mm. */
export const aspectOf = (rect: RectMm): number => span(rect.xMm) / span(rect.yMm);

export const xToPx = ({mm, px}: MmView, xMm: number): number =>
  px.left + ((xMm - mm.xMm[0]) / span(mm.xMm)) * px.width;

export const yToPx = ({mm, px}: MmView, yMm: number): number =>
  px.top + ((mm.yMm[1] - yMm) / span(mm.yMm)) * px.height;

/** The place under a pixel, mm. */
export function toMm({mm, px}: MmView, xPx: number, yPx: number): PointMm {
  return {
    xMm: mm.xMm[0] + ((xPx - px.left) / px.width) * span(mm.xMm),
    yMm: mm.yMm[1] - ((yPx - px.top) / px.height) * span(mm.yMm),
  };
}

export const isInsidePx = ({left, top, width, height}: RectPx, xPx: number, yPx: number): boolean =>
  xPx >= left && xPx <= left + width && yPx >= top && yPx <= top + height;

/** The largest rectangle of an aspect (width over height) inside another, at its top left or in its middle. */
export function fitAspect(outer: RectPx, aspect: number, align: 'centre' | 'start' = 'centre'): RectPx {
  const width = Math.max(1, Math.min(outer.width, outer.height * aspect));
  const height = Math.max(1, width / aspect);
  const share = align === 'centre' ? 0.5 : 0;
  return {
    left: outer.left + (outer.width - width) * share,
    top: outer.top + (outer.height - height) * share,
    width,
    height,
  };
}

/** The smallest rectangle of an aspect around another with the same centre. */
export function expandToAspect(rect: RectMm, aspect: number): RectMm {
  const width = Math.max(span(rect.xMm), span(rect.yMm) * aspect);
  const height = width / aspect;
  const xMm = (rect.xMm[0] + rect.xMm[1]) / 2;
  const yMm = (rect.yMm[0] + rect.yMm[1]) / 2;
  return {xMm: [xMm - width / 2, xMm + width / 2], yMm: [yMm - height / 2, yMm + height / 2]};
}

/** Widens a rectangle by a share of its larger side, for a margin around what is shown. */
export function withMargin(rect: RectMm, share: number): RectMm {
  const margin = Math.max(span(rect.xMm), span(rect.yMm)) * share;
  return {
    xMm: [rect.xMm[0] - margin, rect.xMm[1] + margin],
    yMm: [rect.yMm[0] - margin, rect.yMm[1] + margin],
  };
}

/** The rectangle around all given ones; null for none. */
export function unionMm(rects: readonly RectMm[]): RectMm | null {
  if (rects.length === 0) return null;
  return {
    xMm: [Math.min(...rects.map(({xMm}) => xMm[0])), Math.max(...rects.map(({xMm}) => xMm[1]))],
    yMm: [Math.min(...rects.map(({yMm}) => yMm[0])), Math.max(...rects.map(({yMm}) => yMm[1]))],
  };
}

/**
 * Zooms about a place that stays where it is on screen; `factor` below 1 shows less. Never shows more than
 * `outer`, at which null is returned (not zoomed), and never less than a ten-thousandth of it.
 */
export function zoomAbout(shown: RectMm, outer: RectMm, about: PointMm, factor: number): RectMm | null {
  const least = span(outer.xMm) * 1e-4;
  const bounded = Math.max(factor, least / span(shown.xMm));
  if (span(shown.xMm) * bounded >= span(outer.xMm) * 0.999) return null;
  const zoomed = (range: readonly [number, number], at: number): readonly [number, number] => [
    at + (range[0] - at) * bounded,
    at + (range[1] - at) * bounded,
  ];
  return heldInside({xMm: zoomed(shown.xMm, about.xMm), yMm: zoomed(shown.yMm, about.yMm)}, outer);
}

/** Moves a rectangle, without changing its size, so that it does not leave another that is no smaller. */
export function heldInside(rect: RectMm, outer: RectMm): RectMm {
  const held = (
    range: readonly [number, number],
    limit: readonly [number, number],
  ): readonly [number, number] => {
    if (span(range) >= span(limit)) {
      const middle = (limit[0] + limit[1]) / 2;
      return [middle - span(range) / 2, middle + span(range) / 2];
    }
    const move = Math.max(limit[0] - range[0], 0) + Math.min(limit[1] - range[1], 0);
    return [range[0] + move, range[1] + move];
  };
  return {xMm: held(rect.xMm, outer.xMm), yMm: held(rect.yMm, outer.yMm)};
}

/** Rounds to whole device pixels, so that edges are sharp. */
export const snapPx = (px: number, ratio: number): number => Math.round(px * ratio) / ratio;

/** The middle of the nearest device pixel: where a line one device pixel wide is sharp. */
export const snapLinePx = (px: number, ratio: number): number => (Math.floor(px * ratio) + 0.5) / ratio;

/** Snaps all four edges of a rectangle to device pixels. */
export function snapRect({left, top, width, height}: RectPx, ratio: number): RectPx {
  const x = snapPx(left, ratio);
  const y = snapPx(top, ratio);
  return {left: x, top: y, width: snapPx(left + width, ratio) - x, height: snapPx(top + height, ratio) - y};
}
