import {useMemo, type ReactElement} from 'react';
import {
  marginInSigmas,
  tradeOffLosses,
  type TradeOffPoint,
  type TradeOffStudy,
} from '../../../contract/trade-off.ts';
import tables from '../../parts/PlainTable.module.css';
import {ScatterChart, type ChartAxis} from '../../viewer/index.ts';
import styles from './TrainingStudio.module.css';

interface Curve {
  readonly title: string;
  readonly axis: ChartAxis;
  /** Null where it was not measured. */
  readonly of: (point: TradeOffPoint) => number | null;
}

const accuracyAxis = {label: 'accuracy', unit: '%', max: 100};
const curves: readonly Curve[] = [
  {
    title: 'Accuracy against margin',
    axis: {label: 'mean margin', unit: ''},
    of: ({meanMargin}) => meanMargin,
  },
  {
    title: 'Accuracy against light in the regions',
    axis: {label: 'light in the regions', unit: '%'},
    of: ({efficiency}) => 100 * efficiency,
  },
  {
    title: 'Accuracy against change by the scan',
    axis: {label: 'RMS change of a share', unit: '%'},
    of: ({scanChange}) => scanChange && 100 * scanChange,
  },
];

/** What a study came to: a curve for each of what is traded, a point a value, and the same in a table. */
export function TradeOffResult({study}: {readonly study: TradeOffStudy}): ReactElement {
  const {designName, settings, ownValue, imageCount, marginImageCount} = study;
  const {label} = tradeOffLosses[settings.weight];
  return (
    <>
      <p>
        {designName}: {label}, {settings.steps} steps each, {imageCount} kept images. It was trained with{' '}
        {ownValue}.
        {marginImageCount > 0 &&
          ` Sigma is the RMS change of a margin on drawn benches, of ${marginImageCount} images.`}
      </p>
      <div className={styles.charts}>
        {curves.map((curve) => (
          <TradeOffCurve key={curve.title} curve={curve} study={study} />
        ))}
      </div>
      <TradeOffTable study={study} />
    </>
  );
}

/** Points joined in the order of their values, named by them, and the plates of the start. */
function TradeOffCurve(props: {readonly curve: Curve; readonly study: TradeOffStudy}): ReactElement | null {
  const {title, axis, of} = props.curve;
  const {before, points} = props.study;
  const drawn = useMemo(() => {
    const all = [...points].sort((a, b) => (a.value ?? 0) - (b.value ?? 0)).concat(before);
    return {
      x: all.map((point) => of(point) ?? Number.NaN),
      y: all.map(({accuracy}) => 100 * accuracy),
      names: all.map(({value}) => (value === null ? 'before' : String(value))),
    };
  }, [points, before, of]);
  if (!drawn.x.every(Number.isFinite)) return null;
  return (
    <figure className={styles.titled}>
      <figcaption>{title}</figcaption>
      <div className={styles.chart}>
        <ScatterChart
          label={title}
          {...drawn}
          xAxis={axis}
          yAxis={accuracyAxis}
          hasIdentity={false}
          joinedCount={points.length}
          tone="accent"
        />
      </div>
    </figure>
  );
}

function TradeOffTable({study}: {readonly study: TradeOffStudy}): ReactElement {
  const {label} = tradeOffLosses[study.settings.weight];
  return (
    <table className={tables.table}>
      <caption>Kept images as printed, through the plates of each value</caption>
      <thead>
        <tr>
          <th scope="col">{label}</th>
          <th scope="col">Right, %</th>
          <th scope="col">Mean margin</th>
          <th scope="col">Margin, sigma</th>
          <th scope="col">Light, %</th>
          <th scope="col">Change by the scan, %</th>
        </tr>
      </thead>
      <tbody>
        {[study.before, ...study.points].map((point) => (
          <tr key={point.value}>
            <th scope="row">{point.value ?? 'before'}</th>
            <td className={tables.number}>{(100 * point.accuracy).toFixed(1)}</td>
            <td className={tables.number}>{point.meanMargin.toFixed(4)}</td>
            <td className={tables.number}>{marginInSigmas(point)?.toFixed(2) ?? '–'}</td>
            <td className={tables.number}>{(100 * point.efficiency).toFixed(2)}</td>
            <td className={tables.number}>
              {point.scanChange === null ? '–' : (100 * point.scanChange).toFixed(2)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
