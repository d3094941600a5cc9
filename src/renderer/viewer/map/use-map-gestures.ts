import {useEffect, useState, type PointerEvent as ReactPointerEvent, type RefObject} from 'react';
import {isInsidePx, toMm, type MmView, type RectPx} from '../canvas-geometry.ts';
import type {PointMm, RectMm} from '../plane/plane.ts';
import {themeTokens} from '../theme-tokens.ts';

/** What the hand asks of a map. */
export interface MapGestureActions {
  /** The view now; null before the first drawing. */
  readonly view: () => MmView | null;
  readonly onHover: (point: PointMm | null) => void;
  readonly onPick?: ((point: PointMm) => void) | undefined;
  /** Missing where a map cannot be zoomed. */
  readonly onZoomTo?: ((rect: RectMm) => void) | undefined;
  readonly onZoomBy?: ((factor: number, about: PointMm) => void) | undefined;
  readonly onZoomReset?: (() => void) | undefined;
}

/** A place in a map, drawing pixels. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** A shorter drag is a click: hands tremble, and gloves more so. */
const dragPx = 6;

/** Where the pointer is in an element. */
function placeIn(element: Element, {clientX, clientY}: {clientX: number; clientY: number}): Place {
  const box = element.getBoundingClientRect();
  const {scale} = themeTokens();
  return {x: (clientX - box.left) / scale, y: (clientY - box.top) / scale};
}

/** Hover, click, drag a rectangle, wheel and double click on a map. */
export function useMapGestures(ref: RefObject<HTMLElement | null>, actions: MapGestureActions) {
  const [start, setStart] = useState<Place | null>(null);
  const [dragPxRect, setDragRect] = useState<RectPx | null>(null);
  useWheelZoom(ref, actions);

  const placeOf = (event: ReactPointerEvent): Place => placeIn(event.currentTarget, event);
  const pointOf = ({x, y}: Place): PointMm | null => {
    const view = actions.view();
    return view && isInsidePx(view.px, x, y) ? toMm(view, x, y) : null;
  };
  const end = () => {
    setStart(null);
    setDragRect(null);
  };
  const handlers = {
    onPointerDown(event: ReactPointerEvent) {
      const place = placeOf(event);
      if (event.button !== 0 || !pointOf(place)) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setStart(place);
    },
    onPointerMove(event: ReactPointerEvent) {
      const place = placeOf(event);
      actions.onHover(pointOf(place));
      if (start && actions.onZoomTo) setDragRect(dragRectangle(start, place, actions.view()));
    },
    onPointerUp(event: ReactPointerEvent) {
      if (!start) return;
      const place = placeOf(event);
      const rect = actions.onZoomTo ? dragRectangle(start, place, actions.view()) : null;
      const view = actions.view();
      end();
      if (rect && view) {
        const low = toMm(view, rect.left, rect.top + rect.height);
        const high = toMm(view, rect.left + rect.width, rect.top);
        actions.onZoomTo?.({xMm: [low.xMm, high.xMm], yMm: [low.yMm, high.yMm]});
        return;
      }
      const point = pointOf(place);
      if (point) actions.onPick?.(point);
    },
    onPointerCancel: end,
    onPointerLeave: () => actions.onHover(null),
    onDoubleClick: () => actions.onZoomReset?.(),
  };
  return {handlers, dragPxRect};
}

/** The dragged rectangle inside the view; null while it is a click. */
function dragRectangle(from: Place, to: Place, view: MmView | null): RectPx | null {
  if (!view || (Math.abs(to.x - from.x) < dragPx && Math.abs(to.y - from.y) < dragPx)) return null;
  const {px} = view;
  const held = (value: number, low: number, size: number) => Math.min(Math.max(value, low), low + size);
  const x = held(to.x, px.left, px.width);
  const y = held(to.y, px.top, px.height);
  const rect = {
    left: Math.min(from.x, x),
    top: Math.min(from.y, y),
    width: Math.abs(x - from.x),
    height: Math.abs(y - from.y),
  };
  return rect.width < dragPx || rect.height < dragPx ? null : rect;
}

/** React listens to the wheel passively, so the page would scroll along: hence a listener of our own. */
function useWheelZoom(ref: RefObject<HTMLElement | null>, {view, onZoomBy}: MapGestureActions): void {
  useEffect(() => {
    const element = ref.current;
    if (!element || !onZoomBy) return undefined;
    const onWheel = (event: WheelEvent) => {
      const shown = view();
      const {x, y} = placeIn(element, event);
      if (!shown || !isInsidePx(shown.px, x, y)) return;
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 40 : event.deltaY;
      onZoomBy(Math.exp(Math.min(Math.max(lines, -400), 400) * 0.0018), toMm(shown, x, y));
    };
    element.addEventListener('wheel', onWheel, {passive: false});
    return () => element.removeEventListener('wheel', onWheel);
  }, [ref, view, onZoomBy]);
}
