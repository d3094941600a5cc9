import {useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import type {AsBuiltEntry, StoppedInPlace} from '../../../contract/api/index.ts';
import {client, queries, useConnection, useStatus} from '../../connection/index.ts';
import {
  attempt,
  Button,
  countOf,
  countText,
  durationText,
  NumberField,
  Panel,
  ProblemBox,
  Select,
  useRefusal,
} from '../../parts/index.ts';
import {isLive} from '../../run-data/index.ts';
import styles from './CalibratePage.module.css';
import type {ReprintEntry} from './DonePanel.tsx';
import {useInPlaceDraft, type InPlaceDraft, type InPlaceNumbers} from './in-place-draft.ts';
import {InPlaceRun} from './InPlaceRun.tsx';

/** A plate that is learnt on the bench itself: what it takes, how far it is, and what can be gone on with. */
export function InPlacePanel(props: {
  readonly chosen: AsBuiltEntry | null;
  readonly reprints: readonly ReprintEntry[];
}): ReactElement {
  const {chosen, reprints} = props;
  const isConnected = useConnection(({phase}) => phase === 'open');
  const run = useStatus((status) => (status?.run?.kind === 'in-place' ? status.run : null));
  const isUnderWay = isLive(run?.state);
  const every = {enabled: isConnected, refetchInterval: isUnderWay ? 1500 : 5000};
  const followed = useQuery({...queries.calibrate.inPlaceProgress.queryOptions(), ...every});
  const left = useQuery({...queries.calibrate.inPlaceStopped.queryOptions(), ...every});
  const progress = followed.data?.progress ?? null;
  return (
    <Panel title="4. In place: learn one plate on the bench">
      <p>
        For what the twin does not know of a bench. In each step the plate is put in with other heights, drawn
        objects are measured behind it, and the plate learns from what the bench shows; only the way back to
        its heights is the twin’s. The bench has to exchange the plate by itself: by a changer of plates or a
        modulator in its place, which the bench file names (exchangeablePlates). A virtual bench exchanges
        every plate.
      </p>
      {!isUnderWay && <Form chosen={chosen} reprints={reprints} />}
      {progress && <InPlaceRun progress={progress} run={run?.id === progress.id ? run : null} />}
      {!isUnderWay && <Stopped stopped={left.data?.stopped ?? []} />}
    </Panel>
  );
}

/** What is learnt and where from, what that takes, and why it may not be. */
function Form(props: {
  readonly chosen: AsBuiltEntry | null;
  readonly reprints: readonly ReprintEntry[];
}): ReactElement {
  const {chosen, reprints} = props;
  const draft = useInPlaceDraft(chosen, reprints);
  const {asked, start, cost, problem} = draft;
  const [isStarting, setStarting] = useState(false);
  const refusal = useRefusal('operate');
  const because =
    (chosen ? undefined : 'Record first how the network was built.') ??
    refusal ??
    (cost ? undefined : 'It is being worked out what it takes.') ??
    (cost?.isAllowed === false ? cost.refusal : undefined);
  const begin = async (): Promise<void> => {
    if (!asked) return;
    setStarting(true);
    await attempt(() => client.calibrate.inPlace({...asked, ...(start && {startFolder: start.folder})}));
    setStarting(false);
  };
  return (
    <>
      <Fields draft={draft} />
      {cost && <p>{costText(cost)}</p>}
      {cost?.isAllowed === false && <ProblemBox level="attention" problem={{message: cost.refusal}} />}
      {problem && <ProblemBox problem={problem} />}
      <div className={styles.bar}>
        <Button
          data-act="calibrate.inPlace"
          isDisabled={because !== undefined || isStarting}
          hint={because ?? 'The bench moves and lights by itself until the last plate stands'}
          onPress={() => void begin()}
        >
          Learn the plate in place
        </Button>
      </div>
    </>
  );
}

const numberFields = [
  ['steps', 'Steps, a plate each'],
  ['batchSize', 'Objects a step'],
  ['judgedCount', 'Objects measured before and after'],
  ['pointsPerSide', 'Points along the side of a region'],
] as const satisfies readonly (readonly [keyof InPlaceNumbers, string])[];

function Fields({draft}: {readonly draft: InPlaceDraft}): ReactElement {
  const {numbers, change, setPlate, starts, start, setStart, cost} = draft;
  return (
    <div className={styles.fields}>
      {cost && (
        <Select
          label="Plate to learn"
          value={cost.plate}
          options={cost.plates.map((own) => ({value: own, label: `plate ${own}`}))}
          onChange={setPlate}
        />
      )}
      {starts.length > 0 && (
        <Select
          label="Begin with"
          value={start?.folder ?? ''}
          options={[
            {value: '', label: 'the plate that stands there'},
            ...starts.map(({folder, name}) => ({value: folder, label: `that of ${name}`})),
          ]}
          onChange={setStart}
        />
      )}
      {numberFields.map(([field, label]) => (
        <NumberField
          key={field}
          label={label}
          unit=""
          isWhole
          minimum={field === 'judgedCount' ? 10 : 1}
          value={numbers[field]}
          onChange={(value) => change({[field]: value})}
        />
      ))}
    </div>
  );
}

interface Cost {
  readonly exchangeCount: number;
  readonly objectCount: number;
  readonly pointCount: number;
  readonly seconds: number | null;
}

const costText = ({exchangeCount, objectCount, pointCount, seconds}: Cost): string =>
  `It takes ${countOf(exchangeCount, 'plate')} put in one after the other and ${countOf(objectCount, 'object')} measured behind them at ${countText(pointCount)} points` +
  (seconds === null
    ? '.'
    : `: about ${durationText(seconds)} of moving and reading, and exchanging and computing on top.`);

/** Learnings that were stopped, with what they have learnt. */
function Stopped({stopped}: {readonly stopped: readonly StoppedInPlace[]}): ReactElement | null {
  const refusal = useRefusal('operate');
  if (stopped.length === 0) return null;
  return (
    <section aria-label="Learnings that were stopped">
      <h3>Stopped, to be gone on with</h3>
      <ul className={styles.list}>
        {stopped.map(({folder, order, step, curve}) => (
          <li key={folder}>
            <span className={styles.itemText}>
              {`${order.name}: step ${step} of ${order.settings.steps}`}
              {curve.length > 0 && `, ${countOf(curve.length, 'plate')} measured`}
            </span>
            <Button
              isCompact
              isDisabled={refusal !== undefined}
              hint={refusal ?? `Goes on from the checkpoint in ${folder}`}
              onPress={() => void attempt(() => client.calibrate.resumeInPlace({folder}))}
            >
              Go on
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
