import {
  expectRange,
  registerCommands,
  scpiCommand,
  statusCommands,
  type ScpiCommand,
} from './scpi-command.ts';
import {ScpiError, formatNr3, parseBoolean, parseChoice, parseNumber, type UnitName} from './scpi-parser.ts';
import type {ScpiSourceCore} from './scpi-source-core.ts';
import {presetSettings, sourceLimits, type SourceSettings} from './scpi-source-state.ts';
import type {StatusRegister} from './scpi-status.ts';

export type SourceCommand = ScpiCommand<ScpiSourceCore>;
const command = scpiCommand<ScpiSourceCore>;

type KeyOf<Value> = {
  [K in keyof SourceSettings]: SourceSettings[K] extends Value ? K : never;
}[keyof SourceSettings];

interface NumberOptions {
  readonly unit: UnitName;
  readonly range: readonly [number, number] | ((settings: SourceSettings) => readonly [number, number]);
  /** Settle time after a change, s. */
  readonly settleS?: number;
  readonly resolution?: number;
  readonly isInteger?: boolean;
  /** Conflicts with other settings, checked on a copy with the new value. */
  readonly check?: (settings: SourceSettings) => void;
}

/** A number with MINimum, MAXimum, DEFault and range check. */
function numeric(pattern: string, key: KeyOf<number>, options: NumberOptions): SourceCommand {
  const rangeOf = (core: ScpiSourceCore): readonly [number, number] =>
    typeof options.range === 'function' ? options.range(core.settings) : options.range;
  const special = (core: ScpiSourceCore, text: string): number | undefined => {
    const word = text.toUpperCase();
    if (word === 'MIN' || word === 'MINIMUM') return rangeOf(core)[0];
    if (word === 'MAX' || word === 'MAXIMUM') return rangeOf(core)[1];
    if (word === 'DEF' || word === 'DEFAULT') return presetSettings()[key];
    return undefined;
  };
  const format = (value: number): string => (options.isInteger ? String(value) : formatNr3(value));
  return command({
    pattern,
    setCount: [1, 1],
    queryCount: [0, 1],
    set(core, [text]) {
      let value = special(core, text) ?? expectRange(parseNumber(text, options.unit), rangeOf(core));
      if (options.isInteger) value = Math.round(value);
      if (options.resolution !== undefined)
        value = Math.round(value / options.resolution) * options.resolution;
      value = Number(value.toPrecision(14));
      const changed = {...core.settings, [key]: value};
      options.check?.(changed);
      core.change(changed, options.settleS ?? 0);
    },
    query(core, [text]) {
      if (text === undefined) return format(core.settings[key]);
      const value = special(core, text);
      if (value === undefined) throw new ScpiError(-224);
      return format(value);
    },
  });
}

const boolean = (pattern: string, key: KeyOf<boolean>, settleS = 0): SourceCommand =>
  command({
    pattern,
    setCount: [1, 1],
    set: (core, [text]) => core.change({...core.settings, [key]: parseBoolean(text)}, settleS),
    query: (core) => (core.settings[key] ? '1' : '0'),
  });

const choice = (pattern: string, key: KeyOf<string>, choices: readonly string[]): SourceCommand =>
  command({
    pattern,
    setCount: [1, 1],
    set: (core, [text]) => core.change({...core.settings, [key]: parseChoice(text, choices)}, 0),
    query: (core) => core.settings[key],
  });

const register = (
  pattern: string,
  pick: (core: ScpiSourceCore) => StatusRegister,
): readonly SourceCommand[] => registerCommands(pattern, pick, {hasFilters: true});

const memoryIndex = (text: string): number => Math.round(expectRange(parseNumber(text, ''), [0, 99]));

/** Displayed frequencies are limited to what multiplier and offset make of the output range. */
const displayedRange = ({frequencyMultiplier: multiplier, frequencyOffsetHz: offset}: SourceSettings) => {
  const [low, high] = sourceLimits.frequencyHz.map((hz) => hz * multiplier + offset) as [number, number];
  return [Math.min(low, high), Math.max(low, high)] as const;
};
/** Displayed levels are limited to what the offset makes of the output's. */
const displayedLevels = ({levelOffsetDb}: SourceSettings): readonly [number, number] => {
  const [low, high] = sourceLimits.levelDbm;
  return [low + levelOffsetDb, high + levelOffsetDb];
};
const pulseFits = ({pulseInternal, pulseWidthS, pulsePeriodS}: SourceSettings): void => {
  if (pulseInternal === 'FRUN' && pulseWidthS > pulsePeriodS) throw new ScpiError(-221);
};
/** Time until frequency, level and switches have settled, s (section 6). */
const settleS = 0.02;

