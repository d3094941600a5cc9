import {type ReactElement, useEffect, useRef, useState} from 'react';
import {Button as AriaButton} from 'react-aria-components';
import {useActions} from '../../actions/actions.ts';
import {client, useStatus} from '../../connection/index.ts';
import {attempt, Panel, Segments, Switch, useRefusal} from '../../parts/index.ts';
import {useChoice} from '../../settings/settings.ts';
import {type Direction, JogDrive} from './jog-drive.ts';
import styles from './JogPanel.module.css';
import {type Arm, useArm} from './use-arm.ts';
import {useGamepad} from './use-gamepad.ts';
import {useJogKeys} from './use-jog-keys.ts';

const modes = [
  {value: 'hold', label: 'Hold to move'},
  {value: 'step', label: 'Step'},
] as const;
const speedsMmPerS = ['0.5', '2', '10', '30'] as const;
const stepsMm = ['0.01', '0.1', '1', '10'] as const;
const asOptions = <Value extends string>(values: readonly Value[]): {value: Value; label: Value}[] =>
  values.map((value) => ({value, label: value}));

/** Moves the stage by hand: armed first, released means stopped. */
export function JogPanel(): ReactElement {
  const [drive] = useState(() => new JogDrive());
  const refusal = useJogRefusal();
  const arm = useArm(refusal !== undefined, () => drive.release());
  const [mode, setMode] = useChoice<string>('bench.jogMode', 'hold');
  const [speed, setSpeed] = useChoice<string>('bench.jogSpeedMmPerS', '2');
  const [step, setStep] = useChoice<string>('bench.jogStepMm', '1');
  const isStep = mode === 'step';
  useEffect(() => () => drive.release(), [drive]);
  return (
    <Panel
      title="Jog"
      tools={
        <div data-act="bench.arm">
          <Switch isSelected={arm.isArmed} onChange={arm.arm} isDisabled={refusal !== undefined}>
            Armed
          </Switch>
        </div>
      }
    >
      <div className={styles.choices}>
        <Segments label="How to move" value={isStep ? 'step' : 'hold'} onChange={setMode} options={modes} />
        {isStep ? (
          <Preset label="Step" unit="mm" value={step} onChange={setStep} values={stepsMm} />
        ) : (
          <Preset label="Speed" unit="mm/s" value={speed} onChange={setSpeed} values={speedsMmPerS} />
        )}
      </div>
      <Pad
        drive={drive}
        arm={arm}
        refusal={refusal}
        stepMm={isStep ? Number(step) : null}
        speedMmPerS={Number(speed)}
      />
    </Panel>
  );
}

function useJogRefusal(): string | undefined {
  const mayNot = useRefusal('operate');
  const hasStage = useStatus((status) => status?.stage !== null && status?.stage !== undefined);
  const isRunning = useStatus((status) => {
    const state = status?.run?.state ?? 'ended';
    return state !== 'ended' && state !== 'paused';
  });
  if (mayNot !== undefined) return mayNot;
  if (!hasStage) return 'The stage is not connected.';
  return isRunning ? 'A run is using the stage. Pause or stop it to jog.' : undefined;
}

function Preset<Value extends string>(props: {
  readonly label: string;
  readonly unit: string;
  readonly value: string;
  readonly onChange: (value: Value) => void;
  readonly values: readonly [Value, ...Value[]];
}): ReactElement {
  const {label, unit, value, onChange, values} = props;
  const [first] = values;
  return (
    <div className={styles.preset}>
      <Segments
        label={`${label} in ${unit}`}
        value={values.find((known) => known === value) ?? first}
        onChange={onChange}
        options={asOptions(values)}
      />
      <span className={styles.unit}>{unit}</span>
    </div>
  );
}

interface PadProps {
  readonly drive: JogDrive;
  readonly arm: Arm;
  readonly refusal: string | undefined;
  /** Null: hold to move. */
  readonly stepMm: number | null;
  readonly speedMmPerS: number;
}

interface PadKey {
  readonly direction: Direction;
  readonly sign: string;
  readonly label: string;
}

const key = ([x, y, z]: readonly [x: number, y: number, z: number], sign: string, label: string): PadKey => ({
  direction: {x, y, z},
  sign,
  label,
});
const planeKeys: readonly (PadKey | null)[] = [
  key([-1, 1, 0], '↖', '-x and +y'),
  key([0, 1, 0], '↑', '+y'),
  key([1, 1, 0], '↗', '+x and +y'),
  key([-1, 0, 0], '←', '-x'),
  null,
  key([1, 0, 0], '→', '+x'),
  key([-1, -1, 0], '↙', '-x and -y'),
  key([0, -1, 0], '↓', '-y'),
  key([1, -1, 0], '↘', '+x and -y'),
];
const zKeys: readonly PadKey[] = [key([0, 0, 1], 'z↑', '+z'), key([0, 0, -1], 'z↓', '-z')];

