import {fixedText, quantityText, typographic} from '../../base/number-format.ts';
import type {ReactElement} from 'react';
import {strengthColumn} from '../../contract/detector.ts';
import type {SettingValue} from '../../contract/devices.ts';
import {ghzFromHz} from '../../contract/units.ts';
import {type ShownInstrument, useStatus} from '../connection/index.ts';
import {StateLight} from '../parts/index.ts';
import {type ReadingStatus, useReadingStatus} from '../run-data/index.ts';
import {formatReading} from '../viewer/index.ts';
import styles from './ReadoutBar.module.css';

/** Position, reading and source in digits that keep their place; what is old is faded and says how old. */
export function ReadoutBar(): ReactElement {
  return (
    <section className={styles.bar} aria-label="Readings">
      <StagePart />
      <DetectorPart />
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
  readonly reading: ReadingStatus;
}

function Cell({label, number, unit, note, reading}: CellProps): ReactElement {
  const isOld = !reading.isNow;
  return (
    <div className={[styles.cell, isOld ? styles.isOld : ''].join(' ')}>
      <span className={styles.label}>
        {label}
        {isOld && <span className={styles.age}> {reading.text}</span>}
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
  readonly reading: ReadingStatus;
}): ReactElement {
  return (
    <div className={[styles.smallCell, props.reading.isNow ? '' : styles.isOld].join(' ')}>
      <span className={styles.label}>{props.label}</span>
      <span className={styles.small}>{props.text}</span>
    </div>
  );
}

function StagePart(): ReactElement {
  const stage = useStatus((status) => status?.stage ?? null);
  const reading = useReadingStatus('stage');
  return (
    <div className={styles.part}>
      {(stage?.axes ?? (['x', 'y'] as const)).map((axis, index) => {
        const {number, unit} = formatReading(stage?.positionMm[axis] ?? NaN, 'mm');
        const target = stage?.isMoving && reading.isNow ? stage.targetMm?.[axis] : undefined;
        const label = target === undefined ? axis : `${axis} → ${formatReading(target, 'mm').text}`;
        // One word for all axes is enough: they are read together.
        const own = index === 0 ? reading : {...reading, text: ''};
        return <Cell key={axis} label={label} number={number} unit={unit} reading={own} />;
      })}
    </div>
  );
}

/** A round setting without trailing zeros: `30 ms`, `1 mV`. */
function settingText(value: SettingValue | null | undefined, unit: string): string {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'number') return String(value);
  return typographic(quantityText(value, unit, 3));
}

/** How strong the signal is, its phase where it has one, and the settings that go with them, as the detector declares. */
function DetectorPart(): ReactElement {
  const detector = useStatus((status) => status?.detector ?? null);
  const reading = useReadingStatus('detector');
  const label = useStatus((status) => status?.instruments.find(({kind}) => kind === 'detector')?.label ?? '');
  return (
    <div className={styles.part}>
      {shownColumns(detector).map(({name, label, unit}, index) => {
        const value = detector?.reading?.[name] ?? NaN;
        const shown = formatReading(value, unit, index === 0 ? (detector?.sigma ?? undefined) : undefined);
        return (
          <Cell
            key={name}
            label={label}
            number={shown.number}
            unit={shown.unit}
            {...(index === 0 && {note: /[1-9]/.test(shown.sigma) ? shown.sigma : ''})}
            reading={index === 0 ? reading : {...reading, text: ''}}
          />
        );
      })}
      {detector && detector.settings.length > 0 && (
        <div className={styles.stack}>
          {detector.settings.map(({parameter, label, unit, value}) => (
            <SmallCell key={parameter} label={label} text={settingText(value, unit)} reading={reading} />
          ))}
        </div>
      )}
      {detector && (
        <span className={styles.validity} title={detector.problem}>
          {!reading.isNow ? (
            <StateLight light="off" label={reading.isKnown ? 'old' : 'not read yet'} />
          ) : detector.isValid ? (
            <StateLight light="ready" label="valid" />
          ) : (
            // The whole sentence stands on the Bench page and in the log; here a word keeps its place.
            <StateLight light="attention" label={label === '' ? 'not valid' : label} />
          )}
        </span>
      )}
    </div>
  );
}

/** Before anything is known of the detector its place is kept by one cell without a number. */
function shownColumns(detector: ShownInstrument<'detector'> | null): ShownInstrument<'detector'>['columns'] {
  if (!detector) return [{name: '', label: 'signal', unit: 'V'}];
  const {columns, signal} = detector;
  const names = [strengthColumn(signal), ...(signal.complex ? [signal.complex.phase] : [])];
  return names.flatMap((name) => columns.find((column) => column.name === name) ?? []);
}

function SourcePart(): ReactElement {
  const source = useStatus((status) => status?.source ?? null);
  const reading = useReadingStatus('source');
  const frequency = source ? fixedText(ghzFromHz(source.outputFrequencyHz), 3) : '–––';
  const power = source ? formatReading(source.powerDbm, 'dBm').text : '–';
  const modulation = source?.isModulationOn ? settingText(source.modulationHz, 'Hz') : 'off';
  const isOn = reading.isNow && source?.isOutputOn === true;
  return (
    <div className={[styles.part, isOn ? styles.isSourceOn : ''].join(' ')}>
      <Cell label={sourceLabel(source, reading)} number={frequency} unit="GHz" reading={reading} />
      <div className={styles.stack}>
        <SmallCell label="level" text={power} reading={reading} />
        <SmallCell label="mod." text={source ? modulation : '–'} reading={reading} />
      </div>
    </div>
  );
}

/** `source on`, `source was on`, or the source alone while nothing is known of it. */
function sourceLabel(source: ShownInstrument<'source'> | null, {isNow}: ReadingStatus): string {
  if (!source) return 'source';
  const state = !source.isOutputOn ? 'off' : source.warmUpLeftS > 0 ? 'warming up' : 'on';
  return isNow ? `source ${state}` : `source was ${state}`;
}
