import {type ReactElement, useState} from 'react';
import {useLocation} from 'wouter';
import {useActions} from '../../actions/actions.ts';
import type {CampaignState} from '../../../contract/api/index.ts';
import {useStatus} from '../../connection/index.ts';
import {Button, durationText, ProgressLine, StateLight, countText} from '../../parts/index.ts';
import {ReportSheet} from '../../parts/ReportSheet.tsx';
import {isLive, runStateLabels} from '../../run-data/index.ts';
import {stepText, summarySentence} from './campaign-labels.ts';
import styles from './CampaignPage.module.css';
import {CampaignOnward} from './ResumeCampaign.tsx';

/** How far the campaign is, or what it found. */
export function CampaignHead(props: {
  readonly state: CampaignState;
  /** Run of the digit that is looked at, to be compared. */
  readonly runUid: string | null;
  readonly onNew: () => void;
}): ReactElement {
  const {state, runUid, onNew} = props;
  return (
    <header className={styles.head}>
      <div className={styles.headText}>
        <h2>{state.title || 'Campaign without a title'}</h2>
        {state.isLive ? <LiveText state={state} /> : <FoundText state={state} />}
        {state.alignmentText !== '' && <p className={styles.found}>{state.alignmentText}</p>}
      </div>
      <div className={styles.acts}>
        {!state.isLive && (
          // The way to another campaign begins here while an ended one is in view.
          <Button data-act="campaign.start" isCompact onPress={onNew}>
            New campaign
          </Button>
        )}
        {!state.isLive && <CampaignOnward state={state} />}
        <ResultLinks state={state} runUid={runUid} />
      </div>
    </header>
  );
}

function LiveText({state}: {readonly state: CampaignState}): ReactElement {
  const run = useStatus((status) => (status?.run?.kind === 'campaign' ? status.run : null));
  const prompt = useStatus((status) => status?.prompt?.text ?? null);
  const doneCount = state.items.filter(({state: own}) => own !== 'waiting' && own !== 'running').length;
  const ratio = run && run.total > 0 ? Math.min(1, run.done / run.total) : null;
  return (
    <>
      {prompt !== null && <StateLight light="attention" label={`A person is waited for: ${prompt}`} />}
      <p className={styles.step} role="status">
        {stepText(run?.campaign?.step ?? '', run?.label ?? '')}
        {run && run.state !== 'running' && isLive(run.state) ? ` (${runStateLabels[run.state]})` : ''}
      </p>
      <div className={styles.progressRow}>
        <ProgressLine label="The step under way" value={ratio} />
        <span>
          {doneCount} of {state.items.length} digits
        </span>
        {run && <span>{countText(run.totalPointCount)} points</span>}
        {typeof run?.timeLeftS === 'number' && <span>about {durationText(run.timeLeftS)} left</span>}
      </div>
    </>
  );
}

function FoundText({state}: {readonly state: CampaignState}): ReactElement {
  const excludedCount = state.items.filter(({isExcluded}) => isExcluded).length;
  return (
    <p className={styles.found}>
      {state.result
        ? summarySentence(state.result, excludedCount)
        : 'No digit of this campaign was evaluated: none was measured to its end, or all are excluded.'}
    </p>
  );
}

function ResultLinks(props: {readonly state: CampaignState; readonly runUid: string | null}): ReactElement {
  const {state, runUid} = props;
  const [, navigate] = useLocation();
  const [isReportOpen, setIsReportOpen] = useState(false);
  const reportRefusal = state.result ? undefined : 'There is nothing evaluated to report yet.';
  useActions([
    {
      id: 'campaign.report',
      title: 'Open the report of the campaign',
      group: 'Campaign',
      shortcut: 'alt+o',
      disabledBecause: reportRefusal,
      run: () => setIsReportOpen(true),
    },
  ]);
  return (
    <>
      <Button
        isCompact
        variant={state.isLive ? 'plain' : 'primary'}
        isDisabled={reportRefusal !== undefined}
        hint={reportRefusal ?? 'Made anew from the stored points'}
        onPress={() => setIsReportOpen(true)}
      >
        Open report
      </Button>
      <Button
        isCompact
        isDisabled={runUid === null}
        hint="The chosen digit beside what the twin predicts"
        onPress={() => navigate(`/compare?a=run:${runUid}&b=prediction:${runUid}:nominal`)}
      >
        Compare digit
      </Button>
      {!state.isLive && (
        <Button
          isCompact
          hint="Finds from these planes where plates, light and scan really stand"
          onPress={() => navigate(`/align?session=${state.sessionUid}`)}
        >
          Align
        </Button>
      )}
      <Button isCompact variant="quiet" onPress={() => navigate(`/sessions/${state.sessionUid}`)}>
        Open session
      </Button>
      <ReportSheet
        sessionUid={state.sessionUid}
        title={state.title || 'campaign'}
        isOpen={isReportOpen}
        onClose={() => setIsReportOpen(false)}
      />
    </>
  );
}
