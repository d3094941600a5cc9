import {fixedText, typographic} from '../../../base/number-format.ts';
import {useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore, type PointerEvent} from 'react';
import {ToggleButton} from 'react-aria-components';
import {formatReading} from '../reading-format.ts';
import {useThemeTokens} from '../theme-tokens.ts';
import {seriesColour} from './chart-setup.ts';
import type {SeriesRing} from './series-ring.ts';
import {StripChartPainter, type StripSeries} from './strip-chart-painter.ts';
import styles from './StripChart.module.css';

/** Props of {@link StripChart}. */
export interface StripChartProps {
  /** Text alternative, e.g. `Readings of the lock-in amplifier`. */
  readonly label: string;
  /** Readings over time, s; filled while it is shown. */
  readonly ring: SeriesRing;
  /** Chosen readings. Keep the list's identity while it does not change. */
  readonly series: readonly StripSeries[];
  /** Length of the time axis, s. */
  readonly spanS: number;
  /** Clock of the ring's times, s; without it the newest instant is now. Keep its identity. */
  readonly nowS?: () => number;
  /** Paused from outside; without it the chart has its own pause. */
  readonly isPaused?: boolean;
  readonly onPausedChange?: (isPaused: boolean) => void;
}

/** Readings over the last seconds, with a read-out of the newest instant or of the one under the cursor. */
export function StripChart(props: StripChartProps) {
  const {label, ring, series, spanS, nowS = null, onPausedChange} = props;
  const [painter] = useState(() => new StripChartPainter());
  const ref = useRef<HTMLCanvasElement>(null);
  const [ownFrozen, setOwnFrozen] = useState<number | null>(null);
  const [outerFrozen, setOuterFrozen] = useState<number | null>(null);
  const [cursorS, setCursorS] = useState<number | null>(null);
  const isPaused = props.isPaused ?? ownFrozen !== null;
  // The instant of an outside pause is taken when the pause is first seen.
  if (props.isPaused === true && outerFrozen === null && ring.length > 0)
    setOuterFrozen(nowS?.() ?? ring.newestS);
  if (props.isPaused === false && outerFrozen !== null) setOuterFrozen(null);
  const frozenAtS = props.isPaused === undefined ? ownFrozen : outerFrozen;
  useLayoutEffect(() => (ref.current ? painter.attach(ref.current) : undefined), [painter]);
  useEffect(
    () => painter.show({ring, series, spanS, frozenAtS, nowS, cursorS}),
    [painter, ring, series, spanS, frozenAtS, nowS, cursorS],
  );
  const setPaused = (isNowPaused: boolean) => {
    setOwnFrozen(isNowPaused ? painter.rightEdgeS : null);
    onPausedChange?.(isNowPaused);
  };
  const onPointerMove = (event: PointerEvent) =>
    setCursorS(painter.timeAtPx(event.clientX - event.currentTarget.getBoundingClientRect().left));
  const names = series.map((line) => (line.unit ? `${line.label} (${line.unit})` : line.label)).join(', ');
  return (
    <div className={styles.strip}>
      <div className={styles.head}>
        <StripReadOut {...{ring, series, cursorS, frozenAtS}} />
        <ToggleButton className={styles.pause ?? ''} isSelected={isPaused} onChange={setPaused}>
          {isPaused ? 'Go on' : 'Pause'}
        </ToggleButton>
      </div>
      <div className={styles.plot} onPointerMove={onPointerMove} onPointerLeave={() => setCursorS(null)}>
        <canvas ref={ref} role="img" aria-label={`${label}: ${names} over the last ${spanS} s.`} />
      </div>
    </div>
  );
}

interface ReadOutProps {
  readonly ring: SeriesRing;
  readonly series: readonly StripSeries[];
  readonly cursorS: number | null;
  readonly frozenAtS: number | null;
}

function StripReadOut({ring, series, cursorS, frozenAtS}: ReadOutProps) {
  const tokens = useThemeTokens();
  const newestS = useNewest(ring);
  const index = ring.nearest(cursorS ?? frozenAtS ?? newestS);
  return (
    <ul className={styles.readOut} aria-hidden="true">
      {series.map((line) => {
        const {number, unit} = formatReading(index < 0 ? NaN : ring.value(line.channel, index), line.unit);
        return (
          <li key={line.label} style={{color: seriesColour(line.tone, tokens)}}>
            <span className={line.isDashed ? styles.dash : styles.line} />
            <span className={styles.name}>{line.label}</span>
            <span className={styles.value}>
              {number} {unit}
            </span>
          </li>
        );
      })}
      {cursorS !== null && index >= 0 && (
        <li className={styles.name}>
          at {typographic(fixedText(ring.timeS(index) - (frozenAtS ?? newestS), 1))} s
        </li>
      )}
    </ul>
  );
}

/** Digits that change faster cannot be read. */
const readOutIntervalMs = 250;

const subscribeTicking = (listener: () => void): (() => void) => {
  const timer = setInterval(listener, readOutIntervalMs);
  return () => clearInterval(timer);
};

/** Time of the newest instant, s, looked at four times a second. */
const useNewest = (ring: SeriesRing): number => useSyncExternalStore(subscribeTicking, () => ring.newestS);
