import {useQuery, useQueryClient} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import {client, queries} from '../../connection/index.ts';
import {attempt, Button, Panel, ProblemBox, useRefusal} from '../../parts/index.ts';
import {LiveTraining} from './LiveTraining.tsx';
import {TrainingForm} from './TrainingForm.tsx';
import styles from './TrainingStudio.module.css';
import {useTrainingJob} from './use-training.ts';

/** Prepare a training, start it, and follow the one under way. */
export function TrainingStudio({onShow}: {readonly onShow: (folder: string) => void}): ReactElement {
  const {job, problem} = useTrainingJob();
  return (
    <div className={styles.studio}>
      <TrainingForm isBusy={job !== null && job.endedUtc === null} />
      {problem && <ProblemBox problem={problem} />}
      {job && <LiveTraining key={job.id} job={job} onShow={onShow} />}
      <StoredTrainings isBusy={job !== null && job.endedUtc === null} />
    </div>
  );
}

/** Trainings of the data folder that can be gone on with. */
function StoredTrainings({isBusy}: {readonly isBusy: boolean}): ReactElement | null {
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
                void attempt(() => client.twin.resume({folder})).then(() =>
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
