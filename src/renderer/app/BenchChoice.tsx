import {type ReactElement, type ReactNode, useState} from 'react';
import {Button as AriaButton, Disclosure, DisclosurePanel, Heading} from 'react-aria-components';
import {useQuery} from '@tanstack/react-query';
import {useStore} from 'zustand';
import type {ApiInputs} from '../../contract/api/index.ts';
import {client, problemFrom, queries} from '../connection/index.ts';
import {
  attempt,
  Button,
  createDraftStore,
  NumberField,
  Select,
  Switch,
  Tag,
  TextField,
  useDebounced,
  useRefusal,
} from '../parts/index.ts';
import {useChoice, useSettings} from '../settings/settings.ts';
import styles from './BenchChoice.module.css';

type OpenInput = ApiInputs['bench']['open'];

interface ChoiceProps {
  /** After the bench was opened. */
  readonly onOpened?: () => void;
}

/** Virtual bench or bench file. */
export function BenchChoice({onOpened}: ChoiceProps): ReactElement {
  const refusal = useRefusal('admin');
  const [isOpening, setOpening] = useState(false);
  const open = async (input: OpenInput): Promise<boolean> => {
    setOpening(true);
    const isDone = await attempt(() => client.bench.open(input));
    setOpening(false);
    if (isDone) onOpened?.();
    return isDone;
  };
  const shared = {open, isDisabled: refusal !== undefined || isOpening, refusal};
  return (
    <div className={styles.choices}>
      <VirtualChoice {...shared} />
      <FileChoice {...shared} />
    </div>
  );
}

interface OpenerProps {
  readonly open: (input: OpenInput) => Promise<boolean>;
  readonly isDisabled: boolean;
  readonly refusal: string | undefined;
}

const largestSeed = 2 ** 31;
const isSeed = (seed: number): boolean => Number.isInteger(seed) && seed >= 0 && seed <= largestSeed;
const isSpeed = (speed: number): boolean => speed >= 0.1 && speed <= 1000;

/** A number that is kept as a choice once it can be taken; 1 until the person has chosen. */
function useNumberChoice(
  name: string,
  canBeTaken: (value: number) => boolean,
): readonly [number, (value: number) => void] {
  const [kept, keep] = useChoice<number>(name, 1);
  const [draft, setDraft] = useState<number | null>(null);
  return [
    draft ?? kept,
    (value) => {
      setDraft(value);
      if (canBeTaken(value)) keep(value);
    },
  ];
}

/** What reads the light on the virtual bench: any detector that this program can drive. */
function DetectorChoice(props: {
  readonly driver: string;
  readonly onChange: (driver: string) => void;
}): ReactElement {
  const drivers = useQuery(queries.instruments.drivers.queryOptions());
  const detectors = (drivers.data ?? []).filter(({kind}) => kind === 'detector');
  return (
    <Select
      label="Detector"
      value={props.driver}
      onChange={props.onChange}
      options={detectors.map(({name, title}) => ({value: name, label: title}))}
    />
  );
}

/** Choices that most people leave as they are. */
function More({children}: {readonly children: ReactNode}): ReactElement {
  return (
    <Disclosure className={styles.more ?? ''}>
      <Heading className={styles.moreHead ?? ''}>
        <AriaButton slot="trigger" className={styles.moreButton ?? ''}>
          <span aria-hidden className={styles.arrow}>
            ▸
          </span>
          More
        </AriaButton>
      </Heading>
      <DisclosurePanel className={styles.panel ?? ''}>
        <div className={styles.fields}>{children}</div>
      </DisclosurePanel>
    </Disclosure>
  );
}

function useVirtualSwitches() {
  const [isRobotMounting, setRobotMounting] = useChoice<boolean>('bench.virtualRobot', true);
  const [hasMounts, setMounts] = useChoice<boolean>('bench.virtualMounts', false);
  const [hasZAxis, setZAxis] = useChoice<boolean>('bench.virtualZAxis', false);
  const [isThick, setThick] = useChoice<boolean>('bench.virtualThickPlates', true);
  return {isRobotMounting, setRobotMounting, hasMounts, setMounts, hasZAxis, setZAxis, isThick, setThick};
}

function VirtualSwitches({
  isRobotMounting,
  setRobotMounting,
  hasMounts,
  setMounts,
  hasZAxis,
  setZAxis,
  isThick,
  setThick,
}: ReturnType<typeof useVirtualSwitches>): ReactElement {
  return (
    <>
      <Switch isSelected={isRobotMounting} onChange={setRobotMounting}>
        A robot puts the masks in (off: you are asked, as at a real bench)
      </Switch>
      <Switch isSelected={hasMounts} onChange={setMounts}>
        A motorised mount under each plate
      </Switch>
      <Switch isSelected={hasZAxis} onChange={setZAxis}>
        The stage moves the detector along the beam too
      </Switch>
      <Switch isSelected={isThick} onChange={setThick}>
        Plates have their thickness, as printed ones have (off: each acts in one plane)
      </Switch>
    </>
  );
}