const common: readonly SourceCommand[] = [
  command({pattern: '*IDN', query: () => 'Agilent Technologies, N5183A, MY00000001, A.01.80'}),
  command({pattern: '*OPT', query: () => '520,UNT,UNW,UNU'}),
  command({pattern: '*RST', set: (core) => core.preset()}),
  command({pattern: '*CLS', set: (core) => core.clearStatus()}),
  command({pattern: '*TRG', set: () => undefined}),
  command({pattern: '*OPC', set: (core) => core.reportCompletion(), query: () => '1', wait: 'until-idle'}),
  ...statusCommands<ScpiSourceCore>(),
  command({pattern: '*SAV', setCount: [1, 2], set: (core, [text]) => core.save(memoryIndex(text))}),
  command({pattern: '*RCL', setCount: [1, 2], set: (core, [text]) => core.recall(memoryIndex(text))}),
];

const frequencyAndLevel: readonly SourceCommand[] = [
  numeric('[:SOURce]:FREQuency[:CW]', 'frequencyHz', {
    unit: 'Hz',
    range: displayedRange,
    settleS,
    resolution: 1e-3,
  }),
  numeric('[:SOURce]:FREQuency:FIXed', 'frequencyHz', {
    unit: 'Hz',
    range: displayedRange,
    settleS,
    resolution: 1e-3,
  }),
  choice('[:SOURce]:FREQuency:MODE', 'frequencyMode', ['CW', 'FIXed', 'SWEep', 'LIST']),
  numeric('[:SOURce]:FREQuency:STARt', 'startHz', {unit: 'Hz', range: displayedRange}),
  numeric('[:SOURce]:FREQuency:STOP', 'stopHz', {unit: 'Hz', range: displayedRange}),
  command({
    pattern: '[:SOURce]:FREQuency:CENTer',
    setCount: [1, 1],
    set(core, [text]) {
      const centerHz = expectRange(parseNumber(text, 'Hz'), displayedRange(core.settings));
      const halfHz = (core.settings.stopHz - core.settings.startHz) / 2;
      core.change({...core.settings, startHz: centerHz - halfHz, stopHz: centerHz + halfHz}, 0);
    },
    query: (core) => formatNr3((core.settings.startHz + core.settings.stopHz) / 2),
  }),
  command({
    pattern: '[:SOURce]:FREQuency:SPAN',
    setCount: [1, 1],
    set(core, [text]) {
      const spanHz = expectRange(parseNumber(text, 'Hz'), [0, sourceLimits.frequencyHz[1]]);
      const centerHz = (core.settings.startHz + core.settings.stopHz) / 2;
      core.change({...core.settings, startHz: centerHz - spanHz / 2, stopHz: centerHz + spanHz / 2}, 0);
    },
    query: (core) => formatNr3(core.settings.stopHz - core.settings.startHz),
  }),
  command({
    pattern: '[:SOURce]:FREQuency:OFFSet',
    setCount: [1, 1],
    set: (core, [text]) => core.setDisplayOffset(expectRange(parseNumber(text, 'Hz'), [-200e9, 200e9])),
    query: (core) => formatNr3(core.settings.frequencyOffsetHz),
  }),
  command({
    pattern: '[:SOURce]:FREQuency:MULTiplier',
    setCount: [1, 1],
    set: (core, [text]) => core.setDisplayMultiplier(expectRange(parseNumber(text, ''), [1, 100])),
    query: (core) => formatNr3(core.settings.frequencyMultiplier),
  }),
  numeric('[:SOURce]:POWer[:LEVel][:IMMediate][:AMPLitude]', 'levelDbm', {
    unit: 'dBm',
    range: displayedLevels,
    settleS,
    resolution: 0.01,
  }),
  command({
    pattern: '[:SOURce]:POWer[:LEVel][:IMMediate]:OFFSet',
    setCount: [1, 1],
    set: (core, [text]) => core.setLevelOffset(expectRange(parseNumber(text, 'dB'), [-200, 200])),
    query: (core) => formatNr3(core.settings.levelOffsetDb),
  }),
  choice('[:SOURce]:POWer:MODE', 'levelMode', ['FIXed', 'SWEep', 'LIST']),
  numeric('[:SOURce]:POWer:STARt', 'startDbm', {unit: 'dBm', range: displayedLevels}),
  numeric('[:SOURce]:POWer:STOP', 'stopDbm', {unit: 'dBm', range: displayedLevels}),
  boolean('[:SOURce]:POWer:ALC[:STATe]', 'isAlcOn'),
  boolean('[:SOURce]:FREQuency:REFerence:STATe', 'isFrequencyRelative'),
  boolean('[:SOURce]:POWer:REFerence:STATe', 'isLevelRelative'),
  choice(':UNIT:POWer', 'levelUnit', ['DBM', 'DBUV', 'V']),
  numeric('[:SOURce]:PHASe[:ADJust]', 'phaseRad', {unit: 'rad', range: [-2 * Math.PI, 2 * Math.PI]}),
  choice('[:SOURce]:ROSCillator:SOURce', 'referenceSource', ['INTernal', 'EXTernal']),
  boolean('[:SOURce]:ROSCillator:SOURce:AUTO', 'isReferenceAuto'),
  boolean(':OUTPut[:STATe]', 'isOutputOn', settleS),
  boolean(':OUTPut:MODulation[:STATe]', 'isModulationOn', settleS),
  boolean(':DISPlay[:WINDow][:STATe]', 'isDisplayOn'),
];

