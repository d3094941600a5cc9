import {scaledUnit} from '../../../base/number-format.ts';
import {type ReactElement, useMemo} from 'react';
import {Panel, Segments} from '../../parts/index.ts';
import {type Quantity, type RunPoints, usePointsVersion} from '../../run-data/index.ts';
import {useChoice} from '../../settings/settings.ts';
import {LineChart} from '../../viewer/index.ts';
import styles from './ScanPage.module.css';

type Length = '200' | '2000' | 'row';
const lengthOptions = [
  {value: '200', label: 'Last 200'},
  {value: '2000', label: 'Last 2,000'},
  {value: 'row', label: 'Present row'},
] as const;

/** The readings one after the other, under the map. */
export function TracePanel(props: {readonly points: RunPoints; readonly quantity: Quantity}): ReactElement {
  const {points, quantity} = props;
  const [length, setLength] = useChoice<Length>('scan.trace', '200');
  return (
    <Panel
      title="Trace"
      className={styles.trace}
      tools={
        <Segments
          isCompact
          label="Points of the trace"
          value={length}
          onChange={setLength}
          options={lengthOptions}
        />
      }
    >
      <div className={styles.traceChart}>
        <Trace points={points} quantity={quantity} length={length} />
      </div>
    </Panel>
  );
}

function Trace(props: {
  readonly points: RunPoints;
  readonly quantity: Quantity;
  readonly length: Length;
}): ReactElement {
  const {points, quantity, length} = props;
  const version = usePointsVersion(points);
  const isRow = length === 'row';
  const shown = useMemo(() => {
    const {frame, ring} = points;
    const pitch = frame && frame.rows > 1 ? Math.abs(frame.yMm[1] - frame.yMm[0]) / (frame.rows - 1) : 1e-3;
    const count = isRow ? ring.presentRowLength(pitch / 2) : Number(length);
    const {along, values} = ring.latest(quantity.key, isRow ? 'x' : 'number', count);
    const size = values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0);
    const {factor, unit} = scaledUnit(size, quantity.unit);
    return {
      unit,
      series: [
        {
          label: quantity.label,
          x: along,
          y: values.map((value) => value * factor),
          tone: 'measured' as const,
          hasPoints: values.length <= 200,
        },
      ],
    };
    // The version says that the points are others.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [points, version, quantity, length, isRow]);
  const xAxis = useMemo(() => (isRow ? {label: 'x', unit: 'mm'} : {label: 'point', unit: ''}), [isRow]);
  const yAxis = useMemo(() => ({label: quantity.short, unit: shown.unit}), [quantity, shown.unit]);
  return (
    <LineChart
      label={`${quantity.label}, latest readings`}
      series={shown.series}
      xAxis={xAxis}
      yAxis={yAxis}
    />
  );
}
