import type {ReactElement} from 'react';
import type {InPlaceProgress, RunStatus} from '../../../contract/api/index.ts';
import {Button, countOf, durationText, ProblemBox, ProgressLine} from '../../parts/index.ts';
import {isLive, runStateLabels, useRunActs} from '../../run-data/index.ts';
import styles from './CalibratePage.module.css';
import {InPlaceCurves} from './InPlaceCurves.tsx';

/** The plate that is being learnt, or was the last: how far it is, what the bench measures, and what can be done with it. */
export function InPlaceRun(props: {
  readonly progress: InPlaceProgress;
  /** Of the bench, where that is this learning. */
  readonly run: RunStatus | null;
}): ReactElement {
  const {progress, run} = props;
  const {plate, designName, stepCount, before, curve} = progress;
  const isUnderWay = isLive(run?.state);
  const last = curve.at(-1);
  return (
    <section className={styles.offer} aria-label="The plate that is learnt">
      <h3>{`Plate ${plate} of ${designName}: step ${last?.step ?? 0} of ${stepCount}`}</h3>
      {run && isUnderWay && (
        <>
          <ProgressLine label="Plates shown" value={(last?.step ?? 0) / stepCount} />
          <p role="status">{underWayText(run)}</p>
          <RunButtons />
        </>
      )}
      {run?.state === 'ended' && run.exitStatus !== 'success' && (
        <ProblemBox
          level={run.exitStatus === 'abort' ? 'attention' : 'error'}
          problem={{
            message: `Ended at step ${last?.step ?? 0}: ${run.reason} What was measured is kept${before === null ? '; it begins anew' : '; it goes on from its last step below'}.`,
          }}
        />
      )}
      {run?.state === 'ended' && run.exitStatus === 'success' && (
        <p role="status">It is learnt: the new design stands under “What was done”.</p>
      )}
      {before && (
        <p>{`The plate of before reads ${before.successes} of ${countOf(before.count, 'object')} right, as measured.`}</p>
      )}
      {curve.length > 0 && <InPlaceCurves curve={curve} />}
    </section>
  );
}

const underWayText = ({state, label, reason, timeLeftS}: RunStatus): string =>
  state === 'paused'
    ? `paused: ${reason}`
    : [
        runStateLabels[state],
        label,
        timeLeftS === null ? 'time left not known yet' : `${durationText(timeLeftS)} left`,
      ]
        .filter((text) => text !== '')
        .join(', ');

function RunButtons(): ReactElement {
  const {state, pause, resume, stop} = useRunActs();
  const pauseOrResume = state === 'paused' || state === 'pausing' ? resume : pause;
  return (
    <div className={styles.bar} role="group" aria-label="Learning under way">
      <Button
        isDisabled={pauseOrResume.disabledBecause !== undefined}
        hint={pauseOrResume.disabledBecause ?? 'Takes effect at the next point; nothing is lost'}
        onPress={pauseOrResume.run}
      >
        {pauseOrResume.label}
      </Button>
      <Button
        isDisabled={stop.disabledBecause !== undefined}
        hint={stop.disabledBecause ?? 'The source goes off; it can be gone on with from its last whole step'}
        onPress={stop.run}
      >
        Stop learning
      </Button>
    </div>
  );
}
