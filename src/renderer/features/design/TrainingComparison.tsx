import {useQueries} from '@tanstack/react-query';
import {useMemo, useState, type ReactElement, type ReactNode} from 'react';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {queries} from '../../connection/index.ts';
import {Checkbox, EmptyState, Panel} from '../../parts/index.ts';
import {LineChart, ScatterChart, type ChartAxis} from '../../viewer/index.ts';
import {trainingCurvesFrom, type TrainingCurves} from './training-curves.ts';
import styles from './TrainingStudio.module.css';

type ListedDesign = ApiOutputs['design']['list'][number];

type TrainedDesign = ListedDesign & {readonly curves: TrainingCurves};

/** Lines that can still be told apart; the second half of them is dashed. */
const tones = ['accent', 'source', 'simulated', 'neutral', 'strong'] as const;
const shownLimit = 2 * tones.length;

const epochAxis = {label: 'epoch', unit: '', isWhole: true};
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
          <Titled key={name} title={label}>
            {shown.some(({curves}) => curves[name].some(Number.isFinite)) ? (
              <div className={styles.chart}>
                <LineChart
                  label={label}
                  series={shown.map((design, i) =>
                    lineOf(design.name, design.curves, {name, factor, place: i}),
                  )}
                  xAxis={epochAxis}
                  yAxis={axis}
                />
              </div>
            ) : (
              <p>These trainings kept no {axis.label}.</p>
            )}
          </Titled>
        ))}
      </div>
      <h3>Trade-offs, a point a design</h3>
      <div className={styles.charts}>
        {tradeOffs.map((tradeOff) => (
          <Titled key={tradeOff.title} title={tradeOff.title}>
            <TradeOffChart tradeOff={tradeOff} designs={shown.filter(({curves}) => !curves.isOfPictures)} />
          </Titled>
        ))}
      </div>
    </Panel>
  );
}

function Titled({title, children}: {readonly title: string; readonly children: ReactNode}): ReactElement {
  return (
    <figure className={styles.titled}>
      <figcaption>{title}</figcaption>
      {children}
    </figure>
  );
}

interface TradeOff {
  readonly title: string;
  readonly name: 'meanMargin' | 'efficiency';
  readonly axis: ChartAxis;
  readonly factor: number;
}

const tradeOffs: readonly TradeOff[] = [
  {
    title: 'Accuracy against margin',
    name: 'meanMargin',
    axis: {label: 'mean margin', unit: ''},
    factor: 1,
  },
  {
    title: 'Accuracy against light in the regions',
    name: 'efficiency',
    axis: {label: 'light in the regions', unit: '%'},
    factor: 100,
  },
];

const accuracyAxis = {label: 'accuracy', unit: '%', max: 100};

/** One point a design: validation at the epoch whose plates it has. */
function TradeOffChart(props: {
  readonly tradeOff: TradeOff;
  readonly designs: readonly TrainedDesign[];
}): ReactElement {
  const {designs, tradeOff} = props;
  const {title, name, axis, factor} = tradeOff;
  const points = useMemo(() => {
    const at = (column: 'validationAccuracy' | TradeOff['name'], scale: number): number[] =>
      designs.map(({curves}) => scale * (curves[column][curves.designAt] ?? NaN));
    return {x: at(name, factor), y: at('validationAccuracy', 100), names: designs.map((one) => one.name)};
  }, [designs, name, factor]);
  const without = points.names.filter((_, i) => !Number.isFinite(points.x[i]));
  if (without.length === designs.length) return <p>These trainings kept no {axis.label}.</p>;
  return (
    <>
      <div className={styles.chart}>
        <ScatterChart
          label={title}
          {...points}
          xAxis={axis}
          yAxis={accuracyAxis}
          hasIdentity={false}
          tone="accent"
        />
      </div>
      {without.length > 0 && (
        <p className={styles.quiet}>
          Not drawn, without a stored {axis.label}: {without.join(', ')}.
        </p>
      )}
    </>
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
    hasPoints: true,
  };
}
