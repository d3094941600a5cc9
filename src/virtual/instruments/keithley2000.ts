import {createRandom, type Random} from '../../base/random.ts';
import type {ByteLine, VirtualInstrument} from '../byte-line.ts';
import {openInput, type DetectorInput} from '../detector-input.ts';
import type {VirtualDetector} from '../detector.ts';
import type {VirtualTime} from '../time.ts';
import {Transmitter} from '../transmitter.ts';
import {functionCommands, meterCommand, type MeterCommand} from './multimeter-commands.ts';
import {Multimeter} from './multimeter.ts';
import type {FunctionKind, MultimeterSpec} from './multimeter-settings.ts';
import {registerCommands, statusCommands} from './scpi-command.ts';
import {ScpiConversation} from './scpi-conversation.ts';
import {ScpiError, parseBoolean, parseChoice} from './scpi-parser.ts';
import {traceCommands} from './scpi-trace.ts';
import {triggerCommands} from './scpi-trigger.ts';

const open = (): number => Infinity;
const ohms = {ranges: [1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8], maximum: 120e6, valueFrom: open} as const;
const single = {ranges: [1e9], maximum: 1e9} as const;
const kinds: Readonly<Record<string, FunctionKind>> = {
  'VOLT:DC': {
    pattern: ':VOLTage[:DC]',
    ranges: [0.1, 1, 10, 100, 1000],
    maximum: 1010,
    valueFrom: ({meanV}) => meanV,
  },
  'VOLT:AC': {
    pattern: ':VOLTage:AC',
    ranges: [0.1, 1, 10, 100, 750],
    maximum: 757.5,
    valueFrom: ({alternatingV}) => alternatingV,
  },
  'CURR:DC': {pattern: ':CURRent[:DC]', ranges: [0.01, 0.1, 1, 3], maximum: 3.1, valueFrom: () => 0},
  'CURR:AC': {pattern: ':CURRent:AC', ranges: [1, 3], maximum: 3.1, valueFrom: () => 0},
  RES: {pattern: ':RESistance', ...ohms},
  FRES: {pattern: ':FRESistance', ...ohms},
  FREQ: {pattern: ':FREQuency', ...single, valueFrom: ({chopHz}) => chopHz},
  PER: {pattern: ':PERiod', ...single, valueFrom: ({chopHz}) => (chopHz > 0 ? 1 / chopHz : 0)},
  TEMP: {pattern: ':TEMPerature', ...single, valueFrom: open},
  DIOD: {pattern: ':DIODe', ...single, valueFrom: open},
  CONT: {pattern: ':CONTinuity', ...single, valueFrom: open},
};

/** Rms noise of the 10 V range by line cycles, V (specifications, Speed and noise rejection). */
const noiseAt10V = [
  [0.01, 150e-6],
  [0.1, 22e-6],
  [1, 4e-6],
  [10, 1.5e-6],
] as const;
/** Of the lowest range at one line cycle: not in the specifications, what such instruments show shorted. */
const leastNoiseV = 0.2e-6;

/** Rms noise of a conversion, V: between the specified rates along a power law. */
export function conversionNoiseV(lineCycles: number, rangeV: number): number {
  const above = Math.max(
    1,
    noiseAt10V.findIndex(([cycles], i) => i > 0 && lineCycles <= cycles),
  );
  const [[lowCycles, lowV], [highCycles, highV]] = [noiseAt10V[above - 1], noiseAt10V[above]];
  const part = Math.log(lineCycles / lowCycles) / Math.log(highCycles / lowCycles);
  const ofRange = (lowV * (highV / lowV) ** part * rangeV) / 10;
  return Math.hypot(ofRange, leastNoiseV / Math.sqrt(lineCycles));
}

const spec: MultimeterSpec = {
  kinds,
  lineHz: 50,
  overhead: {conversionS: 0.001, rangeChangeS: 0.03, autoDelayS: 0.001},
  conversionNoiseV,
  overflowText: '+9.9000E+37',
};

