import type {ReactElement} from 'react';
import {Button} from '../parts/index.ts';
import {type RunActs, useRunActs} from './run-acts.ts';
import styles from './RunControls.module.css';

/** Pause or resume, skip the wait, stop: of the run under way. */
export function RunControls(): ReactElement | null {
  const acts = useRunActs();
  if (!acts.isLive) return null;
  const isPaused = acts.state === 'paused' || acts.state === 'pausing';
  return (
    <div className={styles.controls} role="group" aria-label="The run under way">
      <ActButton act={isPaused ? acts.resume : acts.pause} look={isPaused ? 'primary' : 'plain'} />
      <ActButton act={acts.skipWait} look="plain" />
      <ActButton act={acts.stop} look="plain" />
    </div>
  );
}

function ActButton({
  act,
  look,
}: {
  readonly act: RunActs['pause'];
  readonly look: 'plain' | 'primary';
}): ReactElement {
  return (
    <Button
      look={look}
      isDisabled={act.disabledBecause !== undefined}
      hint={act.disabledBecause}
      onPress={act.run}
    >
      {act.label}
    </Button>
  );
}
