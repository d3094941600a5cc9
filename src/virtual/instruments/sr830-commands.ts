import {wrapPhaseDeg, clampHarmonic, roundFrequencyHz} from './sr830-settings.ts';
import {formatG, formatSignedE} from '../number-text.ts';
import {encodeTraceBinary, encodeTraceCompact} from './sr830-buffer.ts';
import {highestDetectionHz, longestFreeTimeConstantIndex, lowRange} from './sr830-tables.ts';
import {
  ExecutionError,
  action,
  enableMask,
  eventByte,
  expectCount,
  indexed,
  integerIn,
  mask,
  numberIn,
  type Command,
} from './sr830-command.ts';
import type {Sr830Core} from './sr830-core.ts';

/** `OUTP?`, `SNAP?`: X, Y, R, theta, aux in 1-4, reference frequency, CH1, CH2. */
function parameterText(core: Sr830Core, index: number): string {
  const outputs = core.receiver.read();
  if (index <= 4) return formatG([outputs.x, outputs.y, outputs.r, outputs.thetaDeg][index - 1]);
  if (index <= 8) return formatG(core.readAuxInputV(index - 4));
  if (index === 9) return formatG(core.receiver.referenceHz);
  return formatG(core.receiver.readDisplay(index === 10 ? 0 : 1, outputs));
}

function traceArguments(
  core: Sr830Core,
  values: readonly number[],
): [channel: 0 | 1, start: number, count: number] {
  expectCount(values, 3);
  const channel = integerIn(values, 0, 1, 2) === 1 ? 0 : 1;
  const start = integerIn(values, 1, 0, 16_382);
  const count = integerIn(values, 2, 1, 16_383);
  if (start + count > core.buffers.pointCount) throw new ExecutionError('beyond the stored points');
  return [channel, start, count];
}

const gainChanged = (core: Sr830Core): void => core.rules.enforceMinimumTimeConstant(core.settings);

