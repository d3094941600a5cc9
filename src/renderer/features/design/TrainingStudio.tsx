import {useQuery, useQueryClient} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import {useComputePlace, type ComputePlace} from '../../compute/index.ts';
import {client, queries} from '../../connection/index.ts';
import {attempt, Button, Panel, ProblemBox, useRefusal} from '../../parts/index.ts';
import {LiveTraining} from './LiveTraining.tsx';
import {TrainingForm} from './TrainingForm.tsx';
import styles from './TrainingStudio.module.css';
import {useTrainingJob} from './use-training.ts';

/** Prepare a training, start it, and follow the one under way. */
export function TrainingStudio({onShow}: {readonly onShow: (folder: string) => void}): ReactElement {
  const {job, problem} = useTrainingJob();
  const place = useComputePlace();
  const isBusy = job !== null && job.endedUtc === null;
  return (
    <div className={styles.studio}>
      <TrainingForm isBusy={isBusy} place={place} />
      {problem && <ProblemBox problem={problem} />}
      {job && <LiveTraining key={job.id} job={job} onShow={onShow} />}
      <StoredTrainings isBusy={isBusy} place={place} />
    </div>
  );
}

/** Trainings of the data folder that can be gone on with. */
function StoredTrainings(props: {
  readonly isBusy: boolean;
  readonly place: ComputePlace;
}): ReactElement | null {
  const {isBusy, place} = props;
  const queryClient = useQueryClient();
  const found = useQuery({...queries.twin.trainings.queryOptions(), refetchInterval: 5000});
  const refusal = useRefusal('operate');
  const open = (found.data ?? []).filter(({isDone}) => !isDone);
  if (open.length === 0 || isBusy) return null;
  return (
    <Panel title="Paused trainings">
      {open.map(({folder, name, curve, settings, problem}) =>
        problem !== '' ? (
          <ProblemBox key={folder} level="attention" problem={{message: problem}} />
        ) : (
          <div key={folder} className={styles.bar}>
            <span>
              {name}: {curve.length} of {settings?.epochs} epochs done
            </span>
            <Button
              isCompact
              isDisabled={refusal !== undefined}
              hint={refusal ?? `Goes on from the checkpoint in ${folder}`}
              onPress={() =>
                void attempt(() => place.begin((offer) => client.twin.resume({folder, ...offer}))).then(() =>
                  queryClient.invalidateQueries({queryKey: queries.twin.trainings.key()}),
                )
              }
            >
              Go on
            </Button>
          </div>
        ),
      )}
    </Panel>
  );
}
