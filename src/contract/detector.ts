import type {ColumnSpec} from './column.ts';
import {BenchError} from './errors.ts';

/**
 * What a detector declares of itself. Plans, engine, store, maps, comparison and export ask this and know no instrument
 * by name, as Bluesky's plans ask `describe()` of whatever is readable.
 */

/** One reading: a number for each declared column, by its name. */
export type DetectorReading = Readonly<Record<string, number>>;

/** Which columns of a detector are its signal. */
export interface DetectorSignal {
  /**
   * The column that stands for the light: linear in it, and with a noise whose mean is zero, so that a dark level can be
   * subtracted. Of a complex signal its real part, in phase with the reference.
   */
  readonly column: string;
  /** Absent where the signal is a single real number: such a detector has no phase. */
  readonly complex?: ComplexSignal | undefined;
  /** What a doubled value of `column` means: the double power of the beam, or the double field (four times the power). */
  readonly proportionalTo: 'power' | 'field';
}

/** The other columns of a complex signal. */
export interface ComplexSignal {
  /** Imaginary part, in quadrature with the reference; same unit and noise as the real part. */
  readonly imaginary: string;
  /** Follows from the two parts: square root of the sum of their squares. */
  readonly magnitude: string;
  /** Follows from the two parts: angle from the real axis, degrees. */
  readonly phase: string;
}

/** Columns of a detector and what they mean; names as in the driver (`xV`) or as stored (`x_v`). */
export interface DetectorColumns {
  /** In the order in which they are recorded. Each name carries its unit. */
  readonly columns: readonly ColumnSpec[];
  readonly signal: DetectorSignal;
}

/** A setting that stands beside every reading. */
export interface ShownSetting {
  /** Name of the parameter: `timeConstantS`. */
  readonly parameter: string;
  /** A word of at most six letters: `tau`, `range`. */
  readonly label: string;
}

/** Everything that a driver of a detector declares beside its parameters and actions. */
export interface DetectorDeclaration extends DetectorColumns {
  /** Parameter that holds the full scale, in the unit of the signal; absent where there is one range only. */
  readonly rangeParameter?: string | undefined;
  /**
   * True when a signal can lie beyond the range: `read` then throws `device/not-valid` with `isOverload: true` in its
   * details, and the run asks what to do.
   */
  readonly canOverload: boolean;
  /** What is shown beside the reading, at most two. */
  readonly shownSettings: readonly ShownSetting[];
}

/** Name of a column in stored points: `xV` is `x_v`, `thetaDeg` is `theta_deg`. */
export const storedName = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The same columns under the names that they have in stored points. */
export function storedColumnsOf({columns, signal}: DetectorColumns): DetectorColumns {
  const {column, complex, proportionalTo} = signal;
  return {
    columns: columns.map((own) => ({...own, name: storedName(own.name)})),
    signal: {
      column: storedName(column),
      ...(complex && {
        complex: {
          imaginary: storedName(complex.imaginary),
          magnitude: storedName(complex.magnitude),
          phase: storedName(complex.phase),
        },
      }),
      proportionalTo,
    },
  };
}

/** Stored name of the standard error of a stored column: `x_se_v` of `x_v`. */
export const errorName = (name: string): string => {
  const at = name.lastIndexOf('_');
  return at < 0 ? `${name}_se` : `${name.slice(0, at)}_se${name.slice(at)}`;
};

/** Columns whose mean of several readings gets a standard error: the parts of the signal. */
export const signalParts = ({column, complex}: DetectorSignal): readonly string[] =>
  complex ? [column, complex.imaginary] : [column];

/** Columns of the standard errors that stand beside stored columns where a point is the mean of several readings. */
export const errorColumnsOf = ({columns, signal}: DetectorColumns): readonly ColumnSpec[] => {
  const parts = signalParts(signal);
  return columns
    .filter(({name}) => parts.includes(name))
    .map((own) => ({...own, name: errorName(own.name), label: `standard error of ${own.label}`}));
};

/** The column that tells how strong a signal is, whatever its phase: what a reading is first shown by. */
export const strengthColumn = ({column, complex}: Pick<DetectorSignal, 'column' | 'complex'>): string =>
  complex?.magnitude ?? column;

/** Unit of the signal. */
export const signalUnit = ({columns, signal}: DetectorColumns): string =>
  columns.find(({name}) => name === signal.column)?.unit ?? '';

/** Short names of the columns of a lock-in amplifier, as commands and clients have always named them. */
const shortNames = ({column, complex}: DetectorSignal): Readonly<Record<string, string | undefined>> => ({
  x: column,
  y: complex?.imaginary,
  r: strengthColumn({column, complex}),
  theta: complex?.phase,
});

/**
 * The column that `quantity` names: by its own name, by `x`, `y`, `r` or `theta` (`r` of a real signal is the signal
 * itself), or '' for the one that tells the strength. Throws `plan/invalid` naming those that there are.
 */
export function columnOfQuantity({columns, signal}: DetectorColumns, quantity: string): ColumnSpec {
  const name = quantity === '' ? strengthColumn(signal) : (shortNames(signal)[quantity] ?? quantity);
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  throw new BenchError(
    'plan/invalid',
    `The detector has no "${quantity}": its columns are ${columns.map((own) => own.name).join(', ')}. Choose one of them.`,
    {details: {quantity}},
  );
}

/**
 * What the columns of a run mean that says nothing of its detector: every detector was a lock-in amplifier before they
 * were declared. A detector that declares just this is not described in a run any further.
 */
export const impliedColumns: DetectorColumns = {
  columns: [
    {name: 'x_v', unit: 'V', label: 'X', precision: 9},
    {name: 'y_v', unit: 'V', label: 'Y', precision: 9},
    {name: 'r_v', unit: 'V', label: 'R', precision: 9},
    {name: 'theta_deg', unit: 'deg', label: 'theta', precision: 2},
  ],
  signal: {
    column: 'x_v',
    complex: {imaginary: 'y_v', magnitude: 'r_v', phase: 'theta_deg'},
    proportionalTo: 'power',
  },
};
