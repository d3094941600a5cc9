import {skipToken, useQuery} from '@tanstack/react-query';
import {useMemo, type ReactElement} from 'react';
import {useLocation} from 'wouter';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {useActions} from '../../actions/actions.ts';
import {client, problemFrom, queries, useConnection, type Problem} from '../../connection/index.ts';
import {
  attempt,
  Button,
  countOf,
  Loading,
  Panel,
  EmptyState,
  ProblemBox,
  Select,
  useRefusal,
} from '../../parts/index.ts';
import {changeDraft, useAlignDraft, type Orientation} from './align-draft.ts';
import styles from './AlignPage.module.css';
import {FreeFields} from './FreeFields.tsx';
import {freeRequest} from './free-parameters.ts';
import {History} from './History.tsx';
import {PlanePicker} from './PlanePicker.tsx';
import {SensitivitySheet} from './SensitivitySheet.tsx';
import {SourceList} from './SourceList.tsx';
import {usePlaneOrder} from './use-plane-order.ts';
import {canStart} from './start-refusal.ts';

const orientations: readonly {readonly value: Orientation; readonly label: string}[] = [
  {value: 'auto', label: 'looked for if nothing else fits'},
  {value: 'always', label: 'always looked for, takes longer'},
  {value: 'never', label: 'never looked for'},
];

/** Choose the planes and what is left free, see what it takes, start; earlier results below. */
export function AlignSetup(props: {
  readonly askedSessionUid: string | null;
  /** Why the alignment under way is not known. */
  readonly jobProblem: Problem | null;
  readonly onStarted: (jobId: string) => void;
}): ReactElement {
  const [, navigate] = useLocation();
  const draft = useAlignDraft();
  const isConnected = useConnection(({phase}) => phase === 'open');
  const found = useQuery({
    ...queries.align.sources.queryOptions({input: {limit: 200}}),
    enabled: isConnected,
    // Runs end while one looks.
    refetchInterval: 10_000,
  });
  const sources = useMemo(() => found.data?.sources ?? [], [found.data]);
  const wanted = props.askedSessionUid ?? draft.sessionUid;
  const sessionUid =
    sources.find(({sessionUid: uid}) => uid === wanted)?.sessionUid ??
    sources.find(({isUsable}) => isUsable)?.sessionUid ??
    sources[0]?.sessionUid ??
    null;
  if (found.isPending)
    return props.jobProblem ? (
      <ProblemBox problem={props.jobProblem} />
    ) : (
      <Loading what="the sessions whose planes can be used" />
    );
  return (
    <>
      {found.error && (
        <ProblemBox
          problem={problemFrom(found.error)}
          action={{label: 'Try again', onPress: () => void found.refetch()}}
        />
      )}
      {props.jobProblem && !found.error && <ProblemBox problem={props.jobProblem} />}
      {found.data && sources.length === 0 && (
        <EmptyState
          title="No planes to align with yet"
          text="An alignment finds where plates, light and scan really stand from measured planes of known digits; five are enough. Measure them as a campaign, then come back."
        >
          <Button variant="primary" onPress={() => navigate('/campaign')}>
            Plan a campaign
          </Button>
        </EmptyState>
      )}
      {sources.length > 0 && (
        <div className={styles.setup}>
          <Panel title="Measured in" className={styles.sourcesPanel}>
            <SourceList
              sources={sources}
              chosenUid={sessionUid}
              onChoose={(uid) => {
                changeDraft({sessionUid: uid});
                if (props.askedSessionUid !== null) navigate(`/align?session=${uid}`, {replace: true});
              }}
            />
          </Panel>
          <Preparation sessionUid={sessionUid} onStarted={props.onStarted} />
          <div className={styles.historyPlace}>
            <History sessionUid={null} shownUid={null} onOpen={(uid) => navigate(`/align?result=${uid}`)} />
          </div>
        </div>
      )}
    </>
  );
}

type SessionPlanes = ApiOutputs['align']['planes'];

/** Planes, what is free, and the button that starts it, for one session. */
function Preparation(props: {
  readonly sessionUid: string | null;
  readonly onStarted: (jobId: string) => void;
}): ReactElement {
  const {sessionUid, onStarted} = props;
  const asked = useQuery(
    queries.align.planes.queryOptions({
      input: sessionUid === null ? skipToken : {sessionUid},
      staleTime: 10_000,
    }),
  );
  const {data, error} = asked;
  const chosen = useChosenRuns(sessionUid, data?.planes);
  const {start, disabledBecause} = useStart(sessionUid, data, chosen.runUids, onStarted);
  if (error)
    return (
      <div className={styles.planesPanel}>
        <ProblemBox
          problem={problemFrom(error)}
          action={{label: 'Try again', onPress: () => void asked.refetch()}}
        />
      </div>
    );
  if (!data || sessionUid === null)
    return (
      <div className={styles.planesPanel}>
        <Loading what="its planes" />
      </div>
    );
  return (
    <>
      <PlanesPanel sessionUid={sessionUid} planes={data.planes} chosen={chosen} />
      <div className={styles.formColumn}>
        <FreePanel data={data} />
        <StartBar
          source={data.source}
          planeCount={chosen.runUids.length}
          start={start}
          disabledBecause={disabledBecause}
        />
      </div>
    </>
  );
}

