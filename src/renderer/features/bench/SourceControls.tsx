import {type ReactElement, useState} from 'react';
import {useQuery} from '@tanstack/react-query';
import type {ApiOutputs, SourceStatus} from '../../../contract/api/index.ts';
import {ghzFromHz, hzFromGhz} from '../../../contract/units.ts';
import {useActions} from '../../actions/actions.ts';
import {client, queries, useStatus} from '../../connection/index.ts';
import {attempt, Button, durationText, NumberField, StateLight, useRefusal} from '../../parts/index.ts';
import {type ReadingStatus, useReadingStatus} from '../../run-data/index.ts';
import {formatReading} from '../../viewer/index.ts';
import styles from './SourceControls.module.css';

/** How often the interlocks are looked at, ms. */
const interlocksEveryMs = 2000;

/** RF on and off, level and frequency, and what must hold before RF may go on. */
export function SourceControls(): ReactElement | null {
  const source = useStatus((status) => status?.source ?? null);
  const reading = useReadingStatus('source');
  if (!source) return <StateLight light="off" word={`RF: ${reading.text || 'not read yet'}`} />;
  return (
    <>
      <Output source={source} reading={reading} />
      <Interlocks />
    </>
  );
}

/** Behind a chain, steps of 0.01 Hz of the synthesiser show as digits that nobody asked for: 11 are kept, 4 Hz at 400 GHz. */
const reportedGhz = (frequencyHz: number): number => Number(ghzFromHz(frequencyHz).toPrecision(11));

type InterlockList = ApiOutputs['source']['interlocks'];

/** Null until the host has answered. */
function useInterlocks(): InterlockList | null {
  const isOpen = useStatus((status) => status?.bench.state === 'open');
  const answer = useQuery({
    ...queries.source.interlocks.queryOptions(),
    enabled: isOpen,
    refetchInterval: interlocksEveryMs,
  });
  return answer.data ?? null;
}

function Output({
  source,
  reading,
}: {
  readonly source: SourceStatus;
  readonly reading: ReadingStatus;
}): ReactElement {
  const {isOutputOn: isOn, minPowerDbm: lowestDbm, maxPowerDbm: highestDbm, warmUpLeftS} = source;
  const [levelDraft, setLevelDraft] = useState<number | null>(null);
  const [frequencyDraft, setFrequencyDraft] = useState<number | null>(null);
  const [isBusy, setBusy] = useState(false);
  // What stands in the fields is what is sent, and nothing else is: where it stands while RF is on, the bench file's
  // working point while it is off, whatever the source was left at.
  const level = levelDraft ?? (isOn ? source.powerDbm : source.workingPowerDbm);
  const frequency =
    frequencyDraft ?? (isOn ? reportedGhz(source.outputFrequencyHz) : ghzFromHz(source.workingFrequencyHz));
  const levelProblem =
    level >= lowestDbm && level <= highestDbm ? '' : `From ${lowestDbm} to ${highestDbm} dBm (bench file).`;
  const frequencyProblem = frequency > 0 ? '' : 'More than 0 GHz.';
  const interlocks = useInterlocks();
  const broken = (interlocks ?? []).filter(({isHolding}) => !isHolding);
  const mayNot = useRefusal('operate');
  const reason =
    mayNot ??
    (interlocks === null ? 'What must hold before RF may go on is being looked at.' : undefined) ??
    (broken.length > 0 ? broken.map(({text}) => text).join(' ') : undefined) ??
    (levelProblem !== '' || frequencyProblem !== '' ? 'Level or frequency cannot be taken.' : undefined);
  const hasDraft = levelDraft !== null || frequencyDraft !== null;
  const turnOn = async (): Promise<void> => {
    setBusy(true);
    const isDone = await attempt(() =>
      client.source.turnOn({powerDbm: level, outputFrequencyHz: hzFromGhz(frequency)}),
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
      disabledBecause: isOn || !reading.isNow ? undefined : 'It is off.',
      run: turnOff,
    },
  ]);
  return (
    <div className={styles.output}>
      <div className={[styles.state, isOn && reading.isNow ? styles.isOn : ''].join(' ')}>
        {reading.isNow ? (
          <StateLight
            light={isOn ? 'ready' : 'off'}
            word={isOn ? `RF ON, ${stateText(source)}` : 'RF off'}
            colour={isOn ? 'var(--source-on)' : 'var(--text-2)'}
          />
        ) : (
          <StateLight light="off" word={`RF was ${isOn ? 'ON' : 'off'} (${reading.text})`} />
        )}
        {reading.isNow && warmUpLeftS > 0 && <span>warming up, {durationText(warmUpLeftS)} left</span>}
      </div>
      <div className={styles.fields}>
        <NumberField
          label="Level into the chain"
          description={isOn ? undefined : `It stands at ${formatReading(source.powerDbm, 'dBm').text}`}
          value={level}
          onChange={setLevelDraft}
          unit="dBm"
          problem={levelProblem}
          isDisabled={mayNot !== undefined}
        />
        <NumberField
          label="Frequency behind the chain"
          description={
            isOn ? undefined : `It stands at ${ghzFromHz(source.outputFrequencyHz).toFixed(3)} GHz`
          }
          value={frequency}
          onChange={setFrequencyDraft}
          unit="GHz"
          problem={frequencyProblem}
          isDisabled={mayNot !== undefined}
        />
      </div>
      <div className={styles.buttons}>
        {(!isOn || hasDraft) && (
          <Button
            data-act="source.on"
            variant="primary"
            isDisabled={reason !== undefined || isBusy}
            hint={reason}
            onPress={() => void turnOn()}
          >
            {isOn ? 'Set level and frequency' : isBusy ? 'Turning on ...' : 'Turn RF on'}
          </Button>
        )}
        {(isOn || !reading.isNow) && (
          <Button data-act="source.off" onPress={turnOff}>
            Turn RF off
          </Button>
        )}
        {hasDraft && (
          <Button
            variant="quiet"
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

/** Level and frequency in one line. */
const stateText = ({powerDbm, outputFrequencyHz}: SourceStatus): string =>
  `${formatReading(powerDbm, 'dBm').text}, ${ghzFromHz(outputFrequencyHz).toFixed(3)} GHz`;

function Interlocks(): ReactElement {
  const interlocks = useInterlocks() ?? [];
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
