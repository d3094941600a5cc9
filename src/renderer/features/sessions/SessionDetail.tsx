import {keepPreviousData, useQuery, useQueryClient} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import {useLocation} from 'wouter';
import {useActions} from '../../actions/actions.ts';
import {client, problemFrom, queries, useStatus} from '../../connection/index.ts';
import {attempt, Button, Loading, ProblemBox, Tabs, Tag} from '../../parts/index.ts';
import {dateTimeText} from '../../parts/time-text.ts';
import {useChoice} from '../../settings/settings.ts';
import {CalibrationTable} from './CalibrationTable.tsx';
import {SessionFiles} from './SessionFiles.tsx';
import {SessionNotes} from './SessionNotes.tsx';
import {SessionRuns} from './SessionRuns.tsx';
import {SessionTags} from './SessionTags.tsx';
import type {SessionData} from './session-data.ts';
import {SessionTitle} from './SessionTitle.tsx';
import {sessionLine} from './session-labels.ts';
import styles from './SessionDetail.module.css';
import {useRefusal} from '../../parts/use-refusal.ts';

/** A session: what it is, its runs, notes, calibrations and files. */
export function SessionDetail(props: {
  readonly uid: string;
  readonly tagsAtHand: readonly string[];
}): ReactElement {
  const {uid} = props;
  const isLive = useStatus((status) => status?.run?.sessionUid === uid && status.run.state !== 'ended');
  const found = useQuery({
    ...queries.sessions.get.queryOptions({input: {uid}}),
    placeholderData: keepPreviousData,
    refetchInterval: isLive ? 2000 : false,
  });
  const {data, error} = found;
  if (data) return <Detail data={data} tagsAtHand={props.tagsAtHand} isLive={isLive} />;
  if (error)
    return (
      <ProblemBox
        problem={problemFrom(error)}
        action={{label: 'Try again', onPress: () => void found.refetch()}}
      />
    );
  return <Loading what="the session" />;
}

/** Asks anew for what a change of a session shows in. */
function useSessionChanges(uid: string) {
  const queryClient = useQueryClient();
  return async (work: () => Promise<unknown>, doneText?: string): Promise<boolean> => {
    const isDone = await attempt(work, doneText);
    await Promise.all([
      queryClient.invalidateQueries({queryKey: queries.sessions.get.key({input: {uid}})}),
      queryClient.invalidateQueries({queryKey: queries.sessions.search.key()}),
    ]);
    return isDone;
  };
}

function Detail(props: {
  readonly data: SessionData;
  readonly tagsAtHand: readonly string[];
  readonly isLive: boolean;
}): ReactElement {
  const {data, tagsAtHand, isLive} = props;
  const {summary, runs, notes, calibrations} = data;
  const [tab, setTab] = useChoice<string>('sessions.detailTab', 'runs');
  const change = useSessionChanges(summary.uid);
  const whyNot = useRefusal('operate');
  const {uid} = summary;
  return (
    <article className={styles.detail} aria-label={summary.title}>
      <SessionTitle
        title={summary.title}
        whyNot={whyNot}
        onChange={(title) => change(() => client.sessions.change({uid, title}))}
      />
      <p className={styles.line}>
        {dateTimeText(summary.createdAt)} · {sessionLine(summary)}
        {isLive && <Tag>measuring now</Tag>}
        {summary.isArchived && <Tag>archived</Tag>}
      </p>
      <SessionTags
        tags={summary.tags}
        tagsAtHand={tagsAtHand}
        whyNot={whyNot}
        onChange={(tags) => change(() => client.sessions.change({uid, tags: [...tags]}))}
      />
      <SessionDeeds data={data} whyNot={whyNot} change={change} onShow={setTab} />
      <Tabs
        label="Parts of the session"
        selected={tab}
        onSelect={setTab}
        tabs={[
          {id: 'runs', label: `Runs ${runs.length}`, content: <SessionRuns runs={runs} />},
          {
            id: 'notes',
            label: `Notes ${notes.length}`,
            content: <Notes data={data} whyNot={whyNot} change={change} />,
          },
          {
            id: 'calibrations',
            label: `Calibrations ${calibrations.length}`,
            content: <CalibrationTable calibrations={calibrations} heightRem={24} />,
          },
          {id: 'files', label: 'Files and details', content: <SessionFiles data={data} />},
        ]}
      />
    </article>
  );
}