/** The function that a quoted name means, such as `"VOLT:DC"` or `'voltage'`. Throws -151 or -224. */
function functionFrom(text: string): string {
  const name = /^(["'])(.+)\1$/.exec(text)?.[2];
  if (name === undefined) throw new ScpiError(-151);
  const written = name.toUpperCase().replace(/^:/, '');
  const known = Object.entries(kinds).find(([, {pattern}]) => {
    const nodes = pattern
      .replace(/\[:DC\]/, ':DC')
      .slice(1)
      .split(':');
    const words = written.split(':');
    const isShort = words.length === 1 && nodes.length === 2 && nodes[1] === 'DC';
    return (
      (words.length === nodes.length || isShort) &&
      words.every((word, i) => word === nodes[i].toUpperCase() || word === nodes[i].replace(/[a-z]/g, ''))
    );
  });
  if (!known) throw new ScpiError(-224);
  return known[0];
}

const flagOf = (pattern: string, key: keyof Multimeter['switches']): MeterCommand =>
  meterCommand({
    pattern,
    setCount: [1, 1],
    set: (core, [text]) => {
      core.switches[key] = parseBoolean(text);
    },
    query: (core) => (core.switches[key] ? '1' : '0'),
  });
const taken = (pattern: string, setCount: readonly [number, number] = [0, 0]): MeterCommand =>
  meterCommand({pattern, setCount, set: () => undefined});
const lookAtNext = ({trigger}: Multimeter): void => trigger.lookAtNext();

export const keithley2000Commands: readonly MeterCommand[] = [
  meterCommand({pattern: '*IDN', query: () => 'KEITHLEY INSTRUMENTS INC.,MODEL 2000,1234567,A20 /A02'}),
  meterCommand({pattern: '*RST', set: (core) => core.reset()}),
  meterCommand({pattern: '*CLS', set: ({status}) => status.clear()}),
  meterCommand({
    pattern: '*OPC',
    set: (core) => core.reportCompletion(),
    query: () => '1',
    wait: 'until-idle',
  }),
  meterCommand({pattern: '*OPT', query: () => '0'}),
  ...statusCommands<Multimeter>(),
  ...traceCommands<Multimeter>(),
  ...triggerCommands<Multimeter>(),
  ...Object.entries(kinds).flatMap(([name, kind]) => functionCommands(name, kind)),
  meterCommand({pattern: ':CONFigure', query: ({name}) => `"${name}"`}),
  meterCommand({
    pattern: '[:SENSe]:FUNCtion',
    setCount: [1, 1],
    set: (core, [text]) => core.select(functionFrom(text)),
    query: ({name}) => `"${name}"`,
  }),
  meterCommand({pattern: ':FETCh', begin: lookAtNext, query: (core) => core.read(), wait: 'until-idle'}),
  meterCommand({
    pattern: '[:SENSe]:DATA[:LATest]',
    begin: lookAtNext,
    query: (core) => core.read(),
    wait: 'until-idle',
  }),
  meterCommand({
    pattern: '[:SENSe]:DATA:FRESh',
    begin: lookAtNext,
    query: (core) => core.read(true),
    wait: 'until-idle',
  }),
  meterCommand({
    pattern: ':READ',
    begin: (core) => core.beginRead(),
    query: (core) => core.read(),
    wait: 'until-idle',
  }),
  meterCommand({
    pattern: ':FORMat[:DATA]',
    setCount: [1, 2],
    // Over RS-232 there is no other than ASCII (manual, 5-28).
    set: (_, [text]) => void parseChoice(text, ['ASCii']),
    query: () => 'ASC',
  }),
  meterCommand({
    pattern: ':FORMat:ELEMents',
    setCount: [1, 3],
    set: (_, [text]) => void parseChoice(text, ['READing']),
    query: () => 'READ',
  }),
  ...registerCommands(':STATus:MEASurement', (core: Multimeter) => core.register('measurement'), {
    hasFilters: false,
  }),
  ...registerCommands(':STATus:OPERation', (core: Multimeter) => core.register('operation'), {
    hasFilters: false,
  }),
  ...registerCommands(':STATus:QUEStionable', (core: Multimeter) => core.register('questionable'), {
    hasFilters: false,
  }),
  meterCommand({pattern: ':STATus:QUEue[:NEXT]', query: ({status}) => status.takeErrorText()}),
  meterCommand({pattern: ':STATus:QUEue:CLEar', set: ({status}) => status.clearErrors()}),
  meterCommand({pattern: ':SYSTem:ERRor', query: ({status}) => status.takeErrorText()}),
  meterCommand({pattern: ':SYSTem:CLEar', set: ({status}) => status.clearErrors()}),
  meterCommand({pattern: ':SYSTem:PRESet', set: (core) => core.preset()}),
  meterCommand({pattern: ':SYSTem:VERSion', query: () => '1991.0'}),
  flagOf(':SYSTem:AZERo:STATe', 'isAutozeroOn'),
  flagOf(':SYSTem:BEEPer:STATe', 'isBeeperOn'),
  taken(':SYSTem:BEEPer[:IMMediate]', [0, 2]),
  flagOf(':DISPlay:ENABle', 'isDisplayOn'),
  ...[':SYSTem:LOCal', ':SYSTem:REMote', ':SYSTem:RWLock'].map((pattern) => taken(pattern)),
];

export interface Keithley2000Options {
  readonly time: VirtualTime;
  readonly input?: DetectorInput;
  readonly random?: Random;
}

/**
 * Keithley 2000 multimeter on its RS-232 port (9600 8N1, no echo): messages end with CR or LF, replies with LF; ^C and ^X
 * clear. Written from the Model 2000 user's manual (2000-900-01), chapters 3 to 5, and its specifications.
 */
export class Keithley2000 implements VirtualInstrument {
  readonly name = 'keithley-2000';
  readonly role = 'detector';
  readonly model = 'MODEL 2000';
  readonly link = 'serial';
  readonly core: Multimeter;
  private readonly line: ByteLine;

  constructor({time, input = openInput, random = createRandom('keithley-2000')}: Keithley2000Options) {
    this.core = new Multimeter(spec, {time, input, random});
    this.line = new ScpiConversation({
      core: this.core,
      commands: keithley2000Commands,
      transmitter: new Transmitter({time, bytesPerS: 960}),
      endBytes: [0x0d, 0x0a],
      replyEnd: '\n',
      clearBytes: [0x03, 0x18],
      onClear: () => this.core.clear(),
    });
  }

  openLine(): ByteLine {
    return this.line;
  }
  dispose(): void {
    this.core.dispose();
  }
}

/** On the virtual bench: the lowest range holds the brightest point, two line cycles hold whole periods of the chop. */
export const keithley2000: VirtualDetector = {
  driver: 'keithley-2000',
  settings: {rangeV: 0.1, isAutoRangeOn: false, integrationPlc: 1, isFilterOn: false},
  create: ({time, input, random}) => new Keithley2000({time, input, random: random.fork('meter noise')}),
};
