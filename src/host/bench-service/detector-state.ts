import type {DetectorStatus} from '../../contract/api/index.ts';
import {strengthColumn, type DetectorDeclaration, type DetectorReading} from '../../contract/detector.ts';
import type {SettingsSnapshot} from '../../contract/devices.ts';
import type {ParameterMeta} from '../../contract/instruments.ts';
import type {BenchStatus} from './bench-status.ts';

/** The detector of the bench as its driver declares it, whether or not it is connected. */
export interface LiveDetector {
  readonly role: string;
  readonly declaration: DetectorDeclaration;
  readonly parameters: readonly ParameterMeta[];
}

/** What is known of the detector's present state. */
export interface DetectorState {
  readonly onReading: (reading: DetectorReading, utcMs?: number) => void;
  /** There is no valid reading, and why. */
  readonly onNoReading: (problem: string) => void;
  /** Settings by name; those that are not named are as they were. */
  readonly onSettings: (settings: SettingsSnapshot) => void;
  /** Readings from here on are of another place or another light: they have a scatter of their own. */
  readonly startAnew: () => void;
}

export interface DetectorStateOptions {
  readonly detector: LiveDetector;
  readonly benchStatus: BenchStatus;
  /** A row for the live readings, by the names of their columns; empty without a valid reading. */
  readonly onRow: (values: Readonly<Record<string, number>>, utcMs: number) => void;
  /** A look found settings that differ from those of the look before. */
  readonly onSettingsChanged: () => void;
}

/** Readings that the standard deviation is made of, taken at one place. */
const sigmaCount = 20;
const leastSigmaCount = 5;

export function createDetectorState(options: DetectorStateOptions): DetectorState {
  const {detector, benchStatus, onRow} = options;
  const strength = strengthColumn(detector.declaration.signal);
  /** Of the column `strength`. */
  let recent: number[] = [];

  const set = (changes: Partial<DetectorStatus>): void => {
    const before = benchStatus.parts.detector ?? detectorNotRead(detector);
    benchStatus.update({detector: {...before, ...changes}});
  };

  return {
    onReading(reading, utcMs = Date.now()) {
      recent = [...recent.slice(1 - sigmaCount), reading[strength]];
      const named = Object.entries(reading).map(
        ([name, value]) => [`${detector.role}.${name}`, value] as const,
      );
      onRow(Object.fromEntries(named), utcMs);
      const utc = new Date(utcMs).toISOString();
      set({reading: {...reading}, sigma: sigmaOf(recent), isValid: true, problem: '', utc});
    },
    onNoReading(problem) {
      recent = [];
      onRow({}, Date.now());
      set({reading: null, sigma: null, isValid: false, problem, utc: new Date().toISOString()});
    },
    onSettings(settings) {
      const before = benchStatus.parts.detector;
      const known = (before ?? detectorNotRead(detector)).settings;
      const now = known.map((own) => ({...own, value: settings[own.parameter] ?? own.value}));
      set({settings: now});
      if (before && now.some(({value}, index) => value !== known[index].value)) options.onSettingsChanged();
    },
    startAnew() {
      recent = [];
    },
  };
}

/** Time of a reading that was never taken. */
export const neverUtc = new Date(0).toISOString();

/** What a detector declares, with nothing read. */
const detectorNotRead = ({declaration, parameters}: LiveDetector): DetectorStatus => {
  const {columns, signal, shownSettings} = declaration;
  return {
    columns: columns.map(({name, label, unit}) => ({name, label, unit})),
    signal,
    reading: null,
    sigma: null,
    isValid: false,
    problem: 'not read yet',
    settings: shownSettings.map(({parameter, label}) => ({
      parameter,
      label,
      unit: parameters.find(({name}) => name === parameter)?.unit ?? '',
      value: null,
    })),
    utc: neverUtc,
  };
};

/** Standard deviation, or null with too few values to say. */
function sigmaOf(values: readonly number[]): number | null {
  if (values.length < leastSigmaCount) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
