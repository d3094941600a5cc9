import type {ReactElement} from 'react';
import type {AlignSummary} from '../../../contract/api/index.ts';
import {Button, dateTimeText, Dialog, ProblemBox, Select, useNow} from '../../parts/index.ts';
import {useChoice} from '../../settings/settings.ts';
import {replacedBy, validities, validUntilText} from './acceptance.ts';
import {plainSentence} from './align-labels.ts';
import styles from './AlignPage.module.css';

const defaultHours = 7 * 24;

/** Asks before a placement is made active: what will use it, until when, and what it replaces. */
export function AcceptDialog(props: {
  readonly summary: AlignSummary;
  readonly reasons: readonly string[];
  readonly others: readonly AlignSummary[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onAccept: (validForH: number) => Promise<boolean>;
}): ReactElement {
  const {summary, reasons, others, isOpen, onClose, onAccept} = props;
  const [kept, setHours] = useChoice<number>('align.validForH', defaultHours);
  const hours = validities.find((one) => one.hours === kept)?.hours ?? defaultHours;
  const nowMs = useNow(10_000);
  const replaced = replacedBy(summary, others);
  const isDoubtful = summary.verdict === 'doubtful';
  return (
    <Dialog
      title="Accept this placement?"
      isOpen={isOpen}
      onClose={onClose}
      mustAnswer
      widthRem={38}
      buttons={
        <>
          <Button autoFocus onPress={onClose}>
            Not now
          </Button>
          <Button
            variant="primary"
            onPress={() => {
              onClose();
              void onAccept(hours);
            }}
          >
            {isDoubtful ? 'Accept in spite of doubts' : 'Accept placement'}
          </Button>
        </>
      }
    >
      {isDoubtful && (
        <ProblemBox
          level="attention"
          problem={{message: `It is doubtful. ${reasons.map(plainSentence).join(' ')}`}}
        />
      )}
      <p>
        From now on predictions “as aligned” for <strong>{summary.designName}</strong> on{' '}
        <strong>{summary.benchName}</strong> use it: in Compare and in campaigns. Nothing moves, and what is
        stored is not changed.
      </p>
      <Select<number>
        label="Valid for"
        value={hours}
        options={validities.map((one) => ({value: one.hours, label: one.label}))}
        onChange={setHours}
      />
      <p>
        That is until <strong>{validUntilText(nowMs, hours)}</strong>, or until it is revoked, another
        placement is accepted, or the bench changes, whichever comes first.
      </p>
      {replaced && (
        <p className={styles.quiet}>
          It takes the place of the one of {dateTimeText(replaced.timeS * 1000).slice(0, 16)}.
        </p>
      )}
    </Dialog>
  );
}
