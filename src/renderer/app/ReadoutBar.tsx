import type {ReactElement} from 'react';
import type {SourceStatus} from '../../contract/api/index.ts';
import {ghzFromHz} from '../../contract/units.ts';
import {useStatus} from '../connection/index.ts';
import {StateLight} from '../parts/index.ts';
import {type Standing, useStanding} from '../run-data/index.ts';
import {formatReading, scaledUnit} from '../viewer/index.ts';
import styles from './ReadoutBar.module.css';

/** Position, reading and source in digits that keep their place; what is old is faded and says how old. */
export function ReadoutBar(): ReactElement {
  return (
    <section className={styles.bar} aria-label="Readings">
      <StagePart />
      <LockInPart />
      <SourcePart />
    </section>
  );
}

interface CellProps {
  readonly label: string;
  readonly number: string;
  readonly unit: string;
  /** Beside the unit; '' keeps its place. */
  readonly note?: string;
  readonly standing: Standing;
}

function Cell({label, number, unit, note, standing}: CellProps): ReactElement {
  const isOld = !standing.isNow;
  return (
    <div className={[styles.cell, isOld ? styles.isOld : ''].join(' ')}>
      <span className={styles.label}>
        {label}
        {isOld && <span className={styles.age}> {standing.text}</span>}
      </span>
      <span className={styles.line}>
        <span className={styles.number}>{number}</span>
        <span className={styles.unit}>{unit}</span>
        {note !== undefined && <span className={styles.note}>{note}</span>}
      </span>
    </div>
  );
}

function SmallCell(props: {
  readonly label: string;
  readonly text: string;
  readonly standing: Standing;
}): ReactElement {
  return (
    <div className={[styles.smallCell, props.standing.isNow ? '' : styles.isOld].join(' ')}>
      <span className={styles.label}>{props.label}</span>
      <span className={styles.small}>{props.text}</span>
    </div>
  );
}

function StagePart(): ReactElement {
  const stage = useStatus((status) => status?.stage ?? null);
  const standing = useStanding('stage');
  return (
    <div className={styles.part}>
      {(stage?.axes ?? (['x', 'y'] as const)).map((axis, index) => {
        const {number, unit} = formatReading(stage?.positionMm[axis] ?? NaN, 'mm');
        const target = stage?.isMoving && standing.isNow ? stage.targetMm?.[axis] : undefined;
        const label = target === undefined ? axis : `${axis} → ${formatReading(target, 'mm').text}`;
        // One word for all axes is enough: they are read together.
        const own = index === 0 ? standing : {...standing, text: ''};
        return <Cell key={axis} label={label} number={number} unit={unit} standing={own} />;
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

function LockInPart(): ReactElement {
  const lockin = useStatus((status) => status?.lockin ?? null);
  const standing = useStanding('lockin');
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
        standing={standing}
      />
      <Cell label="theta" number={theta.number} unit={theta.unit} standing={{...standing, text: ''}} />
      <div className={styles.stack}>
        <SmallCell label="tau" text={settingText(lockin?.timeConstantS, 's')} standing={standing} />
        <SmallCell label="range" text={settingText(lockin?.sensitivityV, 'V')} standing={standing} />
      </div>
      {lockin && (
        <span className={styles.validity} title={lockin.problem}>
          {!standing.isNow ? (
            <StateLight light="off" word={standing.ageMs === null ? 'not read yet' : 'old'} />
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

function SourcePart(): ReactElement {
  const source = useStatus((status) => status?.source ?? null);
  const standing = useStanding('source');
  const frequency = source ? ghzFromHz(source.outputFrequencyHz).toFixed(3) : '–––';
  const power = source ? formatReading(source.powerDbm, 'dBm').text : '–';
  const modulation = source?.isModulationOn ? settingText(source.modulationHz, 'Hz') : 'off';
  const isOn = standing.isNow && source?.isOutputOn === true;
  return (
    <div className={[styles.part, isOn ? styles.isSourceOn : ''].join(' ')}>
      <Cell label={sourceLabel(source, standing)} number={frequency} unit="GHz" standing={standing} />
      <div className={styles.stack}>
        <SmallCell label="level" text={power} standing={standing} />
        <SmallCell label="mod." text={source ? modulation : '–'} standing={standing} />
      </div>
    </div>
  );
}

/** `source on`, `source was on`, or the source alone while nothing is known of it. */
function sourceLabel(source: SourceStatus | null, {isNow}: Standing): string {
  if (!source) return 'source';
  const state = !source.isOutputOn ? 'off' : source.warmUpLeftS > 0 ? 'warming up' : 'on';
  return isNow ? `source ${state}` : `source was ${state}`;
}
