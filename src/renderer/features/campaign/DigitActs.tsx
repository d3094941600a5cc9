import {type ReactElement, useState} from 'react';
import {useActions} from '../../actions/actions.ts';
import type {CampaignItem} from '../../../contract/api/index.ts';
import {client} from '../../connection/index.ts';
import {attempt, Button, Dialog, TextField, useRefusal} from '../../parts/index.ts';
import styles from './CampaignPage.module.css';

/** What can be done with one digit: measure again, skip, leave out of the evaluation with a reason. */
export function DigitActs(props: {
  readonly sessionUid: string;
  readonly item: CampaignItem;
  readonly isLive: boolean;
}): ReactElement {
  const {sessionUid, item, isLive} = props;
  const refusal = useRefusal('operate');
  const [isExcluding, setIsExcluding] = useState(false);
  const {index, label, state, isExcluded} = item;
  const over = isLive ? undefined : 'The campaign is over.';
  const repeatRefusal =
    refusal ?? over ?? (state === 'waiting' || state === 'running' ? 'It is not measured yet.' : undefined);
  const skipRefusal =
    refusal ?? over ?? (state === 'waiting' || state === 'running' ? undefined : `It is ${state} already.`);
  const excludeRefusal = refusal ?? (item.runUid === null ? 'It has no points yet.' : undefined);
  const repeat = (): void =>
    void attempt(() => client.campaign.repeat({index}), `Digit ${label} comes again at the end.`);
  const skip = (): void => void attempt(() => client.campaign.skip({index}));
  const includeAgain = (): void =>
    void attempt(() => client.campaign.exclude({sessionUid, index, isExcluded: false, reason: ''}));
  const exclude = (): void => (isExcluded ? includeAgain() : setIsExcluding(true));
  const excludeLabel = isExcluded ? 'Include again' : 'Exclude';
  useActions([
    {
      id: 'campaign.repeat',
      title: 'Measure the chosen digit again',
      group: 'Campaign',
      shortcut: 'alt+r',
      disabledBecause: repeatRefusal,
      run: repeat,
    },
    {
      id: 'campaign.skip',
      title: 'Skip the chosen digit',
      group: 'Campaign',
      shortcut: 'alt+s',
      disabledBecause: skipRefusal,
      run: skip,
    },
    {
      id: 'campaign.exclude',
      title: isExcluded
        ? 'Take the chosen digit back into the evaluation'
        : 'Exclude the chosen digit from the evaluation',
      group: 'Campaign',
      shortcut: 'alt+x',
      disabledBecause: excludeRefusal,
      run: exclude,
    },
  ]);
  return (
    <div className={styles.acts} role="group" aria-label={`Digit ${label}`}>
      <ActButton
        label="Repeat"
        hint="Measured once more, after the others"
        refusal={repeatRefusal}
        onPress={repeat}
      />
      <ActButton label="Skip" hint="Not measured; the next one comes" refusal={skipRefusal} onPress={skip} />
      <ActButton
        label={excludeLabel}
        hint={isExcluded ? 'It counts again' : 'Left out of matrices and rates; its points stay'}
        refusal={excludeRefusal}
        onPress={exclude}
      />
      <ExcludeDialog
        key={`${index} ${isExcluding}`}
        isOpen={isExcluding}
        label={label}
        onClose={() => setIsExcluding(false)}
        onExclude={(reason) => client.campaign.exclude({sessionUid, index, isExcluded: true, reason})}
      />
    </div>
  );
}

function ActButton(props: {
  readonly label: string;
  readonly hint: string;
  readonly refusal: string | undefined;
  readonly onPress: () => void;
}): ReactElement {
  const {label, hint, refusal, onPress} = props;
  return (
    <Button isCompact isDisabled={refusal !== undefined} hint={refusal ?? hint} onPress={onPress}>
      {label}
    </Button>
  );
}

function ExcludeDialog(props: {
  readonly isOpen: boolean;
  readonly label: string;
  readonly onClose: () => void;
  readonly onExclude: (reason: string) => Promise<unknown>;
}): ReactElement {
  const {isOpen, label, onClose, onExclude} = props;
  const [reason, setReason] = useState('');
  const trimmed = reason.trim();
  const exclude = (): void =>
    void attempt(() => onExclude(trimmed)).then((isDone) => {
      if (isDone) onClose();
    });
  return (
    <Dialog
      title={`Exclude digit ${label} from the evaluation`}
      isOpen={isOpen}
      onClose={onClose}
      widthRem={32}
      buttons={
        <>
          <Button onPress={onClose}>Leave it in</Button>
          <Button variant="primary" isDisabled={trimmed === ''} onPress={exclude}>
            Exclude digit
          </Button>
        </>
      }
    >
      <p>Its points stay stored; matrices and rates are made without it. It can be included again.</p>
      <TextField
        label="Reason"
        isLong
        value={reason}
        onChange={setReason}
        placeholder="for example: mask slipped, source dropped out"
        description="Needed: it stands in the report."
      />
    </Dialog>
  );
}
