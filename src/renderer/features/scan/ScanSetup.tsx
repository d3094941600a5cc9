import {skipToken, useQuery} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import {queries, useConnection, useStatus} from '../../connection/index.ts';
import {
  BenchPlates,
  Checkbox,
  DesignSelect,
  Panel,
  ProblemBox,
  Select,
  StartButtons,
  SuspenderPanel,
  TextField,
} from '../../parts/index.ts';
import {useSettings} from '../../settings/settings.ts';
import {PlanFields} from './PlanFields.tsx';
import {planSentence, refusedText} from './plan-labels.ts';
import {PresetBar} from './PresetBar.tsx';
import {changeDraft, type ScanDraft} from './scan-draft.ts';
import styles from './ScanPage.module.css';
import type {ScanPlanning} from './use-scan-planning.ts';

/** The form: what to measure, for what, and whether it can be done. */
export function ScanSetup({
  draft,
  planning,
}: {
  readonly draft: ScanDraft;
  readonly planning: ScanPlanning;
}): ReactElement {
  const {checked, limits, suspending, start, queue} = planning;
  return (
    <div className={styles.setup}>
      <Panel title="Plan" tools={<PresetBar form={draft.form} isSavable={checked.plan !== null} />}>
        <PlanFields draft={draft} problems={checked.problems} limits={limits} />
      </Panel>
      <Panel title="For what">
        <LabelFields draft={draft} />
      </Panel>
      <SuspenderPanel draft={draft} checked={suspending} onChange={changeDraft} />
      <div className={styles.startBar}>
        <PlanVerdict planning={planning} />
        <StartButtons
          act="scan.start"
          label="Start scan"
          hint="Source on, measure, source off (Ctrl+Enter)"
          start={start}
          queue={queue}
        />
      </div>
    </div>
  );
}

function PlanVerdict({planning}: {readonly planning: ScanPlanning}): ReactElement {
  const {checked, dryRun, regionCount, start, notes} = planning;
  const result = dryRun.isCurrent ? dryRun.result : null;
  const refusal = dryRun.problem || (result && !result.isAllowed ? result.refusal : '');
  return (
    <>
      {checked.plan && (
        <p className={styles.sentence} role="status">
          {planSentence(checked.plan, dryRun.isCurrent ? dryRun.result : null, regionCount)}
        </p>
      )}
      {notes.map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
      {refusal !== '' && <ProblemBox problem={{message: refusal}} />}
      {result && refusedText(result) !== '' && <p className={styles.quietText}>{refusedText(result)}</p>}
      {refusal === '' && start.disabledBecause !== undefined && (
        <p className={styles.quietText}>{start.disabledBecause}</p>
      )}
    </>
  );
}

function LabelFields({draft}: {readonly draft: ScanDraft}): ReactElement {
  const operator = useSettings((settings) => settings.operator);
  return (
    <>
      <DesignSelect folder={draft.designFolder} onChange={(designFolder) => changeDraft({designFolder})} />
      <BenchPlates folder={draft.designFolder} />
      <TextField
        label="Sample"
        value={draft.sample}
        onChange={(sample) => changeDraft({sample})}
        placeholder="What stands at the object plane"
      />
      <TextField label="Purpose" value={draft.purpose} onChange={(purpose) => changeDraft({purpose})} />
      <div className={styles.pair}>
        <TextField label="Title" value={draft.title} onChange={(title) => changeDraft({title})} />
        <TextField
          label="Operator"
          value={draft.operator ?? operator}
          onChange={(next) => changeDraft({operator: next})}
        />
      </div>
      <SessionField draft={draft} />
      <Checkbox
        isSelected={draft.isDetectorSetUp}
        onChange={(isDetectorSetUp) => changeDraft({isDetectorSetUp})}
      >
        Set up the detector at the middle first (range, and phase where it has one)
      </Checkbox>
    </>
  );
}

function SessionField({draft}: {readonly draft: ScanDraft}): ReactElement {
  const isConnected = useConnection(({phase}) => phase === 'open');
  const title = useStatus((status) => status?.session?.title ?? null);
  const recent = useQuery(
    queries.sessions.search.queryOptions({input: isConnected ? {limit: 12} : skipToken, staleTime: 10_000}),
  );
  const sessions = recent.data?.sessions ?? [];
  return (
    <Select
      label="Session"
      value={sessions.some(({uid}) => uid === draft.sessionUid) ? draft.sessionUid : ''}
      onChange={(sessionUid) => changeDraft({sessionUid})}
      options={[
        {value: '', label: title === null ? 'A new session' : `Session of the bench: ${title}`},
        ...sessions.map(({uid, title: own, createdAt}) => ({
          value: uid,
          label: `${own || 'without title'} (${createdAt.slice(0, 10)})`,
        })),
      ]}
    />
  );
}
