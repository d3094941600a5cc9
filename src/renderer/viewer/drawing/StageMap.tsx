import {typographic} from '../../../base/number-format.ts';
import {useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent} from 'react';
import {unionMm, withMargin} from '../canvas-geometry.ts';
import type {Overlay, PathMm} from '../map/overlays.ts';
import {useMapGestures} from '../map/use-map-gestures.ts';
import {LivePoint, type LiveTrack} from '../plane/live-track.ts';
import type {PointMm, RectMm} from '../plane/plane.ts';
import {formatReading} from '../reading-format.ts';
import {StageMapPainter} from './stage-map-painter.ts';
import styles from './StageMap.module.css';

/** Props of {@link StageMap}. Rectangles, lists and paths should keep their identity while they do not change. */
export interface StageMapProps {
  /** Text alternative, e.g. `Stage of the receiver`. */
  readonly label: string;
  /** Soft limits, mm. */
  readonly limitsMm: RectMm;
  /** Areas into which the stage must not go. */
  readonly keepOutMm?: readonly RectMm[];
  /** Where the stage is; null while that is not known. */
  readonly presentMm: PointMm | LivePoint | null;
  /** The way it came. */
  readonly trail?: LiveTrack;
  /** Outline of the last scan. */
  readonly lastScanMm?: RectMm;
  readonly plannedPathMm?: PathMm;
  /** Where a go-to would lead: marked, with the way to it. */
  readonly targetMm?: PointMm | null;
  /** Click, or Enter at the cursor of the focused map: asks for a preview, moves nothing. */
  readonly onPick?: (point: PointMm) => void;
  /** Step of the cursor by arrow keys, mm; Shift moves ten. */
  readonly stepMm?: number;
  readonly axisLabels?: {readonly x: string; readonly y: string};
  readonly overlays?: readonly Overlay[];
}

const xyLabels = {x: 'x', y: 'y'};

/** The area of the stage to scale: limits, forbidden areas, present place, way, plan; a click proposes a target. */
export function StageMap(props: StageMapProps) {
  const {label, limitsMm, presentMm, onPick, stepMm = 1, axisLabels = xyLabels} = props;
  const {keepOutMm, lastScanMm, plannedPathMm, targetMm = null, trail = null, overlays: extra} = props;
  const [painter] = useState(() => new StageMapPainter());
  const ref = useRef<HTMLDivElement>(null);
  const [cursorMm, setCursor] = useState<PointMm | null>(null);
  const [announced, setAnnounced] = useState('');
  const shownMm = useMemo(
    () => withMargin(unionMm([limitsMm, ...(keepOutMm ?? [])]) ?? limitsMm, 0.05),
    [limitsMm, keepOutMm],
  );
  const overlays = useMemo(() => {
    const all: Overlay[] = [
      {kind: 'rect', rectMm: limitsMm, tone: 'quiet', isDashed: true, label: 'soft limits'},
    ];
    for (const rectMm of keepOutMm ?? [])
      all.push({kind: 'rect', rectMm, tone: 'attention', isShaded: true, label: 'keep out'});
    if (lastScanMm) all.push({kind: 'rect', rectMm: lastScanMm, tone: 'measured', label: 'last scan'});
    if (plannedPathMm) all.push({kind: 'path', pathMm: plannedPathMm, tone: 'accent', hasEnds: true});
    all.push(...(extra ?? []));
    if (targetMm) all.push({kind: 'point', atMm: targetMm, shape: 'cross', tone: 'accent', label: 'target'});
    if (cursorMm) all.push({kind: 'point', atMm: cursorMm, shape: 'plus', tone: 'quiet'});
    return all;
  }, [limitsMm, keepOutMm, lastScanMm, plannedPathMm, extra, targetMm, cursorMm]);
  useLayoutEffect(() => (ref.current ? painter.attach(ref.current, styles.marker) : undefined), [painter]);
  useEffect(
    () => painter.show({shownMm, overlays, trail, presentMm, axisLabels}),
    [painter, shownMm, overlays, trail, presentMm, axisLabels],
  );
  const view = useCallback(() => painter.view, [painter]);
  const {handlers} = useMapGestures(ref, {view, onHover: setCursor, onPick});
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = presentMm instanceof LivePoint ? presentMm.value : presentMm;
    const from = cursorMm ??
      at ?? {xMm: (limitsMm.xMm[0] + limitsMm.xMm[1]) / 2, yMm: (limitsMm.yMm[0] + limitsMm.yMm[1]) / 2};
    const stride = event.shiftKey ? 10 * stepMm : stepMm;
    const [dx, dy] = arrows[event.key] ?? [0, 0];
    if (event.key === 'Enter' && cursorMm && onPick) onPick(cursorMm);
    else if (dx === 0 && dy === 0) return;
    else {
      const moved = {
        xMm: held(from.xMm + dx * stride, limitsMm.xMm),
        yMm: held(from.yMm + dy * stride, limitsMm.yMm),
      };
      setCursor(moved);
      setAnnounced(`x ${formatReading(moved.xMm, 'mm').text}, y ${formatReading(moved.yMm, 'mm').text}`);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const span = ([low, high]: readonly [number, number]) =>
    `${typographic(String(low))} to ${typographic(String(high))} mm`;
  const keys = onPick ? ' Arrow keys move the cursor, Enter proposes a target.' : '';
  return (
    <div className={styles.stageMap}>
      <div className={styles.room}>
        <div
          ref={ref}
          className={styles.map}
          role="img"
          tabIndex={0}
          aria-label={`${label}: limits x ${span(limitsMm.xMm)}, y ${span(limitsMm.yMm)}.${keys}`}
          onKeyDown={onKeyDown}
          {...handlers}
        />
      </div>
      <div className={styles.readOut} aria-hidden="true">
        <span>x {formatReading(cursorMm?.xMm ?? NaN, 'mm').number} mm</span>
        <span>y {formatReading(cursorMm?.yMm ?? NaN, 'mm').number} mm</span>
      </div>
      <div role="status" className={styles.announced}>
        {announced}
      </div>
    </div>
  );
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

const held = (value: number, [low, high]: readonly [number, number]): number =>
  Math.min(Math.max(value, low), high);
