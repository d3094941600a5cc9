import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
  type KeyboardEvent,
} from 'react';
import {Button} from 'react-aria-components';
import {aspectOf, expandToAspect, type RectPx, zoomAbout} from '../canvas-geometry.ts';
import type {CellRules} from '../colour/cell-class.ts';
import type {ColourMapName} from '../colour/colour-maps.ts';
import type {ValueRange, ValueScale} from '../colour/value-scale.ts';
import type {Overlay, PathMm, Region} from '../map/overlays.ts';
import {useMapGestures} from '../map/use-map-gestures.ts';
import type {LivePlane} from '../plane/live-plane.ts';
import type {LivePoint, LiveTrack} from '../plane/live-track.ts';
import {
  cellAtMm,
  cellCentreMm,
  pitchMm,
  planeBoundsMm,
  type Plane,
  type PointMm,
  type RectMm,
} from '../plane/plane.ts';
import {formatReading} from '../reading-format.ts';
import {remOf} from '../theme-tokens.ts';
import {ColourBar} from './ColourBar.tsx';
import styles from './HeatMap.module.css';
import {HeatMapPainter} from './heat-map-painter.ts';
import {describePlane, valueText} from './heat-map-labels.ts';
import {useHeatMapOverlays} from './use-heat-map-overlays.ts';
import {usePlaneVersion} from './use-plane-version.ts';

/** Props of {@link HeatMap}. Lists and rectangles should keep their identity while they do not change. */
export interface HeatMapProps {
  /** What is shown, e.g. `Measured amplitude R`; part of the text alternative. */
  readonly label: string;
  /** A plane, or a live plane that is filled while it is shown. */
  readonly plane: Plane | LivePlane;
  /** Unit of the values without prefix: `V`, `deg`, empty for plain numbers. */
  readonly unit: string;
  /** Short name of the value in the read-out, e.g. `R`. */
  readonly quantity?: string;
  readonly colourMap?: ColourMapName;
  readonly scale?: ValueScale;
  /** Fixed ends of the colour map, or `auto`, which is computed from the measured cells alone. */
  readonly range?: ValueRange | 'auto';
  /** Makes the ends of the colour bar draggable. */
  readonly onRange?: (range: ValueRange | 'auto') => void;
  /** Share of the cells that an automatic range leaves out at each end, percent. */
  readonly clipPercent?: number;
  /** Size of a value from which the instrument counts as overloaded. */
  readonly saturationLevel?: number;
  /** Cursor shared by several maps; without it the map keeps its own. */
  readonly cursorMm?: PointMm | null;
  readonly onCursorMm?: (cursor: PointMm | null) => void;
  /** Click, or Enter at the cursor. */
  readonly onPickMm?: (point: PointMm) => void;
  /** Zoom shared by several maps; without it the map keeps its own. null shows all. */
  readonly zoomMm?: RectMm | null;
  readonly onZoomMm?: (zoom: RectMm | null) => void;
  /** What is shown unzoomed, if not just the plane. */
  readonly extentMm?: RectMm;
  readonly hasProfiles?: boolean;
  readonly hasColourBar?: boolean;
  readonly hasReadOut?: boolean;
  readonly axisLabels?: {readonly x: string; readonly y: string};
  readonly regions?: readonly Region[];
  /** The way the stage has gone. */
  readonly track?: LiveTrack;
  /** Where the stage is. */
  readonly presentMm?: PointMm | LivePoint | null;
  readonly plannedPathMm?: PathMm;
  readonly limitsMm?: RectMm;
  readonly overlays?: readonly Overlay[];
}

/** How often the text alternative of a live plane is written anew, ms. */
const textEveryMs = 1000;

const xyLabels = {x: 'x', y: 'y'};

