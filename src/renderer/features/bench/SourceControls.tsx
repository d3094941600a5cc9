import {type ReactElement, useState} from 'react';
import {useQuery} from '@tanstack/react-query';
import {ghzFromHz, hzFromGhz} from '../../../contract/units.ts';
import {useActions} from '../../actions/actions.ts';
import {client, queries, useStatus} from '../../connection/index.ts';
import {attempt, Button, durationText, NumberField, StateLight, useRefusal} from '../../parts/index.ts';
import styles from './SourceControls.module.css';

/** How often the interlocks are looked at, ms. */
const interlocksEveryMs = 2000;

/** RF on and off, level and frequency, and what must hold before RF may go on. */
export function SourceControls(): ReactElement | null {
  const source = useStatus((status) => status?.source ?? null);
  if (!source) return null;
  return (
    <>
      <Output />
      <Interlocks />
    </>
  );
}

function useInterlocks(): readonly {
  readonly name: string;
  readonly isHolding: boolean;
  readonly text: string;
}[] {
  const isOpen = useStatus((status) => status?.bench.state === 'open');
  const answer = useQuery({
    ...queries.source.interlocks.queryOptions(),
    enabled: isOpen,
    refetchInterval: interlocksEveryMs,
  });
  return answer.data ?? [];
}

function Output(): ReactElement {
  const isOn = useStatus((status) => status?.source?.isOutputOn ?? false);
  const powerDbm = useStatus((status) => status?.source?.powerDbm ?? 0);
  const lowestDbm = useStatus((status) => status?.source?.minPowerDbm ?? -20);
  const highestDbm = useStatus((status) => status?.source?.maxPowerDbm ?? 0);
  const frequencyGhz = useStatus((status) => ghzFromHz(status?.source?.outputFrequencyHz ?? 0));
  const warmUpLeftS = useStatus((status) => status?.source?.warmUpLeftS ?? 0);
  const [levelDraft, setLevelDraft] = useState<number | null>(null);
  const [frequencyDraft, setFrequencyDraft] = useState<number | null>(null);
  const [isBusy, setBusy] = useState(false);
  // A source that was never turned on stands at a level of its own; the working level is then the bench file's.
  const isAtLevel = powerDbm >= lowestDbm && powerDbm <= highestDbm;
  const level = levelDraft ?? (isAtLevel ? powerDbm : NaN);
  const isLevelGiven = !Number.isNaN(level);
  const frequency = frequencyDraft ?? frequencyGhz;
  const levelProblem =
    !isLevelGiven || (level >= lowestDbm && level <= highestDbm)
      ? ''
      : `${lowestDbm} to ${highestDbm} dBm (bench file)`;
  const frequencyProblem = frequency > 0 ? '' : 'Above 0 GHz';
  const broken = useInterlocks().filter(({isHolding}) => !isHolding);
  const mayNot = useRefusal('operate');
  const reason =
    mayNot ??
    (broken.length > 0 ? broken.map(({text}) => text).join(' ') : undefined) ??
    (levelProblem !== '' || frequencyProblem !== '' ? 'Level or frequency cannot be taken.' : undefined);
  const hasDraft = levelDraft !== null || frequencyDraft !== null;
  const turnOn = async (): Promise<void> => {
    setBusy(true);
    const isDone = await attempt(() =>
      client.source.turnOn({
        ...(levelDraft === null || !isLevelGiven ? {} : {powerDbm: levelDraft}),
        ...(frequencyDraft === null ? {} : {outputFrequencyHz: hzFromGhz(frequencyDraft)}),
      }),
    );
    setBusy(false);
    if (!isDone) return;
    setLevelDraft(null);
    setFrequencyDraft(null);
  };
  const turnOff = (): void => void attempt(() => client.source.turnOff());
  useActions([
    {
      id: 'source.on',
      title: 'Turn the source on',
      group: 'Bench',
      disabledBecause: reason ?? (isOn ? 'It is on.' : undefined),
      run: () => void turnOn(),
    },
    {
      id: 'source.off',
      title: 'Turn the source off',
      group: 'Bench',
      shortcut: 'b o',
      disabledBecause: isOn ? undefined : 'It is off.',
      run: turnOff,
    },
  ]);
  return (
    <div className={styles.output}>
      <div className={[styles.state, isOn ? styles.isOn : ''].join(' ')}>
        <StateLight
          light={isOn ? 'ready' : 'off'}
          word={isOn ? 'RF ON' : 'RF off'}
          colour={isOn ? 'var(--source-on)' : 'var(--text-2)'}
        />
        {warmUpLeftS > 0 && <span>warming up, {durationText(warmUpLeftS)} left</span>}
      </div>
      <div className={styles.fields}>
        <NumberField
          label="Level into the chain"
          description={isLevelGiven ? undefined : "Empty: the bench file's working level"}
          value={level}
          onChange={setLevelDraft}
          unit="dBm"
          precision={2}
          problem={levelProblem}
          isDisabled={mayNot !== undefined}
        />
        <NumberField
          label="Frequency behind the chain"
          value={frequency}
          onChange={setFrequencyDraft}
          unit="GHz"
          precision={6}
          problem={frequencyProblem}
          isDisabled={mayNot !== undefined}
        />
      </div>
      <div className={styles.buttons}>
        {(!isOn || hasDraft) && (
          <Button
            data-act="source.on"
            look="primary"
            isDisabled={reason !== undefined || isBusy}
            hint={reason}
            onPress={() => void turnOn()}
          >
            {isOn ? 'Set level and frequency' : isBusy ? 'Turning on ...' : 'Turn RF on'}
          </Button>
        )}
        {isOn && (
          <Button data-act="source.off" onPress={turnOff}>
            Turn RF off
          </Button>
        )}
        {hasDraft && (
          <Button
            look="quiet"
            onPress={() => {
              setLevelDraft(null);
              setFrequencyDraft(null);
            }}
          >
            As it is
          </Button>
        )}
      </div>
    </div>
  );
}

function Interlocks(): ReactElement {
  const interlocks = useInterlocks();
  return (
    <ul className={styles.interlocks} aria-label="Interlocks">
      {interlocks.map(({name, isHolding, text}) => (
        <li key={name}>
          <StateLight light={isHolding ? 'ready' : 'attention'} word={isHolding ? 'holds' : 'blocks'} />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}
