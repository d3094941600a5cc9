import {keepPreviousData, skipToken, useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import {ListBox, ListBoxItem, ListLayout, Text, Virtualizer} from 'react-aria-components';
import type {CompareSide, RunSummary, SessionSummary} from '../../../contract/api/index.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {Loading, EmptyState, ProblemBox, SearchField, Segments} from '../../parts/index.ts';
import {RunThumbnail} from '../../parts/RunThumbnail.tsx';
import {dateTimeText} from '../../parts/time-text.ts';
import {useDebounced} from '../../parts/use-debounced.ts';
import {useSettings} from '../../settings/settings.ts';
import {placementText, runText} from './comparison-labels.ts';
import styles from './RunChooser.module.css';

type What = 'run' | 'nominal' | 'registered' | 'aligned';

const whatOf = (side: CompareSide): What => (side.kind === 'run' ? 'run' : side.placement);

const sideOf = (what: What, runUid: string): CompareSide =>
  what === 'run' ? {kind: 'run', runUid} : {kind: 'prediction', runUid, placement: what};

/** Session, then run: measured, or what the twin predicts for the mask that stood there. */
export function RunChooser(props: {
  readonly letter: 'A' | 'B';
  readonly side: CompareSide | null;
  readonly startSessionUid: string | null;
  readonly suggestion: What;
  readonly onChoose: (side: CompareSide) => void;
}): ReactElement {
  const {letter, side, onChoose} = props;
  const [what, setWhat] = useState<What>(side ? whatOf(side) : props.suggestion);
  const [text, setText] = useState('');
  const [chosenSessionUid, setChosenSessionUid] = useState<string | null>(null);
  const settledText = useDebounced(text.trim(), 150);
  const found = useQuery({
    ...queries.sessions.search.queryOptions({
      input: {limit: 500, ...(settledText === '' ? {} : {text: settledText})},
    }),
    placeholderData: keepPreviousData,
  });
  const sessions = (found.data?.sessions ?? []).filter(({runCount}) => runCount > 0);
  const sessionUid =
    chosenSessionUid ?? (settledText === '' ? props.startSessionUid : null) ?? sessions[0]?.uid ?? null;
  return (
    <div className={styles.chooser}>
      <div className={styles.head}>
        <SearchField
          label="Find a session"
          placeholder="Find a session: title, sample, note ..."
          value={text}
          onChange={(next) => {
            setText(next);
            setChosenSessionUid(null);
          }}
        />
        <Segments<What>
          label={`What ${letter} shows`}
          value={what}
          onChange={setWhat}
          options={[
            {value: 'run', label: 'measured'},
            {value: 'nominal', label: `simulated, ${placementText.nominal}`},
            {value: 'registered', label: `simulated, ${placementText.registered}`},
            {value: 'aligned', label: `simulated, ${placementText.aligned}`},
          ]}
        />
      </div>
      {found.error && <ProblemBox problem={problemFrom(found.error)} />}
      <div className={styles.lists}>
        <SessionList sessions={sessions} chosenUid={sessionUid} onChoose={setChosenSessionUid} />
        <RunList
          sessionUid={sessionUid}
          what={what}
          chosenUid={side && whatOf(side) === what ? side.runUid : null}
          onChoose={(runUid) => onChoose(sideOf(what, runUid))}
        />
      </div>
    </div>
  );
}

function SessionList(props: {
  readonly sessions: readonly SessionSummary[];
  readonly chosenUid: string | null;
  readonly onChoose: (uid: string) => void;
}): ReactElement {
  const scale = useSettings((settings) => settings.scale);
  return (
    <Virtualizer layout={ListLayout} layoutOptions={{rowHeight: 46 * scale}}>
      <ListBox
        aria-label="Sessions"
        className={styles.list ?? ''}
        items={props.sessions}
        selectionMode="single"
        selectionBehavior="replace"
        selectedKeys={props.chosenUid === null ? [] : [props.chosenUid]}
        onSelectionChange={(keys) => {
          const [key] = keys === 'all' ? [] : [...keys];
          if (key !== undefined) props.onChoose(String(key));
        }}
        renderEmptyState={() => <p className={styles.empty}>No session with runs fits.</p>}
      >
        {(session) => (
          <ListBoxItem id={session.uid} textValue={session.title} className={styles.item ?? ''}>
            <Text slot="label" className={styles.name ?? ''}>
              {session.title}
            </Text>
            <Text slot="description" className={styles.note ?? ''}>
              {dateTimeText(session.createdAt).slice(0, 16)} · {session.runCount} runs
            </Text>
          </ListBoxItem>
        )}
      </ListBox>
    </Virtualizer>
  );
}

function RunList(props: {
  readonly sessionUid: string | null;
  readonly what: What;
  readonly chosenUid: string | null;
  readonly onChoose: (runUid: string) => void;
}): ReactElement {
  const {sessionUid, what, chosenUid, onChoose} = props;
  const scale = useSettings((settings) => settings.scale);
  const session = useQuery(
    queries.sessions.get.queryOptions({input: sessionUid === null ? skipToken : {uid: sessionUid}}),
  );
  if (sessionUid === null)
    return <EmptyState title="Nothing measured yet" text="Runs of scans and campaigns stand here." />;
  if (session.error) return <ProblemBox problem={problemFrom(session.error)} />;
  if (!session.data) return <Loading what="its runs" />;
  const runs = session.data.runs.filter((run) => canShow(run, what));
  if (runs.length === 0)
    return (
      <EmptyState
        title={what === 'run' ? 'No plane in this session' : 'No mask is known here'}
        text={
          what === 'run'
            ? 'Only grid scans with points can be compared.'
            : 'The twin predicts the runs of campaigns, whose masks are stored with them.'
        }
      />
    );
  return (
    <Virtualizer layout={ListLayout} layoutOptions={{rowHeight: 64 * scale}}>
      <ListBox
        aria-label="Runs"
        className={styles.list ?? ''}
        items={runs}
        selectionMode="none"
        onAction={(key) => onChoose(String(key))}
      >
        {(run) => (
          <ListBoxItem
            id={run.uid}
            textValue={runText(run)}
            className={[styles.run, run.uid === chosenUid ? styles.isChosen : ''].join(' ')}
          >
            <RunThumbnail run={run} sizeRem={3.8} />
            <span className={styles.runText}>
              <Text slot="label" className={styles.name ?? ''}>
                {runText(run)}
              </Text>
              <Text slot="description" className={styles.note ?? ''}>
                {run.pointCount} points
                {run.exitStatus === 'success' ? '' : `, ${run.exitStatus ?? 'under way'}`}
                {run.uid === chosenUid ? ', chosen now' : ''}
              </Text>
            </span>
          </ListBoxItem>
        )}
      </ListBox>
    </Virtualizer>
  );
}

const canShow = ({isGrid, pointCount, campaignIndex}: RunSummary, what: What): boolean =>
  isGrid && pointCount > 0 && (what === 'run' || campaignIndex !== null);
