import {useMemo, type ReactElement} from 'react';
import type {AlignJob} from '../../../contract/api/index.ts';
import {useActions} from '../../actions/actions.ts';
import {client, useConnection} from '../../connection/index.ts';
import {
  agoText,
  attempt,
  Button,
  countOf,
  durationText,
  Panel,
  ProblemBox,
  ProgressLine,
  StateLight,
  useNow,
  useRefusal,
} from '../../parts/index.ts';
import {isJobLive, jobLight, stages} from './align-labels.ts';
import styles from './AlignPage.module.css';
import {ConvergenceChart} from './ConvergenceChart.tsx';
import {percentText} from './value-text.ts';
import type {AlignJobView} from './use-align-job.ts';

/** An alignment under way, or why it came to nothing. */
export function JobView(props: {
  readonly view: AlignJobView;
  readonly job: AlignJob;
  readonly onPrepare: () => void;
}): ReactElement {
  const {view, job, onPrepare} = props;
  const isLive = isJobLive(job);
  const refusal = useRefusal('operate');
  const stopRefusal =
    refusal ?? (job.state === 'stopping' ? 'It is being stopped.' : isLive ? undefined : 'It has ended.');
  const stop = (): void => void attempt(() => client.align.stop());
  useActions([
    {
      id: 'align.stop',
      title: 'Stop the alignment; nothing of it is stored',
      group: 'Align',
      disabledBecause: stopRefusal,
      run: stop,
    },
    {
      id: 'align.new',
      title: 'Prepare another alignment',
      group: 'Align',
      disabledBecause: isLive ? 'One alignment at a time: this one is under way.' : undefined,
      run: onPrepare,
    },
  ]);
  const {light, label} = jobLight[job.state];
  return (
    <div className={styles.job}>
      <Panel
        title={`${isLive ? 'Aligning with' : 'Alignment with'} “${job.title}”`}
        tools={
          isLive ? (
            <Button
              isDisabled={stopRefusal !== undefined}
              hint={stopRefusal ?? 'Nothing of it is stored'}
              onPress={stop}
            >
              Stop alignment
            </Button>
          ) : (
            <Button variant="primary" onPress={onPrepare}>
              Prepare another
            </Button>
          )
        }
      >
        <div className={styles.jobHead}>
          <StateLight light={light} label={label} />
          <span>{countOf(job.planeCount, 'plane')}</span>
          <Times job={job} receivedMs={view.receivedMs} isLive={isLive} />
        </div>
        {isLive && <ProgressLine label="Progress of the alignment" value={job.doneRatio} />}
        {isLive && <StageLine job={job} />}
        {isLive && (
          <p className={styles.jobText} role="status">
            {job.text}
          </p>
        )}
        {job.problem && (
          <ProblemBox problem={job.problem} level={job.state === 'stopped' ? 'info' : 'error'} />
        )}
        {job.state === 'stopped' && !job.problem && (
          <ProblemBox level="info" problem={{message: 'It was stopped. Nothing of it is stored.'}} />
        )}
        {view.problem && <ProblemBox problem={view.problem} />}
      </Panel>
      {(isLive || job.convergence.length > 0) && (
        <Panel title="Convergence">
          <LiveConvergence job={job} />
        </Panel>
      )}
    </div>
  );
}

/** How long it has taken and, as far as that can be said, how long it will still take. */
function Times(props: {
  readonly job: AlignJob;
  readonly receivedMs: number;
  readonly isLive: boolean;
}): ReactElement {
  const {job, receivedMs, isLive} = props;
  const nowMs = useNow(1000);
  const isConnected = useConnection(({phase}) => phase === 'open');
  if (!isLive) return <span>{durationText(job.elapsedS)}</span>;
  if (!isConnected) return <span>as of {agoText(nowMs - receivedMs)}</span>;
  // It tells of itself only when something changed.
  const sinceS = Math.max(0, nowMs - receivedMs) / 1000;
  return (
    <>
      <span>{durationText(job.elapsedS + sinceS)} so far</span>
      <span>{timeLeftText(job.timeLeftS, sinceS)}</span>
    </>
  );
}

/** What is left of a foreseen time that was said a while ago; a time that is over was foreseen wrongly. */
function timeLeftText(timeLeftS: number | null, sinceS: number): string {
  if (timeLeftS === null) return 'time left not known yet';
  const leftS = timeLeftS - sinceS;
  return leftS < 1 ? 'longer than foreseen' : `about ${durationText(leftS)} left`;
}

/** All steps with the present one marked; one that is not needed is passed over by itself. */
function StageLine({job}: {readonly job: AlignJob}): ReactElement {
  const at = stages.findIndex(({id}) => id === job.stage);
  const isDone = job.state === 'done';
  return (
    <ol className={styles.stages} aria-label="Steps of the alignment">
      {stages.map(({id, label}, i) => {
        const isPresent = i === at && !isDone;
        const isPast = isDone || (at >= 0 && i < at);
        return (
          <li
            key={id}
            className={isPresent ? styles.isPresent : isPast ? styles.isPast : ''}
            aria-current={isPresent ? 'step' : undefined}
          >
            {isPast ? '✓ ' : ''}
            {label}
          </li>
        );
      })}
    </ol>
  );
}

function LiveConvergence({job}: {readonly job: AlignJob}): ReactElement {
  const last = job.convergence.at(-1);
  const points = useMemo(() => job.convergence, [job.convergence]);
  return (
    <>
      <p className={styles.quiet}>
        {last
          ? `After ${countOf(last.iteration, 'iteration')} ${percentText(last.unexplainedRatio)} of the light is not explained.`
          : 'The part of the light that is not explained appears here with the first iteration.'}
      </p>
      <div className={styles.chart}>{points.length > 0 && <ConvergenceChart points={points} />}</div>
    </>
  );
}
