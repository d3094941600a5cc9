/**
 * Names that fields of answers had before the trade's words replaced them (decision 0016). Programs that were written
 * for the former names go on working: over every transport an answer carries both, and the OpenAPI document marks the
 * former ones as deprecated. Handlers, the window and the command line know the present names alone.
 */
export interface FormerName {
  /** Where the object that has the field stands in the answer: `job.convergence[]`; '' for the answer itself. */
  readonly at: string;
  readonly name: string;
  readonly former: string;
  /** Values that were called otherwise as well: former value by present one. */
  readonly formerValues?: Readonly<Record<string, string>>;
}

const unexplainedRatio = {name: 'unexplainedRatio', former: 'lackRatio'};
const manualSteps = {name: 'manualSteps', former: 'byHand'};
const label = {name: 'label', former: 'word'};
const calibrationStatus = [
  {name: 'status', former: 'state', formerValues: {revoked: 'taken-back'}},
  {name: 'statusText', former: 'stateText'},
];
const alignSummary = [
  unexplainedRatio,
  {name: 'status', former: 'standing', formerValues: {active: 'in-force', revoked: 'taken-back'}},
  {name: 'statusText', former: 'standingText'},
];

const at = (place: string, ...names: readonly Omit<FormerName, 'at'>[]): FormerName[] =>
  names.map((one) => ({at: place, ...one}));

/** Of an alignment's result and convergence, wherever they stand. */
const inAlignment = (place: string): FormerName[] =>
  ['result.orientation[]', 'result.before', 'result.after', 'convergence[]'].flatMap((own) =>
    at(`${place}${own}`, unexplainedRatio),
  );
const inCalibration = (place: string): FormerName[] => [
  ...at(place, ...calibrationStatus),
  ...inAlignment(`${place}.value.`),
];

/** By procedure, as `feature.name`. */
export const formerNames: Readonly<Record<string, readonly FormerName[]>> = {
  'align.status': at('job.convergence[]', unexplainedRatio),
  'align.results': at('alignments[]', ...alignSummary),
  'align.result': [...at('summary', ...alignSummary), ...inAlignment('')],
  'align.accept': at('', ...alignSummary),
  'align.undo': at('', ...alignSummary),
  'align.nextProbe': at('', unexplainedRatio),
  'align.planeOrder': at('', unexplainedRatio),
  'correction.plan': at('', manualSteps),
  'correction.list': at('corrections[]', manualSteps),
  'bench.status': at('instruments[]', label),
  'sessions.get': inCalibration('calibrations[]'),
  'sessions.calibrations': inCalibration('[]'),
};

/**
 * A procedure's answer with the former names beside the present ones. Answers without any come back as they are; of the
 * others only the objects on the way to a renamed field are copied.
 */
export function withFormerNames(procedure: string, answer: unknown): unknown {
  return (formerNames[procedure] ?? []).reduce(
    (known, one) => addFormerName(known, stepsTo(one.at), one),
    answer,
  );
}

/** `job.convergence[]` as `job`, `convergence`, `[]`. */
export const stepsTo = (place: string): readonly string[] =>
  place
    .split('.')
    .flatMap((part) => (part.endsWith('[]') ? [part.slice(0, -2), '[]'] : [part]))
    .filter((step) => step !== '');

function addFormerName(value: unknown, steps: readonly string[], one: FormerName): unknown {
  const [step, ...rest] = steps;
  if (step === '[]')
    return Array.isArray(value) ? value.map((entry) => addFormerName(entry, rest, one)) : value;
  if (!isObject(value)) return value;
  if (step !== undefined)
    return step in value ? {...value, [step]: addFormerName(value[step], rest, one)} : value;
  if (!(one.name in value)) return value;
  const now = value[one.name];
  const former = typeof now === 'string' ? (one.formerValues?.[now] ?? now) : now;
  return {...value, [one.former]: former};
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
