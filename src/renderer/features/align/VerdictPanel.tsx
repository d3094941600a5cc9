import {useState, type ReactElement} from 'react';
import {useLocation} from 'wouter';
import type {AlignDetail, AlignSummary} from '../../../contract/api/index.ts';
import {useActions} from '../../actions/actions.ts';
import {Button, dateTimeText, Dialog, durationText, StateLight, useRefusal} from '../../parts/index.ts';
import {AcceptDialog} from './AcceptDialog.tsx';
import {acceptRefusal, undoRefusal} from './acceptance.ts';
import {plainSentence, statusLabels, summaryLine, verdictLabels} from './align-labels.ts';
import styles from './AlignPage.module.css';
import {usePlacementActs} from './use-align-results.ts';

/** The verdict with its reasons, how the result stands, and what one does with it. */
export function VerdictPanel(props: {
  readonly detail: AlignDetail;
  readonly summary: AlignSummary;
  readonly others: readonly AlignSummary[];
  readonly onPrepare: () => void;
}): ReactElement {
  const {detail, summary, others, onPrepare} = props;
  const {result} = detail;
  const [, navigate] = useLocation();
  const [openDialog, setOpenDialog] = useState<'accept' | 'undo' | null>(null);
  const acts = usePlacementActs(summary);
  const refusal = useRefusal('operate');
  const acceptOff = refusal ?? acceptRefusal(summary);
  const undoOff = refusal ?? undoRefusal(summary);
  useVerdictActions({acceptOff, undoOff, onAsk: setOpenDialog});
  return (
    <section className={[styles.verdict, styles[result.verdict]].join(' ')} aria-label="Verdict">
      <VerdictReasons result={result} summary={summary} />
      <div className={styles.status}>
        <StateLight {...statusLabels[summary.status]} name="Placement" />
        <p className={styles.quiet} role="status">
          {summary.statusText}
        </p>
        <div className={styles.acts}>
          <PlacementButton
            isActive={summary.status === 'active'}
            acceptOff={acceptOff}
            undoOff={undoOff}
            onAsk={setOpenDialog}
          />
          <Button onPress={onPrepare}>Align again</Button>
          <Button variant="quiet" onPress={() => navigate(`/sessions/${summary.sessionUid}`)}>
            Open session
          </Button>
        </div>
      </div>
      <AcceptDialog
        summary={summary}
        reasons={result.reasons}
        others={others}
        isOpen={openDialog === 'accept'}
        onClose={() => setOpenDialog(null)}
        onAccept={acts.accept}
      />
      <UndoDialog
        summary={summary}
        isOpen={openDialog === 'undo'}
        onClose={() => setOpenDialog(null)}
        onUndo={acts.undo}
      />
    </section>
  );
}

interface VerdictActions {
  /** Why it cannot be accepted, or revoked, now; undefined where it can. */
  readonly acceptOff: string | undefined;
  readonly undoOff: string | undefined;
  readonly onAsk: (dialog: 'accept' | 'undo') => void;
}

function useVerdictActions({acceptOff, undoOff, onAsk}: VerdictActions): void {
  useActions([
    {
      id: 'align.accept',
      title: 'Accept this placement',
      group: 'Align',
      shortcut: 'shift+enter',
      disabledBecause: acceptOff,
      run: () => onAsk('accept'),
    },
    {
      id: 'align.undo',
      title: 'Revoke this placement',
      group: 'Align',
      disabledBecause: undoOff,
      run: () => onAsk('undo'),
    },
  ]);
}

/** The verdict in words, with what led to it. */
function VerdictReasons(props: {
  readonly result: AlignDetail['result'];
  readonly summary: AlignSummary;
}): ReactElement {
  const {result, summary} = props;
  const {light, label, meaning} = verdictLabels[result.verdict];
  return (
    <div className={styles.verdictText}>
      <h2 className={styles.verdictTitle}>
        <StateLight light={light} label={label} />
      </h2>
      <p>{meaning}</p>
      {result.reasons.length > 0 && (
        <ul className={styles.reasons}>
          {result.reasons.map((reason) => (
            <li key={reason}>{plainSentence(reason)}</li>
          ))}
        </ul>
      )}
      {result.notes?.map((note) => (
        <p key={note} className={styles.quiet}>
          {plainSentence(note)}
        </p>
      ))}
      <p className={styles.quiet}>
        {summaryLine(summary)}, {summary.designName} on {summary.benchName},{' '}
        {dateTimeText(summary.timeS * 1000)}, computed in {durationText(summary.seconds)}
      </p>
    </div>
  );
}

/** Accepts a placement, or revokes the active one. */
function PlacementButton({
  isActive,
  acceptOff,
  undoOff,
  onAsk,
}: VerdictActions & {readonly isActive: boolean}): ReactElement {
  if (isActive)
    return (
      <Button
        isDisabled={undoOff !== undefined}
        hint={undoOff ?? 'Predictions no longer use it'}
        onPress={() => onAsk('undo')}
      >
        Revoke ...
      </Button>
    );
  return (
    <Button
      data-act="align.accept"
      variant="primary"
      isDisabled={acceptOff !== undefined}
      hint={acceptOff ?? 'Makes it active for predictions (Shift+Enter)'}
      onPress={() => onAsk('accept')}
    >
      Accept ...
    </Button>
  );
}

function UndoDialog(props: {
  readonly summary: AlignSummary;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onUndo: () => Promise<boolean>;
}): ReactElement {
  const {summary, isOpen, onClose, onUndo} = props;
  return (
    <Dialog
      title="Revoke this placement?"
      isOpen={isOpen}
      onClose={onClose}
      mustAnswer
      widthRem={34}
      buttons={
        <>
          <Button autoFocus onPress={onClose}>
            Leave it active
          </Button>
          <Button
            variant="primary"
            onPress={() => {
              onClose();
              void onUndo();
            }}
          >
            Revoke
          </Button>
        </>
      }
    >
      <p>
        Predictions as aligned for {summary.designName} on {summary.benchName} stop using it at once. The
        placement that was active before it is used again if it still holds; otherwise they are as designed.
      </p>
      <p className={styles.quiet}>The result stays stored and can be accepted again.</p>
    </Dialog>
  );
}