/** All commands of the sheet (sr830.md section 3), by mnemonic. */
export const commands: Readonly<Record<string, Command>> = {
  // Reference and phase
  PHAS: {
    set(core, values) {
      expectCount(values, 1);
      core.settings.phaseDeg = wrapPhaseDeg(numberIn(values, 0, -360, 729.99));
    },
    query: (core, values) => (expectCount(values, 0), formatG(core.settings.phaseDeg)),
  },
  FMOD: indexed('referenceSource', 1, (core) => core.announceSineOut()),
  FREQ: {
    set(core, values) {
      expectCount(values, 1);
      const frequencyHz = roundFrequencyHz(numberIn(values, 0, 0.001, highestDetectionHz));
      if (core.settings.referenceSource === 0) throw new ExecutionError('external reference');
      if (core.settings.harmonic * frequencyHz > highestDetectionHz)
        throw new ExecutionError('harmonic too high');
      core.settings.frequencyHz = frequencyHz;
      core.announceSineOut();
      core.rules.noticeFrequency(core.settings, frequencyHz * core.settings.harmonic);
    },
    query: (core, values) => (expectCount(values, 0), formatG(core.receiver.referenceHz)),
  },
  RSLP: indexed('referenceSlope', 2),
  HARM: {
    set(core, values) {
      expectCount(values, 1);
      core.settings.harmonic = clampHarmonic(integerIn(values, 0, 1, 19_999), core.receiver.referenceHz);
      core.rules.noticeFrequency(core.settings, core.receiver.referenceHz * core.settings.harmonic);
    },
    query: (core, values) => (expectCount(values, 0), String(core.settings.harmonic)),
  },
  SLVL: {
    set(core, values) {
      expectCount(values, 1);
      core.settings.sineLevelV = Math.round(numberIn(values, 0, 0.004, 5) * 500) / 500;
      core.announceSineOut();
    },
    query: (core, values) => (expectCount(values, 0), formatG(core.settings.sineLevelV)),
  },

  // Input and filter
  ISRC: indexed('inputSource', 3),
  IGND: indexed('inputGround', 1),
  ICPL: indexed('inputCoupling', 1),
  ILIN: indexed('lineFilter', 3),
  SENS: indexed('sensitivity', 26, gainChanged),
  RMOD: indexed('reserve', 2, gainChanged),
  OFLT: {
    set(core, values) {
      expectCount(values, 1);
      const index = integerIn(values, 0, 0, 19);
      const detectionHz = core.receiver.referenceHz * core.settings.harmonic;
      if (index > longestFreeTimeConstantIndex && detectionHz >= lowRange.limitHz)
        throw new ExecutionError('time constant above 30 s needs a detection frequency below 200 Hz');
      core.settings.timeConstant = index;
      core.rules.enforceMinimumTimeConstant(core.settings);
    },
    query: (core, values) => (expectCount(values, 0), String(core.settings.timeConstant)),
  },
  OFSL: indexed('slope', 3, gainChanged),
  SYNC: indexed('synchronous', 1),

  // Display, output, offset
  DDEF: {
    set(core, values) {
      expectCount(values, 2, 3);
      const channel = integerIn(values, 0, 1, 2) === 1 ? 0 : 1;
      const what = integerIn(values, 1, 0, 4);
      const ratio = values.length === 3 ? integerIn(values, 2, 0, 2) : 0;
      core.settings.display[channel] = [what, ratio];
    },
    query(core, values) {
      expectCount(values, 1);
      return core.settings.display[integerIn(values, 0, 1, 2) === 1 ? 0 : 1].join(',');
    },
  },
  FPOP: {
    set(core, values) {
      expectCount(values, 2);
      const channel = integerIn(values, 0, 1, 2) - 1;
      core.settings.frontOutput[channel] = integerIn(values, 1, 0, 1);
    },
    query(core, values) {
      expectCount(values, 1);
      return String(core.settings.frontOutput[integerIn(values, 0, 1, 2) - 1]);
    },
  },
  OEXP: {
    set(core, values) {
      expectCount(values, 3);
      const index = integerIn(values, 0, 1, 3) - 1;
      const percent = Math.round(numberIn(values, 1, -105, 105) * 100) / 100 + 0;
      core.settings.offsets[index] = {percent, expandIndex: integerIn(values, 2, 0, 2)};
      gainChanged(core);
    },
    query(core, values) {
      expectCount(values, 1);
      const offset = core.settings.offsets[integerIn(values, 0, 1, 3) - 1];
      return `${formatG(offset.percent)},${offset.expandIndex}`;
    },
  },
  AOFF: {
    set(core, values) {
      expectCount(values, 1);
      core.autoOffset(integerIn(values, 0, 1, 3) - 1);
    },
  },
  AUXV: {
    set(core, values) {
      expectCount(values, 2);
      const index = integerIn(values, 0, 1, 4) - 1;
      core.settings.auxOutputV[index] = Math.round(numberIn(values, 1, -10.5, 10.5) * 1000) / 1000 + 0;
    },
    query(core, values) {
      expectCount(values, 1);
      return formatG(core.settings.auxOutputV[integerIn(values, 0, 1, 4) - 1]);
    },
  },
  OAUX: {
    query(core, values) {
      expectCount(values, 1);
      return formatG(core.readAuxInputV(integerIn(values, 0, 1, 4)));
    },
  },

  // Auto functions
  AGAN: action((core) => core.autoGain()),
  ARSV: action((core) => core.autoReserve()),
  APHS: action((core) => core.autoPhase()),

  // Data storage
  SRAT: indexed('sampleRate', 14, (core) => core.sampleRateChanged()),
  SEND: indexed('isLoop', 1),
  TSTR: indexed('triggerStarts', 1),
  TRIG: action((core) => core.trigger()),
  STRT: action((core) => core.buffers.start(core.time.nowS(), core.settings)),
  STRD: action((core) => core.startDelayed()),
  PAUS: action((core) => core.buffers.pause()),
  REST: action((core) => core.buffers.reset()),
  SPTS: {query: (core, values) => (expectCount(values, 0), String(core.buffers.pointCount))},
  FAST: indexed('fastMode', 2),
  TRCA: {
    query(core, values) {
      const points = core.buffers.read(...traceArguments(core, values));
      return Array.from(points, (value) => `${formatSignedE(value)},`).join('');
    },
  },
  TRCB: {query: (core, values) => encodeTraceBinary(core.buffers.read(...traceArguments(core, values)))},
  TRCL: {
    query(core, values) {
      const [channel, start, count] = traceArguments(core, values);
      return encodeTraceCompact(
        core.buffers.read(channel, start, count),
        core.receiver.displayStepPower(channel),
      );
    },
  },

  // Reading
  OUTP: {
    query(core, values) {
      expectCount(values, 1);
      return parameterText(core, integerIn(values, 0, 1, 4));
    },
  },
  OUTR: {
    query(core, values) {
      expectCount(values, 1);
      return formatG(core.receiver.readDisplay(integerIn(values, 0, 1, 2) === 1 ? 0 : 1));
    },
  },
  SNAP: {
    query(core, values) {
      expectCount(values, 2, 6);
      const indices = values.map((_, i) => integerIn(values, i, 1, 11));
      return indices.map((index) => parameterText(core, index)).join(',');
    },
  },

  // Set-up and interface
  OUTX: {
    set(core, values) {
      expectCount(values, 1);
      core.outputInterface = integerIn(values, 0, 0, 1) === 0 ? 'rs232' : 'gpib';
    },
    query: (core, values) => (expectCount(values, 0), core.outputInterface === 'rs232' ? '0' : '1'),
  },
  OVRM: indexed('overrideRemote', 1),
  KCLK: indexed('keyClick', 1),
  ALRM: indexed('alarm', 1),
  LOCL: {
    set(core, values) {
      expectCount(values, 1);
      core.localMode = integerIn(values, 0, 0, 2);
    },
    query: (core, values) => (expectCount(values, 0), String(core.localMode)),
  },
  SSET: {
    set(core, values) {
      expectCount(values, 1);
      core.storeSettings(integerIn(values, 0, 1, 9));
    },
  },
  RSET: {
    set(core, values) {
      expectCount(values, 1);
      if (!core.recallSettings(integerIn(values, 0, 1, 9))) throw new ExecutionError('empty memory');
    },
  },

  // Status
  '*IDN': {
    query: (_, values) => (expectCount(values, 0), 'Stanford_Research_Systems,SR830,s/n12345,ver1.07'),
  },
  '*RST': action((core) => core.restoreStandard()),
  '*CLS': action((core) => core.status.clear()),
  '*ESE': enableMask((core) => core.status.event),
  '*SRE': mask(
    (core) => core.status.serviceEnable,
    (core, value) => (core.status.serviceEnable = value),
  ),
  '*PSC': {
    set(core, values) {
      expectCount(values, 1);
      core.status.powerOnClear = integerIn(values, 0, 0, 1);
    },
    query: (core, values) => (expectCount(values, 0), String(core.status.powerOnClear)),
  },
  ERRE: enableMask((core) => core.status.error),
  LIAE: enableMask((core) => core.status.lockIn),
  '*ESR': eventByte((core) => core.status.event),
  ERRS: eventByte((core) => core.status.error),
  LIAS: eventByte((core) => core.status.lockIn),
  '*STB': {
    query(core, values) {
      expectCount(values, 0, 1);
      const byte = core.pollByte();
      return String(values.length === 0 ? byte : (byte >> integerIn(values, 0, 0, 7)) & 1);
    },
  },
};
