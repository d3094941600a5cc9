import {useQueryClient} from '@tanstack/react-query';
import {useEffect, useMemo, type ReactElement} from 'react';
import type {Computation} from '../../../contract/api/index.ts';
import {client, queries} from '../../connection/index.ts';
import {
  attempt,
  Button,
  durationText,
  Panel,
  ProblemBox,
  ProgressLine,
  useRefusal,
} from '../../parts/index.ts';
import {useSettings} from '../../settings/settings.ts';
import {LineChart, Thumbnail} from '../../viewer/index.ts';
import {SendToBench} from './SendToBench.tsx';
import styles from './TrainingStudio.module.css';
import {useToldTraining, type ToldTraining} from './use-training.ts';

/** The training under way or the last one: how far it is, its curves, and planes of kept images as they form. */
export function LiveTraining(props: {
  readonly job: Computation;
  readonly onShow: (folder: string) => void;
}): ReactElement {
  const {job, onShow} = props;
  const told = useToldTraining(job.id);
  const queryClient = useQueryClient();
  const refusal = useRefusal('operate');
  const hasEnded = job.endedUtc !== null;
  // After each epoch there is a design, and at the end another list of what can be gone on with.
  useEffect(() => {
    void queryClient.invalidateQueries({queryKey: queries.design.list.key()});
    void queryClient.invalidateQueries({queryKey: queries.twin.trainings.key()});
  }, [queryClient, told.curve.length, hasEnded]);
  const {progress} = job;
  return (
    <Panel
      title={`${hasEnded ? 'Ended' : 'Live'}: ${job.title}`}
      tools={
        hasEnded ? undefined : (
          <Button
            isCompact
            isDisabled={refusal !== undefined || job.state === 'stopping'}
            hint={
              refusal ?? 'Finishes the step, writes a checkpoint; it goes on from there whenever you want'
            }
            onPress={() => void attempt(() => client.computations.stop({id: job.id}))}
          >
            Pause
          </Button>
        )
      }
    >
      <ProgressLine
        label="Training"
        value={progress ? progress.done / progress.total : hasEnded ? 0 : null}
      />
      <p role="status">
        {job.text}
        {job.timeLeftS !== null && `, about ${durationText(job.timeLeftS)} left`}
      </p>
      {told.place !== '' && <p>Place: {told.place}</p>}
      {job.state === 'failed' && job.problem && <ProblemBox problem={job.problem} />}
      <Curves told={told} />
      {told.planes && (
        <>
          <p>Output planes of kept images at step {told.planes.step}</p>
          <Samples planes={told.planes} />
        </>
      )}
      {told.curve.length > 0 && (
        <div className={styles.bar}>
          <Button onPress={() => onShow(told.folder)}>Look at the design</Button>
          {hasEnded && <SendToBench folder={told.folder} />}
        </div>
      )}
    </Panel>
  );
}

function Samples({planes}: {readonly planes: NonNullable<ToldTraining['planes']>}): ReactElement {
  const colourMap = useSettings((settings) => settings.colourMap);
  return (
    <div className={styles.samples}>
      {planes.samples.map(({label, winner, intensity}) => (
        <figure key={label}>
          <Thumbnail
            label={`Output plane of a ${label}`}
            plane={intensity}
            sizePx={110}
            colourMap={colourMap}
          />
          <figcaption>
            {label} reads as {winner}
          </figcaption>
        </figure>
      ))}
    </div>
  );
}

const epochAxis = {label: 'epoch', unit: '', min: 0};
const lossAxis = {label: 'loss', unit: ''};
const accuracyAxis = {label: 'accuracy', unit: '%'};
const marginAxis = {label: 'margin', unit: ''};

/** A line of so few points shows them: one alone would not be seen. */
const fewPoints = 12;

/** Loss, accuracy and margin: reports of the steps, and what validation says after each epoch. */
function Curves({told}: {readonly told: ToldTraining}): ReactElement {
  const lines = useMemo(() => {
    const {reports, curve} = told;
    const training = {
      label: 'training',
      tone: 'neutral' as const,
      x: reports.map(({epoch}) => epoch),
      hasPoints: reports.length < fewPoints,
    };
    const validation = {
      label: 'validation',
      tone: 'accent' as const,
      x: curve.map(({epoch}) => epoch),
      hasPoints: true,
    };
    return {
      loss: [{...training, y: reports.map(({loss}) => loss)}],
      accuracy: [
        {...validation, y: curve.map(({validationAccuracy}) => 100 * validationAccuracy)},
        {...training, y: reports.map(({accuracy}) => 100 * accuracy)},
      ],
      margin: [
        {...validation, y: curve.map(({meanMargin}) => meanMargin ?? NaN)},
        {...training, y: reports.map(({meanMargin}) => meanMargin)},
      ],
    };
  }, [told]);
  return (
    <div className={styles.charts}>
      <div className={styles.chart}>
        <LineChart label="Loss while training" series={lines.loss} xAxis={epochAxis} yAxis={lossAxis} />
      </div>
      <div className={styles.chart}>
        <LineChart
          label="Accuracy while training"
          series={lines.accuracy}
          xAxis={epochAxis}
          yAxis={accuracyAxis}
        />
      </div>
      <div className={styles.chart}>
        <LineChart label="Margin while training" series={lines.margin} xAxis={epochAxis} yAxis={marginAxis} />
      </div>
    </div>
  );
}