/** A plane as a picture to scale: axes in mm, colour bar, read-out, profiles, overlays; live planes included. */
export function HeatMap(props: HeatMapProps) {
  const {plane, unit, colourMap = 'viridis', scale = 'linear', range = 'auto'} = props;
  const view = useHeldView(props);
  const {painter, ref} = usePaintedMap(props, view);
  const subscribe = useCallback((listener: () => void) => painter.subscribe(listener), [painter]);
  const ranges = useSyncExternalStore(subscribe, () => painter.ranges);
  const plotPx = useSyncExternalStore(subscribe, () => painter.plotPx);
  // For the words alone: how many cells are measured changes also when the range of their values does not.
  usePlaneVersion(plane, textEveryMs);
  const {cursorMm, zoomMm, setZoom} = view;
  const zoomBy = useZoomBy(props, painter, setZoom);
  const {handlers, dragPxRect} = useMapGestures(ref, {
    view: useCallback(() => painter.view, [painter]),
    onHover: view.setCursor,
    onPick: props.onPickMm,
    onZoomTo: (rect) => setZoom(expandToAspect(rect, aspectOf(fullMmOf(props)))),
    onZoomBy: zoomBy,
    onZoomReset: () => setZoom(null),
  });
  const rules: CellRules = {
    scale,
    colourMap,
    range: ranges?.shown ?? [0, 1],
    saturationLevel: props.saturationLevel,
  };
  const {announced, onKeyDown} = useMapKeys(props, view, {rules, zoomBy});
  return (
    <div className={styles.heatMap}>
      <div className={styles.body}>
        <div className={styles.stage}>
          <div
            ref={ref}
            className={styles.map}
            role="img"
            tabIndex={0}
            aria-label={`${describePlane(props.label, plane, unit, ranges?.data ?? null)} Arrow keys move the cursor.`}
            onKeyDown={onKeyDown}
            {...handlers}
          />
          {dragPxRect && <div className={styles.dragRect} style={boxOf(dragPxRect)} />}
          {zoomMm && <ShowAll onPress={() => setZoom(null)} />}
        </div>
        {props.hasColourBar !== false && ranges && (
          <ColourBar
            {...{colourMap, scale, unit, ...ranges}}
            alignedTo={plotPx}
            isAuto={range === 'auto'}
            onRange={props.onRange}
          />
        )}
      </div>
      {props.hasReadOut !== false && (
        <ReadOut quantity={props.quantity ?? ''} {...{plane, unit, rules, cursorMm}} />
      )}
      <div role="status" className={styles.announced}>
        {announced}
      </div>
    </div>
  );
}

const fullMmOf = ({extentMm, plane}: HeatMapProps): RectMm => extentMm ?? planeBoundsMm(plane);

/** Cursor and zoom: the caller's where it holds them, else the map's own. */
interface HeldView {
  readonly cursorMm: PointMm | null;
  readonly zoomMm: RectMm | null;
  readonly setCursor: (cursor: PointMm | null) => void;
  readonly setZoom: (zoom: RectMm | null) => void;
}

function useHeldView({cursorMm, onCursorMm, zoomMm, onZoomMm}: HeatMapProps): HeldView {
  const [ownCursor, setOwnCursor] = useState<PointMm | null>(null);
  const [ownZoom, setOwnZoom] = useState<RectMm | null>(null);
  const setCursor = (cursor: PointMm | null) => {
    setOwnCursor(cursor);
    onCursorMm?.(cursor);
  };
  const setZoom = useCallback(
    (zoom: RectMm | null) => {
      setOwnZoom(zoom);
      onZoomMm?.(zoom);
    },
    [onZoomMm],
  );
  return {
    cursorMm: cursorMm === undefined ? ownCursor : cursorMm,
    zoomMm: zoomMm === undefined ? ownZoom : zoomMm,
    setCursor,
    setZoom,
  };
}

/** The painter of a map's element; it is shown the scene after every render. */
function usePaintedMap(props: HeatMapProps, {cursorMm, zoomMm}: HeldView) {
  const {plane, unit, colourMap = 'viridis', scale = 'linear', range = 'auto'} = props;
  const {clipPercent = 0, hasProfiles = false, extentMm = null} = props;
  const [painter] = useState(() => new HeatMapPainter());
  const ref = useRef<HTMLDivElement>(null);
  const overlays = useHeatMapOverlays(props);
  const scene = {
    ...{plane, unit, colourMap, scale, range, clipPercent, zoomMm, extentMm, cursorMm, overlays, hasProfiles},
    saturationLevel: props.saturationLevel,
    track: props.track ?? null,
    presentMm: props.presentMm ?? null,
    axisLabels: props.axisLabels ?? xyLabels,
  };
  useLayoutEffect(() => {
    const root = ref.current;
    return root
      ? painter.attach(root, {marker: styles.marker, cursorLine: styles.cursorLine, hatch: styles.hatch})
      : undefined;
  }, [painter]);
  useEffect(() => painter.show(scene));
  return {painter, ref};
}

type ZoomBy = (factor: number, about: PointMm) => void;

function useZoomBy(
  {extentMm, plane}: HeatMapProps,
  painter: HeatMapPainter,
  setZoom: HeldView['setZoom'],
): ZoomBy {
  return useCallback(
    (factor, about) => {
      const outer = extentMm ?? planeBoundsMm(plane);
      setZoom(zoomAbout(painter.view?.mm ?? outer, outer, about, factor));
    },
    [painter, plane, extentMm, setZoom],
  );
}

