import {type ReactElement, useCallback, useState} from 'react';
import {useLocation, useSearch} from 'wouter';
import {useStatus} from '../../connection/index.ts';
import {Loading, EmptyState, ProblemBox, PageHeading, useSentDesign} from '../../parts/index.ts';
import {isLive} from '../../run-data/index.ts';
import {changeDraft} from './campaign-draft.ts';
import {CampaignSetup} from './CampaignSetup.tsx';
import {CampaignView} from './CampaignView.tsx';
import {EarlierCampaigns} from './EarlierCampaigns.tsx';
import styles from './CampaignPage.module.css';
import {useCampaignState} from './use-campaign-state.ts';

/** Digits measured one after the other and compared with the twin: prepare, watch, look back. */
export function CampaignPage(): ReactElement {
  const [, navigate] = useLocation();
  const asked = new URLSearchParams(useSearch()).get('session');
  const job = useStatus((status) => (status?.run?.kind === 'campaign' ? status.run.id : null));
  const jobSession = useStatus((status) => (status?.run?.kind === 'campaign' ? status.run.sessionUid : null));
  const isJobLive = useStatus((status) => status?.run?.kind === 'campaign' && isLive(status.run.state));
  // An ended campaign stays in view until a new one is prepared.
  const [leftJob, setLeftJob] = useState<string | null>(null);
  const sessionUid = asked ?? (isJobLive || job !== leftJob ? jobSession : null);
  const {state, problem} = useCampaignState(sessionUid);
  const prepare = (): void => {
    setLeftJob(job);
    navigate('/campaign');
  };
  // An ended campaign makes room for the form in which a sent design is chosen.
  const takeDesign = useCallback(
    (designFolder: string): void => {
      changeDraft({designFolder});
      setLeftJob(job);
    },
    [job],
  );
  useSentDesign('/campaign', takeDesign);
  return (
    <div className={styles.page}>
      <PageHeading>Campaign</PageHeading>
      {asked !== null && isJobLive && asked !== jobSession && (
        <ProblemBox
          level="info"
          problem={{message: 'This is an earlier campaign; another one is under way.'}}
          action={{label: 'Go to the campaign under way', onPress: () => navigate('/campaign')}}
        />
      )}
      {state ? (
        <CampaignView state={state} problem={problem} onNew={prepare} />
      ) : problem ? (
        <EmptyState title="This campaign cannot be shown">
          <ProblemBox problem={problem} action={{label: 'Prepare a new one', onPress: prepare}} />
        </EmptyState>
      ) : sessionUid !== null ? (
        <Loading what="the campaign" />
      ) : isJobLive ? (
        <EmptyState title="The campaign is starting" text="Its digits appear in a moment." />
      ) : (
        <CampaignSetup
          onStarted={() => setLeftJob(null)}
          earlier={<EarlierCampaigns onOpen={(uid) => navigate(`/campaign?session=${uid}`)} />}
        />
      )}
    </div>
  );
}
