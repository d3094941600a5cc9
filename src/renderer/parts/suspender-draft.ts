import {type Suspender, suspenderSchema} from '../../contract/suspender.ts';

type When = Suspender['when'];

/**
 * A condition as it is being typed: fields by their names in the contract, in its units. A number that cannot be taken is
 * not-a-number, one that is not given null.
 */
export interface SuspenderDraft {
  readonly when: When;
  readonly values: Readonly<Record<string, number | string | null>>;
}

/** What suspends the next run: what the bench file says, or what is listed. */
export interface SuspendingDraft {
  readonly suspendersBy: 'bench' | 'own';
  readonly suspenders: readonly SuspenderDraft[];
}

export const initialSuspending: SuspendingDraft = {suspendersBy: 'bench', suspenders: []};

/** A number field of a condition; `factor` is how much of its unit on screen is one of the contract's. */
export interface SuspenderField {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly factor: number;
  readonly isOptional: boolean;
}

const field = (
  name: string,
  label: string,
  unit: string,
  {factor = 1, isOptional = false} = {},
): SuspenderField => ({name, label, unit, factor, isOptional});

const settling = [
  field('settleS', 'Well for', 's'),
  field('longestS', 'Ends the run after', 's', {isOptional: true}),
];

/** The numbers of each condition, in the order in which they are asked for. */
export const suspenderFields: Readonly<Record<When, readonly SuspenderField[]>> = {
  'source-level': [
    field('toleranceDb', 'Off by more than', 'dB'),
    field('hysteresisDb', 'Well again nearer by', 'dB'),
    ...settling,
  ],
  'source-status': settling,
  'reference-lock': settling,
  input: [
    field('minimum', 'Lowest', '', {isOptional: true}),
    field('maximum', 'Highest', '', {isOptional: true}),
    field('hysteresis', 'Well again inside by', ''),
    ...settling,
  ],
  'reference-drift': [
    field('ratio', 'Off by more than', '%', {factor: 100}),
    field('hysteresisRatio', 'Well again nearer by', '%', {factor: 100}),
    field('phaseDeg', 'Phase off by more than', '°', {isOptional: true}),
    field('hysteresisDeg', 'Phase well again nearer by', '°'),
    ...settling,
  ],
  'disk-space': [
    field('leastBytes', 'Less than', 'MB', {factor: 1e-6}),
    field('hysteresisBytes', 'Well again with more by', 'MB', {factor: 1e-6}),
    ...settling,
  ],
  'operator-absent': [field('absentS', 'Nobody for', 's'), ...settling],
};

/** Conditions that can be watched with RF off, so that it may be off in the pause. */
export const hasSourceChoice = (when: When): boolean =>
  when === 'reference-lock' || when === 'input' || when === 'disk-space' || when === 'operator-absent';

/** A condition with the contract's own defaults; an input is still to be chosen. */
export function newSuspender(when: When): SuspenderDraft {
  const checked = suspenderSchema.safeParse({
    when,
    ...(when === 'input' ? {role: '-', parameter: '-', minimum: 0} : {}),
  });
  const given: Record<string, unknown> = checked.success ? {...checked.data} : {};
  const values: Record<string, number | string | null> = {};
  for (const {name} of suspenderFields[when]) values[name] = numberOrNull(given[name]);
  if (when === 'input') Object.assign(values, {role: '', parameter: '', minimum: null});
  if (hasSourceChoice(when)) values['source'] = 'keep';
  return {when, values};
}

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** What is wrong with a condition, by field, in words. */
export type SuspenderProblems = Readonly<Partial<Record<string, string>>>;

export interface CheckedSuspending {
  /** What is asked for; undefined for what the bench file says. */
  readonly suspenders: Suspender[] | undefined;
  readonly isValid: boolean;
  /** For each condition. */
  readonly problems: readonly SuspenderProblems[];
}

/** Checks the conditions by the contract's own schema. */
export function checkSuspending({suspendersBy, suspenders}: SuspendingDraft): CheckedSuspending {
  if (suspendersBy === 'bench') return {suspenders: undefined, isValid: true, problems: []};
  const checked = suspenders.map(checkOne);
  return {
    suspenders: checked.flatMap(({suspender}) => suspender ?? []),
    isValid: checked.every(({suspender}) => suspender !== null),
    problems: checked.map(({problems}) => problems),
  };
}

function checkOne({when, values}: SuspenderDraft): {
  readonly suspender: Suspender | null;
  readonly problems: SuspenderProblems;
} {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
  const checked = suspenderSchema.safeParse({when, ...given});
  if (checked.success) return {suspender: checked.data, problems: {}};
  const problems: Partial<Record<string, string>> = {};
  for (const issue of checked.error.issues) {
    const name = String(issue.path[0] ?? 'minimum');
    problems[name] ??= wordsOf(
      issue,
      suspenderFields[when].find((own) => own.name === name),
    );
  }
  return {suspender: null, problems};
}

function wordsOf(
  issue: {
    readonly code?: string | undefined;
    readonly message: string;
    readonly minimum?: unknown;
    readonly maximum?: unknown;
    readonly inclusive?: unknown;
  },
  known: SuspenderField | undefined,
): string {
  if (!known) return issue.code === 'too_small' ? 'Choose one.' : `${issue.message}.`;
  const shown = (limit: unknown): string =>
    `${Number((Number(limit) * known.factor).toPrecision(12))}${known.unit === '' ? '' : ` ${known.unit}`}`;
  if (issue.code === 'too_small')
    return `${issue.inclusive === true ? 'At least' : 'More than'} ${shown(issue.minimum)}.`;
  if (issue.code === 'too_big')
    return `${issue.inclusive === true ? 'At most' : 'Less than'} ${shown(issue.maximum)}.`;
  if (issue.code === 'invalid_type') return 'Enter a number.';
  return `${issue.message.charAt(0).toUpperCase()}${issue.message.slice(1)}.`;
}
