import {countOf} from '../../../base/count-text.ts';
import {percentText} from '../../../base/number-format.ts';
import {useMemo, type ReactElement} from 'react';
import {Panel} from '../../parts/index.ts';
import {durationText} from '../../parts/time-text.ts';
import {LineChart} from '../../viewer/index.ts';
import styles from './DesignPage.module.css';
import {trainingCurvesFrom, type TrainingCurves} from './training-curves.ts';

/** How the design was trained, where it keeps that. */
export function TrainingPanel(props: {
  readonly training: Readonly<Record<string, unknown>> | null;
}): ReactElement | null {
  const {training} = props;
  const curves = useMemo(() => trainingCurvesFrom(training), [training]);
  const charts = useMemo(() => curves && chartsOf(curves), [curves]);
  if (!curves || !charts) return null;
  const best = Math.max(...curves.validationAccuracy.filter(Number.isFinite));
  return (
    <Panel title="Training" className={styles.trainingPanel}>
      <p>
        {countOf(curves.epochs.length, 'epoch')}
        {curves.stageEnds.length > 0 &&
          ` in ${curves.stageEnds.length + 1} stages (a new one after epoch ${curves.stageEnds.join(' and ')})`}
        {curves.seconds >= 1 && `, ${durationText(curves.seconds)}`}
        {Number.isFinite(best) && `; best validation accuracy ${percentText(best, 1)}`}
      </p>
      <div className={styles.curves}>
        <div className={styles.chart}>
          <LineChart label="Training loss by epoch" series={charts.loss} xAxis={epochAxis} yAxis={lossAxis} />
        </div>
        <div className={styles.chart}>
          <LineChart
            label="Accuracy by epoch"
            series={charts.accuracy}
            xAxis={epochAxis}
            yAxis={accuracyAxis}
          />
        </div>
      </div>
      {curves.commands.length > 0 && (
        <ol className={styles.commands} aria-label="Commands of the stages">
          {curves.commands.map((command) => (
            <li key={command}>
              <code>{command}</code>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function chartsOf(curves: TrainingCurves) {
  const percent = (ratios: readonly number[]): number[] => ratios.map((ratio) => ratio * 100);
  const line = {x: curves.epochs, tone: 'accent' as const, hasPoints: true};
  return {
    loss: [{...line, label: 'training', y: curves.trainingLoss}],
    accuracy: [
      {...line, label: 'validation', y: percent(curves.validationAccuracy)},
      {
        ...line,
        label: 'training',
        y: percent(curves.trainingAccuracy),
        tone: 'neutral' as const,
        isDashed: true,
      },
    ],
  };
}

const epochAxis = {label: 'epoch', unit: '', isWhole: true};
const lossAxis = {label: 'loss', unit: '', isLog: true};
const accuracyAxis = {label: 'accuracy', unit: '%'};