const modulation: readonly SourceCommand[] = [
  boolean('[:SOURce]:PULM:STATe', 'isPulseOn', settleS),
  choice('[:SOURce]:PULM:SOURce', 'pulseSource', ['INTernal', 'EXTernal', 'SCALar']),
  choice('[:SOURce]:PULM:SOURce:INTernal', 'pulseInternal', [
    'SQUare',
    'FRUN',
    'TRIGgered',
    'DOUBlet',
    'GATEd',
  ]),
  numeric('[:SOURce]:PULM:INTernal:FREQuency', 'pulseHz', {unit: 'Hz', range: sourceLimits.pulseHz}),
  numeric('[:SOURce]:PULM:INTernal:PERiod', 'pulsePeriodS', {
    unit: 's',
    range: sourceLimits.pulsePeriodS,
    check: pulseFits,
  }),
  numeric('[:SOURce]:PULM:INTernal:PWIDth', 'pulseWidthS', {
    unit: 's',
    range: sourceLimits.pulseWidthS,
    check: pulseFits,
  }),
  numeric('[:SOURce]:PULM:INTernal:DELay', 'pulseDelayS', {unit: 's', range: [-42, 42]}),
  boolean('[:SOURce]:AM:STATe', 'isAmOn', settleS),
  boolean('[:SOURce]:FM:STATe', 'isFmOn', settleS),
  boolean('[:SOURce]:PM:STATe', 'isPmOn', settleS),
  numeric('[:SOURce]:AM[:DEPTh]', 'amDepthPercent', {unit: 'percent', range: [0, 100]}),
  choice('[:SOURce]:AM:SOURce', 'amSource', ['INTernal', 'INT2', 'EXTernal', 'EXT2']),
  numeric('[:SOURce]:AM:INTernal:FREQuency', 'amHz', {unit: 'Hz', range: sourceLimits.modulationHz}),
  choice('[:SOURce]:AM:INTernal:FUNCtion:SHAPe', 'amShape', [
    'SINE',
    'TRIangle',
    'SQUare',
    'RAMP',
    'NOISe',
    'DUALsine',
    'SWEPtsine',
  ]),
  boolean('[:SOURce]:LFOutput:STATe', 'isLfoOn'),
  choice('[:SOURce]:LFOutput:SOURce', 'lfoSource', ['INTernal', 'INT2', 'FUNCtion', 'FUNC2']),
  numeric('[:SOURce]:LFOutput:AMPLitude', 'lfoV', {unit: 'V', range: [0, 3.5]}),
  numeric('[:SOURce]:LFOutput:FUNCtion:FREQuency', 'lfoHz', {unit: 'Hz', range: sourceLimits.modulationHz}),
  choice('[:SOURce]:LFOutput:FUNCtion:SHAPe', 'lfoShape', [
    'SINE',
    'TRIangle',
    'SQUare',
    'RAMP',
    'PULSe',
    'DC',
  ]),
];

const sweepAndSystem: readonly SourceCommand[] = [
  numeric('[:SOURce]:SWEep:DWELl', 'sweepDwellS', {unit: 's', range: [1e-3, 60]}),
  numeric('[:SOURce]:SWEep:POINts', 'sweepPoints', {unit: '', range: [2, 65_535], isInteger: true}),
  choice('[:SOURce]:SWEep:GENeration', 'sweepGeneration', ['STEPped', 'ANALog']),
  choice('[:SOURce]:SWEep:MODE', 'sweepMode', ['AUTO', 'MANual']),
  boolean('[:SOURce]:LIST:RETRace', 'isListRetracing'),
  command({pattern: '[:SOURce]:TSWeep', set: (core) => core.startSweep()}),
  command({pattern: ':TSWeep', set: (core) => core.startSweep()}),
  command({pattern: ':INITiate[:IMMediate]', set: (core) => core.startSweep()}),
  boolean(':INITiate:CONTinuous', 'isContinuous'),
  command({pattern: ':TRIGger[:SEQuence][:IMMediate]', set: () => undefined}),
  command({pattern: ':ABORt', set: (core) => core.abortSweep()}),
  command({pattern: ':SYSTem:ERRor[:NEXT]', query: (core) => core.status.takeErrorText()}),
  command({pattern: ':SYSTem:ERRor:COUNt', query: (core) => String(core.status.errorCount)}),
  command({
    pattern: ':SYSTem:ERRor:ALL',
    query(core) {
      const texts = [core.status.takeErrorText()];
      while (core.status.errorCount > 0) texts.push(core.status.takeErrorText());
      return texts.join(',');
    },
  }),
  command({pattern: ':SYSTem:PRESet', set: (core) => core.preset()}),
  command({pattern: ':SYSTem:VERSion', query: () => '1999.0'}),
  ...register(':STATus:OPERation', (core) => core.status.operation),
  ...register(':STATus:QUEStionable', (core) => core.status.questionable),
  ...register(':STATus:QUEStionable:POWer', (core) => core.status.power),
];

/** Everything it obeys. */
export const sourceCommands: readonly SourceCommand[] = [
  ...common,
  ...frequencyAndLevel,
  ...modulation,
  ...sweepAndSystem,
];
