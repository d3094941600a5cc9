import {useEffect, type ReactElement} from 'react';
import {useLocation, useSearch} from 'wouter';
import {useActions} from '../../actions/actions.ts';
import {Button, Loading, PageHeading, ProblemBox} from '../../parts/index.ts';
import {useWatchedJob, watchJob} from './align-draft.ts';
import {isJobLive} from './align-labels.ts';
import styles from './AlignPage.module.css';
import {AlignSetup} from './AlignSetup.tsx';
import {GuideView} from './guide/GuideView.tsx';
import {JobView} from './JobView.tsx';
import {StoredResultView} from './StoredResultView.tsx';
import {useAlignJob} from './use-align-job.ts';

/** Where everything on the bench stands, from measured planes: prepare, watch, look at what was found, accept it. */
export function AlignPage(): ReactElement {
  const [, navigate] = useLocation();
  const asked = new URLSearchParams(useSearch());
  const resultUid = asked.get('result');
  const sessionUid = asked.get('session');
  const guideUid = asked.get('guide');
  const openGuide = (uid: string | null): void => navigate(`/align?guide=${uid ?? ''}`);
  useGuideAction(guideUid !== null, openGuide);
  const view = useAlignJob();
  const {job} = view;
  const isLive = isJobLive(job);
  const watchedJob = useWatchedJob();
  useWatchWhile(isLive, job?.id);
  const prepare = (session: string | null = null): void => {
    watchJob(null);
    navigate(session === null ? '/align' : `/align?session=${session}`);
  };
  const isJobShown = job !== null && (isLive || (job.id === watchedJob && sessionUid === null));
  const shownResult = resultUid ?? (isJobShown && job.state === 'done' ? job.alignmentUid : null);
  if (guideUid !== null)
    return (
      <GuidePage
        sessionUid={guideUid === '' ? null : guideUid}
        onOpen={openGuide}
        onPrepare={() => prepare()}
      />
    );
  return (
    <div className={styles.page}>
      <PageHeading>Align</PageHeading>
      <div className={styles.acts}>
        <Button
          isCompact
          hint="Dark level, beam, plates one at a time, whole stack: each step by stated numbers"
          onPress={() => openGuide(null)}
        >
          Guided alignment
        </Button>
      </div>
      {resultUid !== null && isLive && (
        <ProblemBox
          level="info"
          problem={{message: 'This is an earlier result; another alignment is under way.'}}
          action={{label: 'Go to the alignment under way', onPress: () => navigate('/align')}}
        />
      )}
      <ResultOrSetup
        view={view}
        resultUid={shownResult}
        job={isJobShown ? job : null}
        sessionUid={sessionUid}
        onPrepare={prepare}
      />
    </div>
  );
}

/** A stored result, the job that is shown, or the form that starts one. */
function ResultOrSetup(props: {
  readonly view: ReturnType<typeof useAlignJob>;
  readonly resultUid: string | null;
  readonly job: ReturnType<typeof useAlignJob>['job'];
  readonly sessionUid: string | null;
  readonly onPrepare: (session?: string | null) => void;
}): ReactElement {
  const {view, resultUid, job, sessionUid, onPrepare} = props;
  const [, navigate] = useLocation();
  if (resultUid !== null) return <StoredResultView key={resultUid} uid={resultUid} onPrepare={onPrepare} />;
  if (job) return <JobView view={view} job={job} onPrepare={() => onPrepare(job.sessionUid)} />;
  if (!view.hasAnswered && !view.problem) return <Loading what="the alignment under way, if there is one" />;
  return (
    <AlignSetup
      askedSessionUid={sessionUid}
      jobProblem={view.problem}
      onStarted={(jobId) => {
        watchJob(jobId);
        navigate('/align');
      }}
    />
  );
}

/** The guided alignment in the place of the page. */
function GuidePage(props: {
  readonly sessionUid: string | null;
  readonly onOpen: (uid: string | null) => void;
  readonly onPrepare: () => void;
}): ReactElement {
  const [, navigate] = useLocation();
  return (
    <div className={styles.page}>
      <PageHeading>Align</PageHeading>
      <div className={styles.acts}>
        <Button isCompact onPress={props.onPrepare}>
          Align stored planes
        </Button>
      </div>
      <GuideView
        sessionUid={props.sessionUid}
        onOpen={props.onOpen}
        onResult={(uid) => navigate(`/align?result=${uid}`)}
      />
    </div>
  );
}

/** A job that is under way stays the one that is watched when it ends. */
function useWatchWhile(isLive: boolean, jobId: string | undefined): void {
  useEffect(() => {
    if (isLive && jobId !== undefined) watchJob(jobId);
  }, [isLive, jobId]);
}

function useGuideAction(isShown: boolean, openGuide: (uid: string | null) => void): void {
  useActions([
    {
      id: 'align.guided',
      title: 'Guided alignment, step by step',
      group: 'Align',
      disabledBecause: isShown ? 'It is what is shown.' : undefined,
      run: () => openGuide(null),
    },
  ]);
}
