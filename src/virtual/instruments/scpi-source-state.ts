/** Limits of the simulated model: a 20 GHz Keysight-like synthesiser. */
export const sourceLimits = {
  frequencyHz: [100e3, 20e9],
  levelDbm: [-110, 20],
  pulseHz: [0.1, 10e6],
  pulsePeriodS: [70e-9, 42],
  pulseWidthS: [10e-9, 42],
  modulationHz: [0.5, 1e6],
} as const satisfies Record<string, readonly [number, number]>;
/** The output amplifier no longer follows above this level. */
const levelledToDbm = 19;

export interface SourceSettings {
  /** Displayed frequency: output frequency x multiplier + offset. */
  frequencyHz: number;
  frequencyOffsetHz: number;
  frequencyMultiplier: number;
  frequencyMode: string;
  startHz: number;
  stopHz: number;
  /** Displayed level: output level + offset; start and stop of a sweep are displayed ones too. */
  levelDbm: number;
  levelOffsetDb: number;
  levelMode: string;
  startDbm: number;
  stopDbm: number;
  isAlcOn: boolean;
  isOutputOn: boolean;
  isModulationOn: boolean;
  isPulseOn: boolean;
  pulseSource: string;
  pulseInternal: string;
  pulseHz: number;
  pulsePeriodS: number;
  pulseWidthS: number;
  pulseDelayS: number;
  isAmOn: boolean;
  isFmOn: boolean;
  isPmOn: boolean;
  amDepthPercent: number;
  amSource: string;
  amHz: number;
  amShape: string;
  isLfoOn: boolean;
  lfoSource: string;
  lfoV: number;
  lfoHz: number;
  lfoShape: string;
  sweepDwellS: number;
  sweepPoints: number;
  sweepGeneration: string;
  sweepMode: string;
  isListRetracing: boolean;
  isContinuous: boolean;
  referenceSource: string;
  isReferenceAuto: boolean;
  phaseRad: number;
  levelUnit: string;
  isFrequencyRelative: boolean;
  isLevelRelative: boolean;
  isDisplayOn: boolean;
}

/** State after power-on and `*RST` (section 5): RF off, lowest level, modulation off, master modulation switch on. */
export const presetSettings = (): SourceSettings => ({
  frequencyHz: sourceLimits.frequencyHz[1],
  frequencyOffsetHz: 0,
  frequencyMultiplier: 1,
  frequencyMode: 'CW',
  startHz: sourceLimits.frequencyHz[1],
  stopHz: sourceLimits.frequencyHz[1],
  levelDbm: sourceLimits.levelDbm[0],
  levelOffsetDb: 0,
  levelMode: 'FIX',
  startDbm: sourceLimits.levelDbm[0],
  stopDbm: sourceLimits.levelDbm[0],
  isAlcOn: true,
  isOutputOn: false,
  isModulationOn: true,
  isPulseOn: false,
  pulseSource: 'INT',
  pulseInternal: 'FRUN',
  pulseHz: 400,
  pulsePeriodS: 80e-6,
  pulseWidthS: 40e-6,
  pulseDelayS: 0,
  isAmOn: false,
  isFmOn: false,
  isPmOn: false,
  amDepthPercent: 0.1,
  amSource: 'INT',
  amHz: 400,
  amShape: 'SINE',
  isLfoOn: false,
  lfoSource: 'INT',
  lfoV: 0,
  lfoHz: 400,
  lfoShape: 'SINE',
  sweepDwellS: 2e-3,
  sweepPoints: 101,
  sweepGeneration: 'STEP',
  sweepMode: 'AUTO',
  isListRetracing: true,
  isContinuous: true,
  referenceSource: 'INT',
  isReferenceAuto: true,
  phaseRad: 0,
  levelUnit: 'DBM',
  isFrequencyRelative: false,
  isLevelRelative: false,
  isDisplayOn: true,
});

/** What leaves the connectors, as the rest of the bench sees it. */
export interface RfState {
  readonly isOutputOn: boolean;
  readonly frequencyHz: number;
  readonly levelDbm: number;
  /** On-off modulation of the RF; `external` follows the lock-in's oscillator. */
  readonly chop: {
    readonly source: 'none' | 'internal' | 'external';
    readonly frequencyHz: number;
    readonly dutyRatio: number;
    /** Part of the power that is switched, 0..1. */
    readonly depthRatio: number;
  };
  /** Pulse sync or LF output: the lock-in's reference, Hz; null when no generator runs. */
  readonly syncHz: number | null;
}

export const outputFrequencyHz = (settings: SourceSettings): number =>
  (settings.frequencyHz - settings.frequencyOffsetHz) / settings.frequencyMultiplier;

/** At the connector; rounded, for sums of hundredths are no hundredths. */
export const outputLevelDbm = ({levelDbm, levelOffsetDb}: SourceSettings): number =>
  Number((levelDbm - levelOffsetDb).toFixed(6));

export const isUnlevelled = (settings: SourceSettings): boolean =>
  settings.isOutputOn && outputLevelDbm(settings) > levelledToDbm;

/** Frequency and duty of the internal pulse generator. */
function pulseTrain(settings: SourceSettings): {frequencyHz: number; dutyRatio: number} {
  if (settings.pulseInternal === 'SQU') return {frequencyHz: settings.pulseHz, dutyRatio: 0.5};
  return {
    frequencyHz: 1 / settings.pulsePeriodS,
    dutyRatio: Math.min(1, settings.pulseWidthS / settings.pulsePeriodS),
  };
}

export function rfState(settings: SourceSettings): RfState {
  const {isOutputOn} = settings;
  const base = {isOutputOn, levelDbm: outputLevelDbm(settings), frequencyHz: outputFrequencyHz(settings)};
  const none = {source: 'none', frequencyHz: 0, dutyRatio: 0.5, depthRatio: 0} as const;
  const lfoHz =
    settings.isLfoOn && settings.lfoV > 0
      ? settings.lfoSource === 'INT'
        ? settings.amHz
        : settings.lfoHz
      : null;
  // Without the master switch pulse and amplitude modulation do nothing (section 3).
  if (!settings.isModulationOn) return {...base, chop: none, syncHz: lfoHz};
  if (settings.isPulseOn) {
    const train = pulseTrain(settings);
    const isInternal = settings.pulseSource === 'INT' || settings.pulseSource === 'SCAL';
    return isInternal
      ? {...base, chop: {source: 'internal', ...train, depthRatio: 1}, syncHz: train.frequencyHz}
      : {...base, chop: {source: 'external', frequencyHz: 0, dutyRatio: 0.5, depthRatio: 1}, syncHz: lfoHz};
  }
  if (settings.isAmOn) {
    const depth = settings.amDepthPercent / 100;
    // Power between (1 - m)^2 and (1 + m)^2 of the carrier, as a part of the larger one.
    const depthRatio = 1 - ((1 - depth) / (1 + depth)) ** 2;
    const isInternal = settings.amSource.startsWith('INT');
    return isInternal
      ? {
          ...base,
          chop: {source: 'internal', frequencyHz: settings.amHz, dutyRatio: 0.5, depthRatio},
          syncHz: lfoHz ?? settings.amHz,
        }
      : {...base, chop: {source: 'external', frequencyHz: 0, dutyRatio: 0.5, depthRatio}, syncHz: lfoHz};
  }
  return {...base, chop: none, syncHz: lfoHz};
}
