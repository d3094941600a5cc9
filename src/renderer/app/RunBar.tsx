import type {ReactElement} from 'react';
import {useLocation} from 'wouter';
import type {RunStatus, Status} from '../../contract/api/index.ts';
import {suspenderText} from '../../contract/suspender-text.ts';
import {useActions} from '../actions/actions.ts';
import {statusStore, useConnection, useStatus} from '../connection/index.ts';
import {
  agoText,
  clockText,
  bytesText,
  Button,
  durationText,
  ProgressLine,
  StateLight,
  useNow,
  countText,
} from '../parts/index.ts';
import {type RunActs, runStateLabels, useRunActs} from '../run-data/index.ts';
import styles from './RunBar.module.css';

/** Less room than this on the disk is said in words, bytes. */
const littleDiskBytes = 2e9;

/** What is being measured, how far, until when, and whether the data are safe. */
export function RunBar(): ReactElement {
  const run = useStatus((status) => status?.run ?? null);
  const saved = useStatus((status) => status?.saved ?? null);
  const isLive = run !== null && run.state !== 'ended';
  return (
    <section className={styles.bar} aria-label="Run">
      {isLive ? <LiveRun run={run} /> : <LastRun run={run} />}
      {saved && <Saved saved={saved} isLive={isLive} />}
    </section>
  );
}

const numberOf = ({kind, scanId}: RunStatus): string =>
  scanId === null ? kind : `run ${String(scanId).padStart(4, '0')}`;

function LiveRun({run}: {readonly run: RunStatus}): ReactElement {
  const share = run.total > 0 ? Math.min(1, run.done / run.total) : null;
  return (
    <>
      <div className={styles.what}>
        <StateLight
          light={run.state === 'paused' ? 'attention' : 'busy'}
          label={run.suspension ? 'suspended' : runStateLabels[run.state]}
        />
        <strong className={styles.title}>{numberOf(run)}</strong>
        <span className={styles.label} title={run.label}>
          {run.label === '' ? run.planName : run.label}
        </span>
        <Suspenders suspenders={run.suspenders} />
      </div>
      <div className={styles.progress}>
        <ProgressLine label={`Progress of ${run.title}`} value={share} />
        <span className={styles.percent}>{share === null ? '' : `${Math.floor(share * 100)} %`}</span>
        <TimeLeft run={run} />
      </div>
      <RunControls />
    </>
  );
}

/** What may suspend the run, in words. */
function Suspenders({suspenders}: Pick<RunStatus, 'suspenders'>): ReactElement | null {
  if (suspenders.length === 0) return null;
  const text = suspenders.map(suspenderText).join('; ');
  return <span className={styles.label} title={text}>{`suspended by: ${text}`}</span>;
}

function TimeLeft({run}: {readonly run: RunStatus}): ReactElement {
  const nowMs = useNow(1000);
  const isConnected = useConnection(({phase}) => phase === 'open');
  const sinceS = Math.max(0, nowMs - statusStore.getState().receivedMs) / 1000;
  if (run.wait && run.wait.leftS > 1)
    return (
      <span className={styles.left}>
        {run.wait.text}: {durationText(run.wait.leftS)}
      </span>
    );
  if (!isConnected) return <span className={styles.left}>as of {agoText(sinceS * 1000)}</span>;
  if (run.suspension) {
    const {reason, sinceUtc} = run.suspension;
    const sinceMs = Date.parse(sinceUtc);
    const text = `since ${clockText(sinceMs)} (${durationText(Math.max(0, nowMs - sinceMs) / 1000)}): ${reason}`;
    return (
      <span className={styles.left} title={text} role="status">
        {text}
      </span>
    );
  }
  if (run.state === 'paused') return <span className={styles.left}>{run.reason}</span>;
  if (run.timeLeftS === null) return <span className={styles.left}>time left not known yet</span>;
  return <span className={styles.left}>{durationText(run.timeLeftS)} left</span>;
}