function Pad({drive, arm, refusal, stepMm, speedMmPerS}: PadProps): ReactElement {
  const pad = useRef<HTMLDivElement>(null);
  const hasZ = useStatus((status) => status?.stage?.axes.includes('z') ?? false);
  const {isArmed, noteUse} = arm;
  const hold = (direction: Direction, factor = 1): void => {
    if (!isArmed || stepMm !== null) return;
    noteUse();
    drive.hold(direction, speedMmPerS * factor);
  };
  const press = (direction: Direction, factor = 1): void => {
    if (!isArmed || stepMm === null) return;
    noteUse();
    void stepBy(direction, stepMm * factor);
  };
  const release = (): void => {
    noteUse();
    drive.release();
  };
  const keys = useJogKeys({isArmed, onHold: hold, onPress: press, onRelease: release});
  const padName = useGamepad(isArmed && stepMm === null, hold, release);
  useEffect(() => {
    // Whoever arms can use the arrow keys at once; they move nothing while the focus is elsewhere.
    if (isArmed) pad.current?.focus();
  }, [isArmed]);
  useActions([
    {
      id: 'bench.arm',
      title: isArmed ? 'Disarm jog' : 'Arm jog',
      group: 'Bench',
      shortcut: 'b j',
      disabledBecause: refusal,
      run: () => arm.arm(!isArmed),
    },
  ]);
  const keyProps = {isDisabled: !isArmed, onStart: stepMm === null ? hold : press, onEnd: release};
  return (
    <div className={[styles.pad, isArmed ? styles.isArmed : ''].join(' ')}>
      <div
        ref={pad}
        className={styles.keys}
        role="group"
        tabIndex={isArmed ? 0 : -1}
        aria-label="Jog pad. While armed and focused, arrow keys move x and y, page keys z"
        {...keys}
      >
        <div className={styles.plane}>
          {planeKeys.map((entry, index) =>
            entry ? (
              <JogButton key={entry.label} entry={entry} {...keyProps} />
            ) : (
              <span key={index} className={styles.centre} aria-hidden>
                x y
              </span>
            ),
          )}
        </div>
        {hasZ && (
          <div className={styles.zColumn}>
            {zKeys.map((entry) => (
              <JogButton key={entry.label} entry={entry} {...keyProps} />
            ))}
          </div>
        )}
      </div>
      <p className={styles.note} role="status">
        {refusal ?? noteOf(arm, stepMm !== null, padName)}
      </p>
    </div>
  );
}

function noteOf({isArmed, leftS}: Arm, isStep: boolean, gamepad: string | null): string {
  if (!isArmed) return 'Arm it first. It disarms by itself after 30 s without use.';
  if (leftS !== null) return `Disarms in ${leftS} s.`;
  const words = isStep
    ? 'Each press moves one step. Arrow keys work on the pad; Shift ten steps, Ctrl a tenth.'
    : 'Hold to move, let go to stop. Arrow keys work on the pad; Shift ten times as fast, Ctrl a tenth.';
  return gamepad === null || isStep ? words : `${words} The gamepad's left stick moves too.`;
}

/** Steps along each axis of the direction in turn, mm. */
async function stepBy(direction: Direction, stepMm: number): Promise<void> {
  for (const axis of ['x', 'y', 'z'] as const) {
    if (direction[axis] === 0) continue;
    const isDone = await attempt(() => client.stage.step({axis, distanceMm: direction[axis] * stepMm}));
    if (!isDone) return;
  }
}

function JogButton(props: {
  readonly entry: PadKey;
  readonly isDisabled: boolean;
  readonly onStart: (direction: Direction, factor: number) => void;
  readonly onEnd: () => void;
}): ReactElement {
  const {entry, isDisabled, onStart, onEnd} = props;
  return (
    <AriaButton
      className={styles.key ?? ''}
      aria-label={`Move ${entry.label}`}
      isDisabled={isDisabled}
      // Tab goes on to the next part of the page; the pad itself takes the keys.
      excludeFromTabOrder
      onPressStart={({shiftKey, ctrlKey}) => onStart(entry.direction, shiftKey ? 10 : ctrlKey ? 0.1 : 1)}
      onPressEnd={onEnd}
    >
      {entry.sign}
    </AriaButton>
  );
}