/** Cursor, zoom and pick by key; what the cursor has come to is announced. */
function useMapKeys(
  props: HeatMapProps,
  {cursorMm, setCursor, setZoom}: HeldView,
  {rules, zoomBy}: {readonly rules: CellRules; readonly zoomBy: ZoomBy},
) {
  const {plane, unit, onPickMm} = props;
  const [announced, setAnnounced] = useState('');
  const onKeyDown = (event: KeyboardEvent) => {
    const asked = keyAction(event, plane, cursorMm);
    if (!asked) return;
    event.preventDefault();
    event.stopPropagation();
    if (asked.kind === 'pick') return cursorMm ? onPickMm?.(cursorMm) : undefined;
    if (asked.kind === 'reset') return setZoom(null);
    if (asked.kind === 'zoom') return zoomBy(asked.factor, cursorMm ?? middleOf(fullMmOf(props)));
    setCursor(asked.cursorMm);
    const {xMm, yMm} = asked.cursorMm;
    const place = `x ${formatReading(xMm, 'mm').text}, y ${formatReading(yMm, 'mm').text}`;
    setAnnounced(`${place}: ${valueText(plane, asked.cursorMm, unit, rules)}`);
  };
  return {announced, onKeyDown};
}

const ShowAll = ({onPress}: {readonly onPress: () => void}) => (
  <Button className={styles.reset ?? ''} onPress={onPress}>
    Show all
  </Button>
);

const boxOf = ({left, top, width, height}: RectPx) => ({
  left: remOf(left),
  top: remOf(top),
  width: remOf(width),
  height: remOf(height),
});

interface ReadOutProps {
  readonly plane: Plane | LivePlane;
  readonly quantity: string;
  readonly unit: string;
  readonly rules: CellRules;
  readonly cursorMm: PointMm | null;
}

/** Place and value under the cursor, in digits that do not jump. */
function ReadOut({plane, quantity, unit, rules, cursorMm}: ReadOutProps) {
  usePlaneVersion(plane);
  const place = (name: string, value: number) => (
    <span className={styles.place}>
      {name} {formatReading(value, 'mm').number} mm
    </span>
  );
  return (
    <div className={styles.readOut} aria-hidden="true">
      {place('x', cursorMm?.xMm ?? NaN)}
      {place('y', cursorMm?.yMm ?? NaN)}
      <span className={styles.value}>
        {quantity} {cursorMm ? valueText(plane, cursorMm, unit, rules) : '–––'}
      </span>
    </div>
  );
}

type KeyAction =
  | {readonly kind: 'move'; readonly cursorMm: PointMm}
  | {readonly kind: 'zoom'; readonly factor: number}
  | {readonly kind: 'reset'}
  | {readonly kind: 'pick'};

const steps: Readonly<Record<string, PointMm>> = {
  ArrowLeft: {xMm: -1, yMm: 0},
  ArrowRight: {xMm: 1, yMm: 0},
  ArrowUp: {xMm: 0, yMm: 1},
  ArrowDown: {xMm: 0, yMm: -1},
};

/** What a key asks of a focused map; null leaves the key to the page. Shift moves ten cells. */
function keyAction(event: KeyboardEvent, plane: Plane, cursorMm: PointMm | null): KeyAction | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.key === '+' || event.key === '=') return {kind: 'zoom', factor: 1 / 1.5};
  if (event.key === '-') return {kind: 'zoom', factor: 1.5};
  if (event.key === '0' || event.key === 'Home') return {kind: 'reset'};
  if (event.key === 'Enter') return {kind: 'pick'};
  const step = steps[event.key];
  if (!step) return null;
  const bounds = planeBoundsMm(plane);
  const cell = cellAtMm(plane, cursorMm ?? middleOf(bounds)) ?? {row: 0, column: 0};
  const stride = event.shiftKey ? 10 : 1;
  // Up is larger y also for a plane that was stored from high to low.
  const pitch = pitchMm(plane);
  const moved = (at: number, direction: number, count: number) =>
    Math.min(Math.max(at + direction * stride, 0), count - 1);
  const row = moved(cell.row, step.yMm * Math.sign(pitch.yMm), plane.rows);
  const column = moved(cell.column, step.xMm * Math.sign(pitch.xMm), plane.columns);
  return {kind: 'move', cursorMm: cellCentreMm(plane, cursorMm ? {row, column} : cell)};
}

const middleOf = ({xMm, yMm}: RectMm): PointMm => ({
  xMm: (xMm[0] + xMm[1]) / 2,
  yMm: (yMm[0] + yMm[1]) / 2,
});
