import {fixedText} from '../../../base/number-format.ts';
import {type ReactElement, useState} from 'react';
import {useQuery} from '@tanstack/react-query';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {ghzFromHz, hzFromGhz} from '../../../contract/units.ts';
import {useActions} from '../../actions/actions.ts';
import {client, queries, type ShownInstrument, useStatus} from '../../connection/index.ts';
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
  if (!source) return <StateLight light="off" label={`RF: ${reading.text || 'not read yet'}`} />;
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

/** The working point that the fields show: what stands in them is what is sent, and nothing else is. */
interface WorkingPoint {
  readonly levelDbm: number;
  readonly frequencyGhz: number;
  readonly hasDraft: boolean;
  /** Why the level, or the frequency, cannot be taken; '' where it can. */
  readonly levelProblem: string;
  readonly frequencyProblem: string;
  readonly setLevelDbm: (levelDbm: number | null) => void;
  readonly setFrequencyGhz: (frequencyGhz: number | null) => void;
  readonly forgetDraft: () => void;
}

function useWorkingPoint(source: ShownInstrument<'source'>): WorkingPoint {
  const {isOutputOn: isOn, minPowerDbm: lowestDbm, maxPowerDbm: highestDbm} = source;
  const [levelDraft, setLevelDraft] = useState<number | null>(null);
  const [frequencyDraft, setFrequencyDraft] = useState<number | null>(null);
  // Without a draft: where it stands while RF is on, the bench file's working point while it is off, whatever the
  // source was left at.
  const levelDbm = levelDraft ?? (isOn ? source.powerDbm : source.workingPowerDbm);
  const frequencyGhz =
    frequencyDraft ?? (isOn ? reportedGhz(source.outputFrequencyHz) : ghzFromHz(source.workingFrequencyHz));
  const isLevelGood = levelDbm >= lowestDbm && levelDbm <= highestDbm;
  return {
    levelDbm,
    frequencyGhz,
    hasDraft: levelDraft !== null || frequencyDraft !== null,
    levelProblem: isLevelGood ? '' : `From ${lowestDbm} to ${highestDbm} dBm (bench file).`,
    frequencyProblem: frequencyGhz > 0 ? '' : 'More than 0 GHz.',
    setLevelDbm: setLevelDraft,
    setFrequencyGhz: setFrequencyDraft,
    forgetDraft: () => {
      setLevelDraft(null);
      setFrequencyDraft(null);
    },
  };
}

/** Why RF may not go on now; undefined where it may. */
function useOnRefusal({levelProblem, frequencyProblem}: WorkingPoint): string | undefined {
  const interlocks = useInterlocks();
  const broken = (interlocks ?? []).filter(({isHolding}) => !isHolding);
  const mayNot = useRefusal('operate');
  return (
    mayNot ??
    (interlocks === null ? 'What must hold before RF may go on is being looked at.' : undefined) ??
    (broken.length > 0 ? broken.map(({text}) => text).join(' ') : undefined) ??
    (levelProblem !== '' || frequencyProblem !== '' ? 'Level or frequency cannot be taken.' : undefined)
  );
}

interface OutputProps {
  readonly source: ShownInstrument<'source'>;
  readonly reading: ReadingStatus;
}

function Output({source, reading}: OutputProps): ReactElement {
  const {isOutputOn: isOn} = source;
  const [isBusy, setBusy] = useState(false);
  const point = useWorkingPoint(source);
  const reason = useOnRefusal(point);
  const turnOn = async (): Promise<void> => {
    setBusy(true);
    const isDone = await attempt(() =>
      client.source.turnOn({
        powerDbm: point.levelDbm,
        outputFrequencyHz: hzFromGhz(point.frequencyGhz),
      }),
    );
    setBusy(false);
    if (isDone) point.forgetDraft();
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
      <OutputState source={source} reading={reading} />
      <WorkingPointFields source={source} point={point} />
      <OutputButtons
        {...{isOn, isNow: reading.isNow, isBusy, point, reason}}
        onTurnOn={turnOn}
        onTurnOff={turnOff}
      />
    </div>
  );
}

