import type {ReactElement} from 'react';
import type {Computation} from '../../../contract/api/index.ts';
import {client} from '../../connection/index.ts';
import {attempt, Button, durationText, Panel, ProgressLine, useRefusal} from '../../parts/index.ts';

/** The computation under way, how far it is, and the way to stop it. */
export function ComputationLine({computation}: {readonly computation: Computation}): ReactElement {
  const {id, title, state, text, progress, timeLeftS} = computation;
  const refusal = useRefusal('operate');
  return (
    <Panel
      title={`Being computed: ${title}`}
      tools={
        <Button
          isCompact
          isDisabled={refusal !== undefined || state === 'stopping'}
          hint={refusal ?? 'A plate that is designed again keeps its last checkpoint'}
          onPress={() => void attempt(() => client.computations.stop({id}))}
        >
          Stop
        </Button>
      }
    >
      <ProgressLine label={title} value={progress ? progress.done / progress.total : null} />
      <p role="status">
        {text}
        {timeLeftS !== null && `, ${durationText(timeLeftS)} left`}
      </p>
    </Panel>
  );
}
