import {keepPreviousData, skipToken, useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import type {ApiInputs} from '../../../contract/api/index.ts';
import {plateFrameSchema, printerSchema, type PrintCheck} from '../../../contract/plate-export.ts';
import {isDisconnect, problemFrom, queries} from '../../connection/index.ts';
import {NumberField, ProblemBox, Switch, useDebounced} from '../../parts/index.ts';
import styles from './TrainingStudio.module.css';

const printerDefaults = printerSchema.parse({});
const frameDefaults = plateFrameSchema.parse({});

/** What the printer can do. */
const printerNames = ['sliceMm', 'lateralDpi', 'thinnestMm', 'densityGPerCm3'] as const;
/** What surrounds the relief, and how a plate stands in the holder. */
const frameNames = ['rimMm', 'rimThicknessMm', 'clearanceMm', 'wallMm', 'foilMm', 'bridgeMm'] as const;

type PrinterName = (typeof printerNames)[number];
type FrameName = (typeof frameNames)[number];

/** Numbers of the form; not-a-number while one is being typed. */
export type PrintValues = Readonly<Record<PrinterName | FrameName, number>>;

const pick = (values: Partial<PrintValues>, names: readonly (keyof PrintValues)[]): Partial<PrintValues> =>
  Object.fromEntries(names.map((name) => [name, values[name]]));

export const defaultPrintValues: PrintValues = {...printerDefaults, ...frameDefaults};

/** Whether every number can be taken. */
export const isFilledIn = (values: PrintValues): boolean =>
  [...printerNames, ...frameNames].every((name) => Number.isFinite(values[name]));

/** As the host takes them. */
export const printOptionsOf = (values: PrintValues) => ({
  printer: pick(values, printerNames),
  frame: pick(values, frameNames),
});

interface FieldRow {
  readonly name: keyof PrintValues;
  readonly label: string;
  readonly unit: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
}

const mm = (
  name: FieldRow['name'],
  label: string,
  [minimum, maximum]: readonly [number, number],
): FieldRow => ({
  name,
  label,
  unit: 'mm',
  minimum,
  maximum,
  step: name === 'sliceMm' ? 0.001 : 0.1,
});

const printerRows: readonly FieldRow[] = [
  mm('sliceMm', 'Slice', [0.001, 10]),
  {name: 'lateralDpi', label: 'Lateral resolution', unit: 'dpi', minimum: 1, maximum: 100_000, step: 50},
  mm('thinnestMm', 'Thinnest sheet', [0.01, 100]),
  {name: 'densityGPerCm3', label: 'Density', unit: 'g/cm³', minimum: 0.01, maximum: 30, step: 0.01},
];
const frameRows: readonly FieldRow[] = [
  mm('rimMm', 'Rim width', [6, 100]),
  mm('rimThicknessMm', 'Rim thickness', [0.01, 100]),
  mm('clearanceMm', 'Play in the slot', [0, 5]),
  mm('wallMm', 'Wall between slots', [0.01, 100]),
  mm('foilMm', 'Foil', [0.001, 10]),
  mm('bridgeMm', 'Bridges of a foil (0: none)', [0, 100]),
];

interface PrintFieldsProps {
  readonly values: PrintValues;
  readonly onChange: (values: PrintValues) => void;
}

/** Printer, and on demand rim, holder and foils. */
export function PrintFields({values, onChange}: PrintFieldsProps): ReactElement {
  const [hasMore, setMore] = useState(false);
  return (
    <>
      <Numbers rows={printerRows} {...{values, onChange}} />
      <Switch isSelected={hasMore} onChange={setMore}>
        Rim, holder and foils
      </Switch>
      {hasMore && <Numbers rows={frameRows} {...{values, onChange}} />}
    </>
  );
}

function Numbers(props: PrintFieldsProps & {readonly rows: readonly FieldRow[]}): ReactElement {
  const {rows, values, onChange} = props;
  return (
    <div className={styles.fields}>
      {rows.map(({name, ...row}) => (
        <NumberField
          key={name}
          {...row}
          value={values[name]}
          onChange={(value) => onChange({...values, [name]: value})}
        />
      ))}
    </div>
  );
}

/** What the host says of a print before anything is made. */
export interface PrintCheckState {
  /** Null until the answer is there. */
  readonly check: PrintCheck | null;
  /** Why it cannot be made or could not be judged; ''. */
  readonly problem: string;
}

/** Has the host look at a print a moment after its form last changed; `settings` is null while a field is wrong. */
export function usePrintCheck(settings: ApiInputs['design']['checkPrint'] | null): PrintCheckState {
  // The form makes another object at each drawing; what it says tells whether it is another one.
  const text = JSON.stringify(settings);
  const isSettled = useDebounced(text, 300) === text;
  const {data, error} = useQuery(
    queries.design.checkPrint.queryOptions({
      input: settings !== null && isSettled ? settings : skipToken,
      placeholderData: keepPreviousData,
      retry: false,
      gcTime: 10_000,
    }),
  );
  return {
    check: data ?? null,
    problem: error && !isDisconnect(error) ? problemFrom(error).message : (data?.problem ?? ''),
  };
}

export function PrintCheckView({check, problem}: PrintCheckState): ReactElement {
  const size = check && `Plates of ${check.sideMm.toFixed(1)} mm with their rim`;
  return (
    <>
      {problem !== '' && <ProblemBox problem={{message: problem}} />}
      {check && problem === '' && (
        <p role="status">
          {size}, {check.lowestMm.toFixed(2)} to {check.highestMm.toFixed(2)} mm thick; whole slices cost{' '}
          {check.rounding.rmsRad.toFixed(3)} rad RMS.
        </p>
      )}
      {check?.warnings.map((warning) => (
        <ProblemBox key={warning} level="attention" problem={{message: warning}} />
      ))}
    </>
  );
}
