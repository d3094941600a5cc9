import {type ReactElement, useMemo, useState} from 'react';
import type {Prompt} from '../../contract/api/index.ts';
import {maskPlane} from '../parts/digit-picture.ts';
import {agoText, Button, Dialog, Segments, TextField, useNow, useRefusal} from '../parts/index.ts';
import {useChoice} from '../settings/settings.ts';
import {MaskPicture} from '../viewer/index.ts';
import {answerPrompt, choosePrompt, usePrompt, usePromptAnsweredElsewhere} from './prompt.ts';
import tables from '../parts/PlainTable.module.css';
import styles from './PromptDialog.module.css';

const titles: Readonly<Record<Prompt['kind'], string>> = {
  'mount-object': 'Put in the mask',
  'block-beam': 'Block the beam',
  'set-plates': 'Change the plates',
  'exchange-plate': 'Exchange a plate',
  'open-frame': 'Take the mask out',
  'unblock-beam': 'Open the beam',
  settings: 'Settings that change what readings mean',
  overload: 'Overload',
};

/** What a person has to do at the bench before the run goes on; on every page. */
export function PromptDialog(): ReactElement | null {
  const {prompt, isSetAside, setAside} = usePrompt();
  usePromptAnsweredElsewhere();
  if (!prompt) return null;
  return (
    <Dialog
      title={titles[prompt.kind]}
      isOpen={!isSetAside}
      onClose={() => setAside(true)}
      widthRem={prompt.mask || prompt.differences.length > 0 ? 44 : 34}
    >
      {prompt.choices.length > 0 ? (
        <QuestionBody key={prompt.id} prompt={prompt} />
      ) : (
        <PromptBody key={prompt.id} prompt={prompt} />
      )}
    </Dialog>
  );
}

function PromptBody({prompt}: {readonly prompt: Prompt}): ReactElement {
  const refusal = useRefusal('operate');
  const nowMs = useNow(1000);
  const [reason, setReason] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const answer = async (kind: 'done' | 'refused', why = ''): Promise<void> => {
    setSending(true);
    await answerPrompt(prompt.id, kind, why);
    setSending(false);
  };
  const isDisabled = refusal !== undefined || isSending;
  return (
    <div className={styles.body}>
      {prompt.mask && <MaskView mask={prompt.mask} />}
      <div className={styles.words}>
        <p className={styles.text}>{prompt.text}</p>
        <p className={styles.since}>
          The run waits; the stage rests. Asked {agoText(nowMs - Date.parse(prompt.sinceUtc))}.
        </p>
        {refusal !== undefined && <p className={styles.since}>{refusal}</p>}
        {reason === null ? (
          <div className={styles.buttons}>
            <Button variant="primary" autoFocus isDisabled={isDisabled} onPress={() => void answer('done')}>
              {prompt.kind === 'mount-object' ? 'It is in place' : 'It is done'}
            </Button>
            <Button isDisabled={isDisabled} onPress={() => setReason('')}>
              It cannot be done
            </Button>
          </div>
        ) : (
          <div className={styles.refuse}>
            <TextField
              label="Why not"
              value={reason}
              onChange={setReason}
              placeholder="mask 7 is broken"
              description="The run ends with this as its reason and keeps its points."
            />
            <div className={styles.buttons}>
              <Button isDisabled={isDisabled} onPress={() => setReason(null)}>
                Back
              </Button>
              <Button variant="danger" isDisabled={isDisabled} onPress={() => void answer('refused', reason)}>
                End the run, keep its points
              </Button>
            </div>
          </div>
        )}
      </div>
    </div>
  );
}

/** A decision: one button for each choice, the advised one first. */
function QuestionBody({prompt}: {readonly prompt: Prompt}): ReactElement {
  const refusal = useRefusal('operate');
  const nowMs = useNow(1000);
  const [isSending, setSending] = useState(false);
  const choose = async (choice: string): Promise<void> => {
    setSending(true);
    await choosePrompt(prompt.id, choice);
    setSending(false);
  };
  return (
    <div className={styles.body}>
      <div className={styles.words}>
        <p className={styles.text}>{prompt.text}</p>
        {prompt.differences.length > 0 && <Differences differences={prompt.differences} />}
        <p className={styles.since}>
          The run waits; nothing moves. Asked {agoText(nowMs - Date.parse(prompt.sinceUtc))}.
        </p>
        {refusal !== undefined && <p className={styles.since}>{refusal}</p>}
        <div className={styles.buttons}>
          {prompt.choices.map(({id, label, isEnding}, index) => (
            <Button
              key={id}
              variant={isEnding ? 'danger' : index === 0 ? 'primary' : 'plain'}
              autoFocus={index === 0}
              isDisabled={refusal !== undefined || isSending}
              onPress={() => void choose(id)}
            >
              {label}
            </Button>
          ))}
        </div>
      </div>
    </div>
  );
}

function Differences({differences}: {readonly differences: Prompt['differences']}): ReactElement {
  const withUnit = (value: string | number | boolean, unit: string): string =>
    `${String(value)}${unit === '' ? '' : ` ${unit}`}`;
  return (
    <table className={tables.table}>
      <thead>
        <tr>
          <th>Setting</th>
          <th>Found</th>
          <th>Safe</th>
          <th>What it does to the data</th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({role, name, label, unit, found, wanted, effect}) => (
          <tr key={`${role}.${name}`}>
            <td>
              {role}: {label}
            </td>
            <td>{withUnit(found, unit)}</td>
            <td>{withUnit(wanted, unit)}</td>
            <td>{effect}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const sides = [
  {value: 'source', label: 'Source side'},
  {value: 'detector', label: 'Detector side'},
] as const;

function MaskView({mask}: {readonly mask: NonNullable<Prompt['mask']>}): ReactElement {
  const [side, setSide] = useChoice<string>('prompt.viewedFrom', 'source');
  const viewedFrom = side === 'detector' ? 'detector' : 'source';
  const plane = useMemo(() => maskPlane(mask), [mask]);
  return (
    <div className={styles.mask}>
      <MaskPicture label={`Mask ${mask.label}`} plane={plane} viewedFrom={viewedFrom} />
      <div className={styles.side}>
        <span className={styles.since}>You stand at the</span>
        <Segments label="Where you stand" value={viewedFrom} onChange={setSide} options={sides} />
      </div>
    </div>
  );
}
