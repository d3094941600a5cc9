import {useQueries} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {queries} from '../../connection/index.ts';
import {Checkbox, EmptyState, Panel} from '../../parts/index.ts';
import {LineChart} from '../../viewer/index.ts';
import {trainingCurvesFrom, type TrainingCurves} from './training-curves.ts';
import styles from './TrainingStudio.module.css';

type ListedDesign = ApiOutputs['design']['list'][number];

/** Lines that can still be told apart; the second half of them is dashed. */
const tones = ['accent', 'measured', 'simulated', 'good', 'attention'] as const;
const shownLimit = 2 * tones.length;

const epochAxis = {label: 'epoch', unit: ''};
const charts = [
  {name: 'trainingLoss', label: 'Training loss', axis: {label: 'loss', unit: ''}, factor: 1},
  {
    name: 'validationAccuracy',
    label: 'Validation accuracy',
    axis: {label: 'accuracy', unit: '%'},
    factor: 100,
  },
  {name: 'meanMargin', label: 'Margin', axis: {label: 'margin', unit: ''}, factor: 1},
  {name: 'efficiency', label: 'Light in the regions', axis: {label: 'efficiency', unit: '%'}, factor: 100},
] as const;

/** Curves of several trainings over each other. */
export function TrainingComparison({designs}: {readonly designs: readonly ListedDesign[]}): ReactElement {
  const [leftOut, setLeftOut] = useState<readonly string[]>([]);
  const found = useQueries({
    queries: designs.map(({folder}) => queries.design.get.queryOptions({input: {folder}, staleTime: 10_000})),
  });
  const trained = designs.flatMap((design, i) => {
    const curves = trainingCurvesFrom(found[i]?.data?.training ?? null);
    return curves ? [{...design, curves}] : [];
  });
  if (trained.length === 0)
    return <EmptyState title="No curves yet" text="Designs that were trained here keep their curves." />;
  const shown = trained.filter(({folder}) => !leftOut.includes(folder)).slice(0, shownLimit);
  return (
    <Panel title="Compare trainings">
      <div className={styles.bar}>
        {trained.map(({folder, name}) => (
          <Checkbox
            key={folder}
            isSelected={shown.some((design) => design.folder === folder)}
            onChange={(isShown) =>
              setLeftOut(isShown ? leftOut.filter((other) => other !== folder) : [...leftOut, folder])
            }
          >
            {name}
          </Checkbox>
        ))}
      </div>
      <div className={styles.charts}>
        {charts.map(({name, label, axis, factor}) => (
          <div key={name} className={styles.chart}>
            <LineChart
              label={label}
              series={shown.map((design, i) => lineOf(design.name, design.curves, {name, factor, place: i}))}
              xAxis={epochAxis}
              yAxis={axis}
            />
          </div>
        ))}
      </div>
    </Panel>
  );
}

function lineOf(
  label: string,
  curves: TrainingCurves,
  {name, factor, place}: {readonly name: (typeof charts)[number]['name']; factor: number; place: number},
) {
  return {
    label,
    x: curves.epochs,
    y: curves[name].map((value) => factor * value),
    tone: tones[place % tones.length] ?? 'accent',
    isDashed: place >= tones.length,
  };
}
