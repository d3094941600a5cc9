import {useEffect, type ReactElement} from 'react';
import {useLocation, useSearch} from 'wouter';
import {Loading, PageHeading, ProblemBox} from '../../parts/index.ts';
import {useWatchedJob, watchJob} from './align-draft.ts';
import {isJobLive} from './align-words.ts';
import styles from './AlignPage.module.css';
import {AlignSetup} from './AlignSetup.tsx';
import {JobView} from './JobView.tsx';
import {ResultPlace} from './ResultPlace.tsx';
import {useAlignJob} from './use-align-job.ts';

/** Where everything on the bench stands, from measured planes: prepare, watch, look at what was found, accept it. */
export function AlignPage(): ReactElement {
  const [, navigate] = useLocation();
  const asked = new URLSearchParams(useSearch());
  const resultUid = asked.get('result');
  const sessionUid = asked.get('session');
  const view = useAlignJob();
  const {job} = view;
  const isLive = isJobLive(job);
  const watchedJob = useWatchedJob();
  const liveId = isLive ? (job?.id ?? null) : null;
  useEffect(() => {
    if (liveId !== null) watchJob(liveId);
  }, [liveId]);
  const prepare = (session: string | null = null): void => {
    watchJob(null);
    navigate(session === null ? '/align' : `/align?session=${session}`);
  };
  const isJobShown = job !== null && (isLive || (job.id === watchedJob && sessionUid === null));
  const shownResult = resultUid ?? (isJobShown && job.state === 'done' ? job.alignmentUid : null);
  return (
    <div className={styles.page}>
      <PageHeading>Align</PageHeading>
      {resultUid !== null && isLive && (
        <ProblemBox
          level="info"
          problem={{message: 'This is an earlier result; another alignment is under way.'}}
          action={{label: 'Go to the alignment under way', onPress: () => navigate('/align')}}
        />
      )}
      {shownResult !== null ? (
        <ResultPlace
          key={shownResult}
          uid={shownResult}
          convergence={job?.alignmentUid === shownResult ? job.convergence : null}
          onPrepare={prepare}
        />
      ) : isJobShown ? (
        <JobView view={view} job={job} onPrepare={() => prepare(job.sessionUid)} />
      ) : !view.hasAnswered && !view.problem ? (
        <Loading what="the alignment under way, if there is one" />
      ) : (
        <AlignSetup
          askedSessionUid={sessionUid}
          jobProblem={view.problem}
          onStarted={(jobId) => {
            watchJob(jobId);
            navigate('/align');
          }}
        />
      )}
    </div>
  );
}
