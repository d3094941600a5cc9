import type {ReactElement} from 'react';
import type {LockInStatus, SourceStatus, StageStatus} from '../../contract/api/index.ts';
import {ghzFromHz} from '../../contract/units.ts';
import {statusStore, useConnection, useStatus} from '../connection/index.ts';
import {agoText, StateLight, useNow} from '../parts/index.ts';
import {isLive} from '../run-data/index.ts';
import {formatReading, scaledUnit} from '../viewer/index.ts';
import styles from './ReadoutBar.module.css';

/** A reading that is older than this is shown as old, ms. */
const oldMs = 3000;

/** Position, reading and source in digits that keep their place; what is old is faded and says how old. */
export function ReadoutBar(): ReactElement {
  const stage = useStatus((status) => status?.stage ?? null);
  const lockin = useStatus((status) => status?.lockin ?? null);
  const source = useStatus((status) => status?.source ?? null);
  const ageOf = useAge();
  // A run sets the source and does not ask it again: what it set holds while the run goes on and is followed here.
  const isSourceHeld = useStatus((status) => isLive(status?.run?.state));
  const isConnected = useConnection(({phase}) => phase === 'open');
  return (
    <section className={styles.bar} aria-label="Readings">
      <StagePart stage={stage} ageMs={ageOf(stage?.utc)} />
      <LockInPart lockin={lockin} ageMs={ageOf(lockin?.utc)} />
      <SourcePart source={source} ageMs={isSourceHeld && isConnected ? 0 : ageOf(source?.utc)} />
    </section>
  );
}

/** Age of a reading, ms: by the host's clock, and by ours since the last picture came. Null without a reading. */
function useAge(): (utc: string | undefined) => number | null {
  const statusUtc = useStatus((status) => status?.utc);
  const isConnected = useConnection(({phase}) => phase === 'open');
  const nowMs = useNow(1000);
  return (utc) => {
    if (utc === undefined || statusUtc === undefined) return null;
    const atPictureMs = Date.parse(statusUtc) - Date.parse(utc);
    // While connected the host says when something changes, so a picture that stands is a picture of now.
    const sinceMs = isConnected ? 0 : Math.max(0, nowMs - statusStore.getState().receivedMs);
    return atPictureMs + sinceMs;
  };
}

interface CellProps {
  readonly label: string;
  readonly number: string;
  readonly unit: string;
  /** Beside the unit; '' keeps its place. */
  readonly note?: string;
  readonly ageMs: number | null;
}

function Cell({label, number, unit, note, ageMs}: CellProps): ReactElement {
  const isOld = ageMs !== null && ageMs > oldMs;
  return (
    <div className={[styles.cell, isOld ? styles.isOld : ''].join(' ')}>
      <span className={styles.label}>
        {label}
        {isOld && <span className={styles.age}> {agoText(ageMs)}</span>}
      </span>
      <span className={styles.line}>
        <span className={styles.number}>{number}</span>
        <span className={styles.unit}>{unit}</span>
        {note !== undefined && <span className={styles.note}>{note}</span>}
      </span>
    </div>
  );
}

function SmallCell(props: {readonly label: string; readonly text: string}): ReactElement {
  return (
    <div className={styles.smallCell}>
      <span className={styles.label}>{props.label}</span>
      <span className={styles.small}>{props.text}</span>
    </div>
  );
}

function StagePart({
  stage,
  ageMs,
}: {
  readonly stage: StageStatus | null;
  readonly ageMs: number | null;
}): ReactElement {
  return (
    <div className={styles.part}>
      {(stage?.axes ?? (['x', 'y'] as const)).map((axis) => {
        const {number, unit} = formatReading(stage?.positionMm[axis] ?? NaN, 'mm');
        const target = stage?.isMoving ? stage.targetMm?.[axis] : undefined;
        const label = target === undefined ? axis : `${axis} → ${formatReading(target, 'mm').text}`;
        return <Cell key={axis} label={label} number={number} unit={unit} ageMs={ageMs} />;
      })}
    </div>
  );
}

/** A round setting without trailing zeros: `30 ms`, `1 mV`. */
function settingText(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return '–';
  const scaled = scaledUnit(value, unit);
  return `${Number((value * scaled.factor).toPrecision(3))} ${scaled.unit}`;
}

function LockInPart({
  lockin,
  ageMs,
}: {
  readonly lockin: LockInStatus | null;
  readonly ageMs: number | null;
}): ReactElement {
  const r = formatReading(lockin?.reading?.rV ?? NaN, 'V', lockin?.sigmaV ?? undefined);
  const word = useStatus((status) => status?.instruments.find(({kind}) => kind === 'lockin')?.word ?? '');
  const theta = formatReading(lockin?.reading?.thetaDeg ?? NaN, 'deg');
  return (
    <div className={styles.part}>
      <Cell
        label="R"
        number={r.number}
        unit={r.unit}
        note={/[1-9]/.test(r.sigma) ? r.sigma : ''}
        ageMs={ageMs}
      />
      <Cell label="theta" number={theta.number} unit={theta.unit} ageMs={ageMs} />
      <div className={styles.stack}>
        <SmallCell label="tau" text={settingText(lockin?.timeConstantS, 's')} />
        <SmallCell label="range" text={settingText(lockin?.sensitivityV, 'V')} />
      </div>
      {lockin && (
        <span className={styles.validity} title={lockin.problem}>
          {ageMs !== null && ageMs > oldMs ? (
            <StateLight light="off" word="old" />
          ) : lockin.isValid ? (
            <StateLight light="ready" word="valid" />
          ) : (
            // The whole sentence stands on the Bench page and in the log; here a word keeps its place.
            <StateLight light="attention" word={word === '' ? 'not valid' : word} />
          )}
        </span>
      )}
    </div>
  );
}

function SourcePart({
  source,
  ageMs,
}: {
  readonly source: SourceStatus | null;
  readonly ageMs: number | null;
}): ReactElement {
  const isOn = source?.isOutputOn ?? false;
  const frequency = source ? ghzFromHz(source.outputFrequencyHz).toFixed(3) : '–––';
  const power = source ? formatReading(source.powerDbm, 'dBm').text : '–';
  const state = !source ? '–' : isOn ? (source.warmUpLeftS > 0 ? 'warming up' : 'on') : 'off';
  return (
    <div className={[styles.part, isOn ? styles.isSourceOn : ''].join(' ')}>
      <Cell label={`source ${state}`} number={frequency} unit="GHz" ageMs={ageMs} />
      <div className={styles.stack}>
        <SmallCell label="level" text={power} />
        <SmallCell
          label="mod."
          text={source?.isModulationOn ? settingText(source.modulationHz, 'Hz') : 'off'}
        />
      </div>
    </div>
  );
}