function OutputButtons(props: {
  readonly isOn: boolean;
  readonly isNow: boolean;
  readonly isBusy: boolean;
  readonly point: WorkingPoint;
  /** Why RF may not go on. */
  readonly reason: string | undefined;
  readonly onTurnOn: () => Promise<void>;
  readonly onTurnOff: () => void;
}): ReactElement {
  const {isOn, isNow, isBusy, point, reason, onTurnOn, onTurnOff} = props;
  return (
    <div className={styles.buttons}>
      {(!isOn || point.hasDraft) && (
        <Button
          data-act="source.on"
          variant="primary"
          isDisabled={reason !== undefined || isBusy}
          hint={reason}
          onPress={() => void onTurnOn()}
        >
          {isOn ? 'Set level and frequency' : isBusy ? 'Turning on ...' : 'Turn RF on'}
        </Button>
      )}
      {(isOn || !isNow) && (
        <Button data-act="source.off" onPress={onTurnOff}>
          Turn RF off
        </Button>
      )}
      {point.hasDraft && (
        <Button variant="quiet" onPress={point.forgetDraft}>
          As it is
        </Button>
      )}
    </div>
  );
}

function OutputState({source, reading}: OutputProps): ReactElement {
  const {isOutputOn: isOn, warmUpLeftS} = source;
  return (
    <div className={[styles.state, isOn && reading.isNow ? styles.isOn : ''].join(' ')}>
      {reading.isNow ? (
        <StateLight
          light={isOn ? 'ready' : 'off'}
          label={isOn ? `RF ON, ${stateText(source)}` : 'RF off'}
          colour={isOn ? 'var(--source-on)' : 'var(--text-2)'}
        />
      ) : (
        <StateLight light="off" label={`RF was ${isOn ? 'ON' : 'off'} (${reading.text})`} />
      )}
      {reading.isNow && warmUpLeftS > 0 && <span>warming up, {durationText(warmUpLeftS)} left</span>}
    </div>
  );
}

function WorkingPointFields(props: {
  readonly source: ShownInstrument<'source'>;
  readonly point: WorkingPoint;
}): ReactElement {
  const {source, point} = props;
  const isDisabled = useRefusal('operate') !== undefined;
  const standsAt = (text: string): string | undefined =>
    source.isOutputOn ? undefined : `It stands at ${text}`;
  return (
    <div className={styles.fields}>
      <NumberField
        label="Level into the chain"
        description={standsAt(formatReading(source.powerDbm, 'dBm').text)}
        value={point.levelDbm}
        onChange={point.setLevelDbm}
        unit="dBm"
        problem={point.levelProblem}
        isDisabled={isDisabled}
      />
      <NumberField
        label="Frequency behind the chain"
        description={standsAt(`${fixedText(ghzFromHz(source.outputFrequencyHz), 3)} GHz`)}
        value={point.frequencyGhz}
        onChange={point.setFrequencyGhz}
        unit="GHz"
        problem={point.frequencyProblem}
        isDisabled={isDisabled}
      />
    </div>
  );
}

/** Level and frequency in one line. */
const stateText = ({powerDbm, outputFrequencyHz}: ShownInstrument<'source'>): string =>
  `${formatReading(powerDbm, 'dBm').text}, ${fixedText(ghzFromHz(outputFrequencyHz), 3)} GHz`;

function Interlocks(): ReactElement {
  const interlocks = useInterlocks() ?? [];
  return (
    <ul className={styles.interlocks} aria-label="Interlocks">
      {interlocks.map(({name, isHolding, text}) => (
        <li key={name}>
          <StateLight light={isHolding ? 'ready' : 'attention'} label={isHolding ? 'holds' : 'blocks'} />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}