function RunControls(): ReactElement {
  const acts = useRunActs();
  const isPaused = acts.state === 'paused' || acts.state === 'pausing';
  const pauseOrResume = isPaused ? acts.resume : acts.pause;
  useActions([
    {
      id: 'run.pause',
      title: isPaused ? 'Resume the run' : 'Pause the run at the next point',
      group: 'Run',
      shortcut: 'r p',
      disabledBecause: pauseOrResume.disabledBecause,
      run: pauseOrResume.run,
    },
    {
      id: 'run.stop',
      title: 'Stop the run and keep its points',
      group: 'Run',
      shortcut: 'r s',
      disabledBecause: acts.stop.disabledBecause,
      run: acts.stop.run,
    },
    {
      id: 'run.skip',
      title: 'Skip the wait under way',
      group: 'Run',
      shortcut: 'r w',
      disabledBecause: acts.skipWait.disabledBecause,
      run: acts.skipWait.run,
    },
  ]);
  return (
    <div className={styles.controls} role="group" aria-label="Run controls">
      <ActButton act={pauseOrResume} hint="Takes effect at the next point; nothing is lost (R then P)" />
      <ActButton act={acts.skipWait} hint="Cuts the wait under way (R then W)" />
      <ActButton act={acts.stop} hint="Ends the run with clean-up; what was measured stays (R then S)" />
    </div>
  );
}

function ActButton({act, hint}: {readonly act: RunActs['stop']; readonly hint: string}): ReactElement {
  return (
    <Button
      isDisabled={act.disabledBecause !== undefined}
      hint={act.disabledBecause ?? hint}
      onPress={act.run}
    >
      {act.label}
    </Button>
  );
}

const endLabels = {success: 'finished', abort: 'stopped', fail: 'failed'} as const;

function LastRun({run}: {readonly run: RunStatus | null}): ReactElement {
  const [, navigate] = useLocation();
  const status = run?.exitStatus ?? null;
  return (
    <>
      <div className={styles.what}>
        {run && status !== null ? (
          <>
            <StateLight
              light={status === 'success' ? 'ready' : status === 'abort' ? 'attention' : 'fault'}
              label={endLabels[status]}
            />
            <strong className={styles.title}>{numberOf(run)}</strong>
            <span className={styles.label} title={run.reason}>
              {countText(run.totalPointCount)} points in {durationText(run.elapsedS)}
              {run.reason === '' ? '' : `. ${run.reason}`}
            </span>
          </>
        ) : (
          <span className={styles.label}>No run since the program was started</span>
        )}
      </div>
      <div className={styles.controls}>
        {run?.sessionUid !== null && run !== null && (
          <Button variant="quiet" onPress={() => navigate(`/sessions/${run.sessionUid}`)}>
            Open its session
          </Button>
        )}
        <span className={styles.plan}>
          <Button variant="quiet" onPress={() => navigate('/campaign')}>
            Plan a campaign
          </Button>
          <Button onPress={() => navigate('/scan')}>Plan a scan</Button>
        </span>
      </div>
    </>
  );
}

function Saved(props: {readonly saved: Status['saved']; readonly isLive: boolean}): ReactElement {
  const {lastCommitUtc, diskFreeBytes, problem} = props.saved;
  const nowMs = useNow(1000);
  const age = lastCommitUtc === null ? null : nowMs - Date.parse(lastCommitUtc);
  const isLittle = diskFreeBytes !== null && diskFreeBytes < littleDiskBytes;
  return (
    <div className={styles.saved}>
      {problem === '' ? (
        <span>{age === null ? 'nothing to save' : `saved ${agoText(age)}`}</span>
      ) : (
        <StateLight light="fault" label={problem} />
      )}
      {diskFreeBytes !== null &&
        (isLittle ? (
          <StateLight light="attention" label={`only ${bytesText(diskFreeBytes)} free`} />
        ) : (
          <span>{bytesText(diskFreeBytes)} free</span>
        ))}
    </div>
  );
}
