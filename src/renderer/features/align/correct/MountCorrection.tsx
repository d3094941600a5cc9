import {useQuery, useQueryClient} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import {useLocation} from 'wouter';
import type {CorrectionView} from '../../../../contract/api/index.ts';
import {useActions} from '../../../actions/actions.ts';
import {client, queries, useStatus} from '../../../connection/index.ts';
import {attempt, Button, ProblemBox, ProgressLine, StateLight, useRefusal} from '../../../parts/index.ts';
import {useIsRunLive} from '../../../run-data/index.ts';
import {ComparisonTable} from './ComparisonTable.tsx';
import {presentCorrection, stateLabels} from './correction-labels.ts';
import styles from './MountCorrection.module.css';
import {MoveDialog} from './MoveDialog.tsx';

/** How often the state of a correction is asked for: plates move in seconds, an alignment takes a minute. */
const askEveryMs = 1500;

/** Corrections by the mounts of the open bench, from this alignment: move, measure again, keep or move back. */
export function MountCorrection({uid}: {readonly uid: string}): ReactElement | null {
  const hasMounts = useStatus((status) => status?.mount !== null && status?.mount !== undefined);
  const list = useQuery({
    ...queries.correction.list.queryOptions({input: {alignmentUid: uid}}),
    refetchInterval: askEveryMs,
  });
  const [isAsking, setAsking] = useState(false);
  const mayNot = useRefusal('operate');
  const isRunLive = useIsRunLive();
  const correction = presentCorrection(list.data?.corrections ?? []);
  const refusal =
    mayNot ??
    (hasMounts ? undefined : 'The open bench has no motorised mounts.') ??
    (isRunLive ? 'A run is under way.' : undefined);
  useActions([
    {
      id: 'align.moveMounts',
      title: 'Move the mounts as found',
      group: 'Align',
      disabledBecause: refusal ?? (correction ? 'That was done; keep it or move back first.' : undefined),
      run: () => setAsking(true),
    },
  ]);
  if (!hasMounts && !correction) return null;
  return (
    <section className={styles.place} aria-label="Correction by mounts">
      {correction ? (
        <Made correction={correction} refusal={refusal} />
      ) : (
        <div className={styles.acts}>
          <Button
            data-act="align.moveMounts"
            isDisabled={refusal !== undefined}
            hint={refusal ?? 'Lists every move first; nothing moves before you agree'}
            onPress={() => setAsking(true)}
          >
            Move mounts ...
          </Button>
        </div>
      )}
      {isAsking && <MoveDialog uid={uid} onClose={() => setAsking(false)} />}
    </section>
  );
}

function Made(props: {
  readonly correction: CorrectionView;
  readonly refusal: string | undefined;
}): ReactElement {
  const {correction, refusal} = props;
  const [, navigate] = useLocation();
  const isMoving = useStatus((status) => status?.run?.kind === 'correction' && status.run.state !== 'ended');
  const {state, text, check, keepRefusal, undoRefusal} = correction;
  const acts = useCorrectionActs(correction.uid);
  const isBad = state === 'failed' || state === 'stopped' || state === 'undo-failed';
  return (
    <>
      <StateLight {...stateLabels[state]} name="Mounts" />
      {isMoving ? (
        <Moving />
      ) : isBad ? (
        <ProblemBox level="attention" problem={{message: text}} />
      ) : (
        <p role="status">{text}</p>
      )}
      {check && (
        <>
          <ComparisonTable check={check} />
          <CheckState check={check} onOpen={(uid) => navigate(`/align?result=${uid}`)} />
        </>
      )}
      <div className={styles.acts}>
        {state === 'done' && (
          <Button
            variant={check ? 'plain' : 'primary'}
            isDisabled={refusal !== undefined}
            hint={refusal ?? 'The same objects, over the same field; their alignment follows by itself'}
            onPress={acts.measureAgain}
          >
            {check ? 'Measure once more' : 'Measure again'}
          </Button>
        )}
        {state === 'done' && check && (
          <Button
            variant="primary"
            isDisabled={keepRefusal !== '' || refusal !== undefined}
            hint={
              keepRefusal === '' ? 'The plates stay; a trusted placement is accepted with it' : keepRefusal
            }
            onPress={acts.keep}
          >
            Keep
          </Button>
        )}
        {!isMoving && (
          <Button
            isDisabled={undoRefusal !== '' || refusal !== undefined}
            hint={refusal ?? (undoRefusal === '' ? 'Moves the plates back to where they stood' : undoRefusal)}
            onPress={acts.undo}
          >
            Move back
          </Button>
        )}
      </div>
    </>
  );
}

/** What moves, and how far it is; STOP is at its place. */
function Moving(): ReactElement {
  const label = useStatus((status) => status?.run?.label ?? '');
  const done = useStatus((status) => status?.run?.done ?? 0);
  const total = useStatus((status) => status?.run?.total ?? 0);
  return (
    <>
      <ProgressLine label="Plates moved" value={total > 0 ? done / total : null} />
      <p role="status">{label === '' ? 'The mounts are being asked.' : `${label}.`} STOP ends it.</p>
    </>
  );
}

function CheckState(props: {
  readonly check: NonNullable<CorrectionView['check']>;
  readonly onOpen: (uid: string) => void;
}): ReactElement {
  const {alignmentUid, verdict} = props.check;
  if (alignmentUid === null)
    return <p className={styles.quiet}>The planes are measured; their alignment is not there yet.</p>;
  return (
    <div className={styles.acts}>
      <Button onPress={() => props.onOpen(alignmentUid)}>Open the alignment after it ({verdict})</Button>
    </div>
  );
}

function useCorrectionActs(uid: string): {
  readonly measureAgain: () => void;
  readonly keep: () => void;
  readonly undo: () => void;
} {
  const queryClient = useQueryClient();
  const act = (work: () => Promise<unknown>, doneText?: string): void =>
    void attempt(work, doneText).then(() =>
      Promise.all([
        queryClient.invalidateQueries({queryKey: queries.correction.list.key()}),
        queryClient.invalidateQueries({queryKey: queries.align.results.key()}),
      ]),
    );
  return {
    measureAgain: () => act(() => client.correction.measureAgain({uid})),
    keep: () => act(() => client.correction.keep({uid}), 'The correction is kept.'),
    undo: () => act(() => client.correction.undo({uid})),
  };
}
