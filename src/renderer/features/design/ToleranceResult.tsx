import {useMemo, type ReactElement} from 'react';
import {
  toleranceErrorLabels,
  type BenchesTogether,
  type Distribution,
  type ToleranceError,
  type ToleranceStudy,
} from '../../../contract/tolerance.ts';
import tables from '../../parts/PlainTable.module.css';
import {Histogram, LineChart, type LineSeries} from '../../viewer/index.ts';
import styles from './DesignPage.module.css';

const percentAxis = {label: 'match with the prediction', unit: '%'};
const accuracyAxis = {label: 'right', unit: '%'};
const marginAxis = {label: 'mean margin', unit: ''};
const scaleAxis = {label: 'size of the error over its present size', unit: ''};
const tones = ['accent', 'measured', 'simulated'] as const;
/** Errors whose curves are drawn: those that cost most. */
const drawnCount = 3;

/** What a study came to: spread over the benches, what each error costs, what is suggested. */
export function ToleranceResult({study}: {readonly study: ToleranceStudy}): ReactElement {
  const {together, verified, settings, isReached, quickError} = study;
  const last = verified[verified.length - 1];
  return (
    <>
      <p>
        With the errors as they are {rateText(together)}. With the suggested tolerances {rateText(last)}:{' '}
        {isReached
          ? `the wanted ${percent(settings.wantedMatch)} % are kept.`
          : `fewer than the wanted ${percent(settings.wantedMatch)} %, after ${verified.length} tries; tighter ones are needed.`}
      </p>
      <div className={styles.curves}>
        <Spread title="Match over the benches" distribution={together.match} axis={percentAxis} scale={100} />
        <Spread
          title="Accuracy over the benches"
          distribution={together.accuracy}
          axis={accuracyAxis}
          scale={100}
        />
        <Spread
          title="Mean margin over the benches"
          distribution={together.meanMargin}
          axis={marginAxis}
          scale={1}
        />
        <Curves study={study} />
      </div>
      <CostTable study={study} />
      {quickError && (
        <p>
          One sample a pixel: against all samples {percent(quickError.matchRatio)} % of{' '}
          {quickError.imageCount} predicted planes keep their winner, shares differ by{' '}
          {quickError.shareError.toFixed(4)} RMS.
        </p>
      )}
    </>
  );
}

function Spread(props: {
  readonly title: string;
  readonly distribution: Distribution;
  readonly axis: {readonly label: string; readonly unit: string};
  readonly scale: number;
}): ReactElement {
  const {title, distribution, axis, scale} = props;
  const {edges, counts, p5, p50, p95} = distribution;
  const scaled = useMemo(() => edges.map((edge) => edge * scale), [edges, scale]);
  const text = (value: number): string => (value * scale).toFixed(scale === 1 ? 3 : 1);
  return (
    <figure className={styles.spread}>
      <div className={styles.chart}>
        <Histogram label={title} edges={scaled} counts={counts} axis={axis} />
      </div>
      <figcaption>
        {title}: median {text(p50)} {axis.unit}, 5 to 95 % of the benches {text(p5)} to {text(p95)}{' '}
        {axis.unit}
      </figcaption>
    </figure>
  );
}

function Curves({study}: {readonly study: ToleranceStudy}): ReactElement {
  const series = useMemo(
    () =>
      study.rows.slice(0, drawnCount).map(({error, points}, i): LineSeries => ({
        label: toleranceErrorLabels[error].label,
        x: [0, ...points.map(({scale}) => scale)],
        y: [100, ...points.map(({fittedMatch}) => 100 * fittedMatch)],
        tone: tones[i],
        isDashed: i > 0,
        hasPoints: true,
      })),
    [study],
  );
  return (
    <div className={styles.chart}>
      <LineChart
        label="Match under each of the errors that cost most, alone"
        series={series}
        xAxis={scaleAxis}
        yAxis={percentAxis}
      />
    </div>
  );
}

function CostTable({study: {rows}}: {readonly study: ToleranceStudy}): ReactElement {
  return (
    <table className={tables.table}>
      <caption>What each error costs alone, and the largest size that is suggested</caption>
      <thead>
        <tr>
          <th scope="col">Error</th>
          <th scope="col">Now</th>
          <th scope="col">Costs, % match</th>
          <th scope="col">Suggested</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({error, size, loss, suggestedSize, isLowerBound}) => (
          <tr key={error}>
            <th scope="row">{toleranceErrorLabels[error].label}</th>
            <td className={tables.number}>{sizeText(error, size)}</td>
            <td className={tables.number}>{percent(loss)}</td>
            <td className={tables.number}>
              {isLowerBound && 'at least '}
              {sizeText(error, suggestedSize)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const percent = (ratio: number): string => (100 * ratio).toFixed(1);

const rateText = ({matchRate: {rate, low, high, count}}: BenchesTogether): string =>
  `${percent(rate)} % of ${count} images match (95 %: ${percent(low)} to ${percent(high)} %)`;

function sizeText(error: ToleranceError, size: number): string {
  const {unit} = toleranceErrorLabels[error];
  return `${Number(size.toPrecision(3))}${unit === '' ? '' : ` ${unit}`}`;
}