interface ChangeableSession {
  readonly data: SessionData;
  /** Why nothing may be changed. */
  readonly whyNot: string | undefined;
  readonly change: (work: () => Promise<unknown>, doneText?: string) => Promise<boolean>;
}

function Notes({data, whyNot, change}: ChangeableSession): ReactElement {
  const sessionUid = data.summary.uid;
  return (
    <SessionNotes
      sessionUid={sessionUid}
      notes={data.notes}
      runs={data.runs}
      whyNot={whyNot}
      onWrite={(text, runUid) =>
        change(() => client.sessions.addNote({text, sessionUid, ...(runUid === null ? {} : {runUid})}))
      }
    />
  );
}

function SessionDeeds(props: ChangeableSession & {readonly onShow: (tab: string) => void}): ReactElement {
  const {data, whyNot, change, onShow} = props;
  const {summary, runs} = data;
  const {uid, isArchived} = summary;
  const [, navigate] = useLocation();
  const comparison = comparisonAddress(runs);
  const compare = (): void => {
    if (comparison !== undefined) navigate(comparison);
  };
  const archive = (): void =>
    void change(
      () => client.sessions.change({uid, isArchived: !isArchived}),
      isArchived
        ? `“${summary.title}” is back in the list.`
        : `“${summary.title}” is archived. Nothing was deleted: tick With archived to see it.`,
    );
  const noGrid = comparison ? undefined : 'No run of this session is a grid with points.';
  useActions([
    {
      id: 'sessions.compare',
      title: 'Compare a run of this session',
      group: 'Sessions',
      shortcut: 'mod+shift+m',
      disabledBecause: noGrid,
      run: compare,
    },
    {
      id: 'sessions.note',
      title: 'Write a note to this session',
      group: 'Sessions',
      shortcut: 'mod+shift+n',
      disabledBecause: whyNot,
      run: () => onShow('notes'),
    },
    {
      id: 'sessions.archive',
      title: isArchived ? 'Bring this session back from the archive' : 'Archive this session',
      group: 'Sessions',
      disabledBecause: whyNot,
      run: archive,
    },
  ]);
  return (
    <div className={styles.deeds}>
      <Button
        isDisabled={noGrid !== undefined}
        hint={noGrid ?? 'Its first run beside the simulation'}
        onPress={compare}
      >
        Compare runs
      </Button>
      {summary.kind === 'campaign' && <CampaignDeeds uid={uid} />}
      <ArchiveButton isArchived={isArchived} whyNot={whyNot} onPress={archive} />
    </div>
  );
}

function ArchiveButton(props: {
  readonly isArchived: boolean;
  readonly whyNot: string | undefined;
  readonly onPress: () => void;
}): ReactElement {
  const {isArchived, whyNot, onPress} = props;
  return (
    <Button
      isDisabled={whyNot !== undefined}
      hint={
        whyNot ??
        (isArchived ? 'Puts it back into the list' : 'Hides it from the list; nothing is ever deleted')
      }
      onPress={onPress}
    >
      {isArchived ? 'Take out of the archive' : 'Archive'}
    </Button>
  );
}

function CampaignDeeds({uid}: {readonly uid: string}): ReactElement {
  const [, navigate] = useLocation();
  return (
    <>
      <Button onPress={() => navigate(`/campaign?session=${uid}`)}>Open campaign</Button>
      <Button
        hint="Finds from its planes where plates, light and scan really stand"
        onPress={() => navigate(`/align?session=${uid}`)}
      >
        Align
      </Button>
    </>
  );
}

/** Where the first grid scan is compared; undefined without one. */
function comparisonAddress(runs: SessionData['runs']): string | undefined {
  const grids = runs.filter(({isGrid, pointCount}) => isGrid && pointCount > 0);
  // A digit has a prediction to stand beside; the run that looked for the beam has none.
  const run = grids.find(({campaignIndex}) => campaignIndex !== null) ?? grids[0];
  if (!run) return undefined;
  return `/compare?a=run:${run.uid}&b=${run.campaignIndex === null ? '' : `prediction:${run.uid}:nominal`}`;
}