interface ChosenRuns {
  readonly runUids: readonly string[];
  /** Nobody has picked: these are the ones that the host takes by itself. */
  readonly isDefault: boolean;
}

function useChosenRuns(sessionUid: string | null, planes: SessionPlanes['planes'] | undefined): ChosenRuns {
  const {runUidsBySession} = useAlignDraft();
  const picked = sessionUid === null ? undefined : runUidsBySession[sessionUid];
  const runUids = useMemo(
    () =>
      (planes ?? [])
        .filter(({runUid, isChosenByDefault}) => picked?.includes(runUid) ?? isChosenByDefault)
        .map(({runUid}) => runUid),
    [planes, picked],
  );
  return {runUids, isDefault: picked === undefined};
}

/** Starting the alignment, from the button and by its key; with the reason why it cannot be started now. */
function useStart(
  sessionUid: string | null,
  data: SessionPlanes | undefined,
  runUids: readonly string[],
  onStarted: (jobId: string) => void,
): {readonly start: () => void; readonly disabledBecause: string | undefined} {
  const draft = useAlignDraft();
  const refusal = useRefusal('operate');
  const disabledBecause =
    refusal ?? canStart({source: data?.source ?? null, planeCount: runUids.length, isLoading: !data});
  const start = (): void => {
    if (disabledBecause !== undefined || sessionUid === null || !data) return;
    void attempt(async () => {
      const {id} = await client.align.start({
        sessionUid,
        runUids: [...runUids],
        free: [...freeRequest(draft.free, data.parameters)],
        orientation: draft.orientation,
      });
      onStarted(id);
    });
  };
  useActions([
    {
      id: 'align.start',
      title: 'Start the alignment',
      group: 'Align',
      shortcut: 'mod+enter',
      disabledBecause,
      run: start,
    },
  ]);
  return {start, disabledBecause};
}

function PlanesPanel(props: {
  readonly sessionUid: string;
  readonly planes: SessionPlanes['planes'];
  readonly chosen: ChosenRuns;
}): ReactElement {
  const {sessionUid, planes, chosen} = props;
  const {runUidsBySession} = useAlignDraft();
  const order = usePlaneOrder(sessionUid);
  return (
    <Panel title="Planes" className={styles.planesPanel}>
      {order.error !== null && <ProblemBox problem={problemFrom(order.error)} />}
      <PlanePicker
        planes={planes}
        chosen={chosen.runUids}
        isDefault={chosen.isDefault}
        recommended={order.runUids}
        isOrdering={order.isComputing}
        onAskOrder={order.ask}
        onChoose={(next) => changeDraft({runUidsBySession: {...runUidsBySession, [sessionUid]: next}})}
        onDefault={() => {
          const others = Object.entries(runUidsBySession).filter(([uid]) => uid !== sessionUid);
          changeDraft({runUidsBySession: Object.fromEntries(others)});
        }}
      />
    </Panel>
  );
}

function FreePanel({data}: {readonly data: SessionPlanes}): ReactElement {
  const draft = useAlignDraft();
  return (
    <Panel title="What is looked for">
      <FreeFields choices={data.parameters} changes={draft.free} onChange={(free) => changeDraft({free})} />
      <Select<Orientation>
        label="Plates mirrored, turned or exchanged"
        value={draft.orientation}
        options={orientations}
        onChange={(orientation) => changeDraft({orientation})}
      />
      <div className={styles.acts}>
        <SensitivitySheet designHash={data.source.designHash} designName={data.source.designName} />
      </div>
    </Panel>
  );
}

function StartBar(props: {
  readonly source: SessionPlanes['source'];
  readonly planeCount: number;
  readonly start: () => void;
  readonly disabledBecause: string | undefined;
}): ReactElement {
  const {source, planeCount, start, disabledBecause} = props;
  return (
    <div className={styles.startBar}>
      <p className={styles.strong} role="status">
        {countOf(planeCount, 'plane')} of {source.designName} on {source.benchName}
      </p>
      {source.problem !== '' && <ProblemBox level="attention" problem={{message: source.problem}} />}
      <p className={styles.quiet}>
        It computes only: no instrument is used, nothing moves, and a measurement may go on beside it.
      </p>
      <Button
        data-act="align.start"
        variant="primary"
        isDisabled={disabledBecause !== undefined}
        hint={disabledBecause ?? 'Search, fit, error bars (Ctrl+Enter)'}
        onPress={start}
      >
        Start alignment
      </Button>
    </div>
  );
}
