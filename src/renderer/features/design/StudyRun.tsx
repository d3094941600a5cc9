import type {ReactElement} from 'react';
import type {Computation} from '../../../contract/api/index.ts';
import {client} from '../../connection/index.ts';
import {attempt, Button, durationText, ProgressLine, useRefusal} from '../../parts/index.ts';
import styles from './DesignPage.module.css';

/** A study under way: how far it is, the time left, and the way to stop it. */
export function StudyRun(props: {
  readonly computation: Computation;
  /** Of the line that shows how far it is. */
  readonly label: string;
}): ReactElement {
  const {computation, label} = props;
  const {id, state, text, progress, timeLeftS} = computation;
  const refusal = useRefusal('operate');
  return (
    <div className={styles.toleranceRun}>
      <ProgressLine label={label} value={progress ? progress.done / progress.total : null} />
      <p role="status">
        {text}
        {progress && `, ${progress.done.toFixed(0)} %`}
        {timeLeftS !== null && `, ${durationText(timeLeftS)} left`}
      </p>
      <Button
        isDisabled={refusal !== undefined || state === 'stopping'}
        hint={refusal ?? 'Nothing of the study is kept'}
        onPress={() => void attempt(() => client.computations.stop({id}))}
      >
        Stop the study
      </Button>
    </div>
  );
}