/** What the switches ask for. */
const switchedOn = ({isRobotMounting, hasMounts, hasZAxis, isThick}: ReturnType<typeof useVirtualSwitches>) =>
  ({isRobotMounting, hasMounts, hasZAxis, plateModel: isThick ? 'thick' : 'thin'}) as const;

function VirtualChoice({open, isDisabled, refusal}: OpenerProps): ReactElement {
  const [seed, setSeed] = useNumberChoice('bench.virtualSeed', isSeed);
  const [speed, setSpeed] = useNumberChoice('bench.virtualSpeed', isSpeed);
  const switches = useVirtualSwitches();
  const [detector, setDetector] = useChoice<string>('bench.virtualDetector', 'sr830');
  const seedProblem = isSeed(seed) ? '' : `A whole number from 0 to ${largestSeed}.`;
  const speedProblem = isSpeed(speed) ? '' : 'From 0.1 to 1000 × real time.';
  return (
    <section className={styles.card}>
      <h2>Virtual bench</h2>
      <p className={styles.text}>
        A stage, a detector and a terahertz source that exist only in this computer, with a small misalignment
        that nobody knows yet. They talk over the same kind of lines as real ones, so everything can be tried
        and learned here, and nothing can be broken. What is measured is marked as virtual.
      </p>
      <More>
        <NumberField
          label="Seed (chooses the misalignment and the noise)"
          value={seed}
          onChange={setSeed}
          unit=""
          isWhole
          problem={seedProblem}
        />
        <NumberField
          label="Speed of its clock"
          value={speed}
          onChange={setSpeed}
          unit="× real time"
          problem={speedProblem}
        />
        <DetectorChoice driver={detector} onChange={setDetector} />
        <VirtualSwitches {...switches} />
      </More>
      <Button
        variant="primary"
        isDisabled={isDisabled || seedProblem !== '' || speedProblem !== ''}
        hint={refusal}
        onPress={() =>
          void open({
            kind: 'virtual',
            seed,
            speed,
            detector,
            ...switchedOn(switches),
          })
        }
      >
        Open the virtual bench
      </Button>
    </section>
  );
}

const recentKept = 5;

const pathStore = createDraftStore<{readonly path: string | null}>('bench-file', {path: null});

function FileChoice({open, isDisabled, refusal}: OpenerProps): ReactElement {
  const lastBench = useSettings((settings) => settings.lastBench);
  const [recentText, setRecentText] = useChoice<string>('bench.recentFiles', '');
  const recent = recentText.split('\n').filter((line) => line !== '');
  // What was typed stays, also while a bench is being opened, which takes this form away, and after that has failed.
  const typed = useStore(pathStore, (draft) => draft.path);
  const path = typed ?? (lastBench?.kind === 'file' ? lastBench.path : (recent[0] ?? ''));
  const setPath = (next: string): void => pathStore.setState({path: next});
  const asked = useDebounced(path.trim(), 300);
  const check = useQuery({
    ...queries.bench.checkFile.queryOptions({input: {path: asked}}),
    enabled: asked !== '',
  });
  const isCurrent = asked === path.trim();
  const answer = isCurrent ? check.data : undefined;
  const problem = answer?.problem ?? (isCurrent && check.error ? problemFrom(check.error).message : '');
  const canOpen = !isDisabled && answer?.problem === '';
  const openFile = async (): Promise<void> => {
    if (await open({kind: 'file', path: asked}))
      setRecentText([asked, ...recent.filter((line) => line !== asked)].slice(0, recentKept).join('\n'));
  };
  return (
    <section className={styles.card}>
      <h2>My bench file</h2>
      <p className={styles.text}>
        A file that says which instruments stand on your bench, on which ports, and how far they may move.
        Opening it connects the instruments and reads what they say of themselves; RF stays off.
      </p>
      <form
        className={styles.fields}
        onSubmit={(event) => {
          event.preventDefault();
          if (canOpen) void openFile();
        }}
      >
        <TextField
          label="Path of the bench file, on the computer at the bench"
          value={path}
          onChange={setPath}
          placeholder="/home/me/benches/bench-1.yaml"
          problem={path.trim() === '' ? '' : problem}
        />
        <button type="submit" hidden />
      </form>
      {answer?.problem === '' && (
        <div className={styles.checked} role="status">
          <strong>{answer.name}</strong>
          <span className={styles.text}>{answer.text}</span>
        </div>
      )}
      {recent.length > 0 && (
        <div className={styles.recent}>
          <span className={styles.text}>Opened before</span>
          {recent.map((file) => (
            <Button key={file} variant="quiet" isCompact onPress={() => setPath(file)}>
              <span className={styles.path}>{file}</span>
            </Button>
          ))}
        </div>
      )}
      <Button variant="primary" isDisabled={!canOpen} hint={refusal} onPress={() => void openFile()}>
        Open this bench
      </Button>
    </section>
  );
}

/** The open bench in one line, for the dialog that changes it. */
export function OpenBenchLine(props: {readonly name: string; readonly kind: string}): ReactElement {
  return (
    <p>
      Open now: <strong>{props.name}</strong> <Tag>{props.kind}</Tag>
    </p>
  );
}
