import type {SourceConfig} from '../../src/contract/bench-file.ts';
import type {Fact, SettingsSnapshot, SettingValue, SourceState} from '../../src/contract/devices.ts';
import type {Parameter} from '../kit/index.ts';

/** What the program has made of a source: on at a working point, or off. */
export type SourceOrder =
  | {readonly isOutputOn: false}
  | {readonly isOutputOn: true; readonly powerDbm: number; readonly outputFrequencyHz: number};

/** A condition register of the instrument and the bits of it that a reading suffers from. */
export interface StatusQuery {
  readonly query: string;
  readonly name: string;
  readonly label: string;
  /** The register shows what is now; one that also shows what was must only not change. */
  readonly isLive: boolean;
  readonly bits: readonly (readonly [bit: number, words: string])[];
}

export const levelToleranceDb = 0.06;
export const frequencyToleranceRatio = 1e-9;
export const modulationToleranceRatio = 1e-3;

/** What the instrument has answered for a condition. */
export interface SourceReadings {
  readonly state: SourceState;
  readonly hasModulation: boolean;
  readonly status: readonly {readonly of: StatusQuery; readonly value: number}[];
  /** All other settings that the instrument knows. */
  readonly parameters: SettingsSnapshot;
}

/** In the state already, or a fact of its own. */
const reportedOtherwise: ReadonlySet<string> = new Set([
  'frequencyHz',
  'powerDbm',
  'isOutputOn',
  'pulseRateHz',
]);

/** What is expected of a condition, and against what it is counted. */
export interface ConditionContext {
  readonly config: SourceConfig;
  readonly changeCount: number;
  readonly parameters: readonly Parameter[];
}

type OnOrder = Extract<SourceOrder, {readonly isOutputOn: true}>;
type MakeFact = (name: string, label: string, value: Fact['value'], more?: Partial<Fact>) => Fact;

/** The facts of one condition. Without an order nobody has turned the source on or off yet: then nothing may change. */
export function factsOfSource(
  found: SourceReadings,
  order: SourceOrder | undefined,
  context: ConditionContext,
): Fact[] {
  const {changeCount} = context;
  const on = order?.isOutputOn === true ? order : undefined;
  const fact: MakeFact = (name, label, value, more = {}) => ({
    name,
    label,
    unit: '',
    value,
    changeCount,
    ...more,
  });
  return [
    fact('isOutputOn', 'RF output', found.state.isOutputOn, {expected: order?.isOutputOn}),
    ...workingPointFacts(fact, found, on),
    ...(found.hasModulation ? modulationFacts(fact, found, on, context.config) : []),
    ...statusFacts(fact, found, on),
    ...settingFacts(fact, found, on, context.parameters),
  ];
}

const workingPointFacts = (fact: MakeFact, {state}: SourceReadings, on: OnOrder | undefined): Fact[] => [
  fact('outputFrequencyHz', 'frequency behind the chain', state.outputFrequencyHz, {
    unit: 'Hz',
    expected: on?.outputFrequencyHz,
    tolerance: (on?.outputFrequencyHz ?? state.outputFrequencyHz) * frequencyToleranceRatio,
  }),
  fact('powerDbm', 'level into the chain', state.powerDbm, {
    unit: 'dBm',
    expected: on?.powerDbm,
    tolerance: levelToleranceDb,
    aspect: 'source-level',
  }),
];

const modulationFacts = (
  fact: MakeFact,
  {state}: SourceReadings,
  on: OnOrder | undefined,
  {modulationHz}: SourceConfig,
): Fact[] => [
  fact('isModulationOn', 'modulation', state.isModulationOn, {expected: on ? true : undefined}),
  fact('modulationHz', 'rate of the modulation', state.modulationHz, {
    unit: 'Hz',
    expected: on ? modulationHz : undefined,
    tolerance: modulationHz * modulationToleranceRatio,
  }),
];

const statusFacts = (fact: MakeFact, {status}: SourceReadings, on: OnOrder | undefined): Fact[] =>
  status.map(({of, value}) => {
    const words = of.bits.filter(([bit]) => (value & (1 << bit)) !== 0).map(([, text]) => text);
    return fact(of.name, `${of.label} (${of.query})`, words.length === 0 ? 'good' : words.join(', '), {
      expected: on && of.isLive ? 'good' : undefined,
      aspect: 'source-status',
    });
  });

const settingFacts = (
  fact: MakeFact,
  found: SourceReadings,
  on: OnOrder | undefined,
  parameters: readonly Parameter[],
): Fact[] =>
  Object.entries(found.parameters)
    .filter(([name]) => !reportedOtherwise.has(name))
    .map(([name, value]) => {
      const meta = parameters.find((candidate) => candidate.name === name);
      return fact(name, meta?.label ?? name, value, {
        unit: meta?.unit ?? '',
        expected: on && safeValue(meta, value),
      });
    });

/** What a setting must be for frequency and level to be true while RF is on: one of the safe values. */
function safeValue(parameter: Parameter | undefined, value: SettingValue): SettingValue | undefined {
  const {meaning} = parameter ?? {};
  if (meaning?.isNamedByBench !== true) return undefined;
  return meaning.safe.includes(value) ? value : meaning.safe[0];
}
