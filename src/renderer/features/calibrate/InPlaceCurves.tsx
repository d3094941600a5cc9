import {useMemo, type ReactElement} from 'react';
import type {InPlaceLineage} from '../../../contract/reprint.ts';
import {LineChart, type LineSeries} from '../../viewer/index.ts';
import styles from './CalibratePage.module.css';

const stepAxis = {label: 'step', unit: '', isWhole: true};
const lossAxis = {label: 'loss', unit: ''};
const accuracyAxis = {label: 'right', unit: '%', min: 0, max: 100};

/** Loss and accuracy of each step, as the bench measured them. */
export function InPlaceCurves({curve}: {readonly curve: InPlaceLineage['curve']}): ReactElement {
  const lines = useMemo(() => {
    const line = (label: string, y: number[]): readonly LineSeries[] => [
      {label, tone: 'measured', hasPoints: true, x: curve.map(({step}) => step), y},
    ];
    return {
      loss: line(
        'loss, measured',
        curve.map(({loss}) => loss),
      ),
      accuracy: line(
        'objects read right, measured',
        curve.map(({accuracy}) => 100 * accuracy),
      ),
    };
  }, [curve]);
  return (
    <div className={styles.charts}>
      <div className={styles.chart}>
        <LineChart label="Measured loss by step" series={lines.loss} xAxis={stepAxis} yAxis={lossAxis} />
      </div>
      <div className={styles.chart}>
        <LineChart
          label="Measured accuracy by step"
          series={lines.accuracy}
          xAxis={stepAxis}
          yAxis={accuracyAxis}
        />
      </div>
    </div>
  );
}
