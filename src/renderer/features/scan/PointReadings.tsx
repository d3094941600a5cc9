import type {ReactElement} from 'react';
import {EmptyState, Readout} from '../../parts/index.ts';
import {type RunPoints, usePointsVersion} from '../../run-data/index.ts';
import {formatReading} from '../../viewer/index.ts';
import styles from './ScanPage.module.css';

/** The newest reading of a run in large digits. */
export function PointReadings({points}: {readonly points: RunPoints}): ReactElement {
  usePointsVersion(points);
  const {last} = points.ring;
  if (!last) return <EmptyState title="No reading yet" text="It appears here as soon as it is taken." />;
  const place = (axis: string, mm: number): ReactElement => (
    <Readout label={axis} value={formatReading(mm, 'mm').number} unit="mm" />
  );
  return (
    <div className={styles.readings}>
      <div className={styles.placeRow}>
        {place('x', last.xMm)}
        {place('y', last.yMm)}
      </div>
      {points.quantities.map(({key, short, unit}) => {
        const value = points.ring.latest(key, 'number', 1).values[0] ?? NaN;
        const reading = formatReading(value, unit);
        return <Readout key={key} isLarge label={short} value={reading.number} unit={reading.unit} />;
      })}
    </div>
  );
}
