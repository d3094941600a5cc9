import {expectRange, scpiCommand, type ScpiCommand} from './scpi-command.ts';
import type {Multimeter} from './multimeter.ts';
import type {FunctionKind, FunctionSettings} from './multimeter-settings.ts';
import {formatNr3, parseBoolean, parseChoice, parseNumber} from './scpi-parser.ts';

export type MeterCommand = ScpiCommand<Multimeter>;
export const meterCommand = scpiCommand<Multimeter>;

type KeyOf<Value> = {
  [K in keyof FunctionSettings]: FunctionSettings[K] extends Value ? K : never;
}[keyof FunctionSettings];

/** Where a setting stands: function, node of the function, leaf below it. */
interface Place {
  readonly name: string;
  readonly node: string;
  readonly leaf: string;
}

interface NumberOptions {
  readonly range: readonly [number, number];
  readonly isInteger?: boolean;
}

const numberCommand = ({name, node, leaf}: Place, key: KeyOf<number>, options: NumberOptions): MeterCommand =>
  meterCommand({
    pattern: node + leaf,
    setCount: [1, 1],
    set: (core, [text]) => {
      const value = expectRange(numberOrWord(text, options.range), options.range);
      core.change(name, {[key]: options.isInteger === true ? Math.round(value) : value});
    },
    query: (core) => {
      const value = core.settingsOf(name)[key];
      return options.isInteger === true ? String(value) : formatNr3(value, 6);
    },
  });

const flagCommand = ({name, node, leaf}: Place, key: KeyOf<boolean>): MeterCommand =>
  meterCommand({
    pattern: node + leaf,
    setCount: [1, 1],
    set: (core, [text]) => core.change(name, {[key]: parseBoolean(text)}),
    query: (core) => (core.settingsOf(name)[key] ? '1' : '0'),
  });

/** Settings that a function of a Keithley multimeter has below its node, with `:CONFigure` and `:MEASure` of it. */
export function functionCommands(name: string, {pattern, maximum}: FunctionKind): readonly MeterCommand[] {
  const node = `[:SENSe]${pattern}`;
  const at = (leaf: string): Place => ({name, node, leaf});
  return [
    meterCommand({
      pattern: `${node}:RANGe[:UPPer]`,
      setCount: [1, 1],
      set: (core, [text]) => core.setRange(name, numberOrWord(text, [0, maximum])),
      query: (core) => formatNr3(core.settingsOf(name).range, 6),
    }),
    flagCommand(at(':RANGe:AUTO'), 'isAutoRange'),
    numberCommand(at(':NPLCycles'), 'lineCycles', {range: [0.01, 10]}),
    numberCommand(at(':DIGits'), 'digits', {range: [4, 7], isInteger: true}),
    numberCommand(at(':REFerence'), 'reference', {range: [-maximum, maximum]}),
    flagCommand(at(':REFerence:STATe'), 'isReferenceOn'),
    meterCommand({pattern: `${node}:REFerence:ACQuire`, set: (core) => core.acquireReference(name)}),
    flagCommand(at(':AVERage:STATe'), 'isFilterOn'),
    numberCommand(at(':AVERage:COUNt'), 'filterCount', {range: [1, 100], isInteger: true}),
    meterCommand({
      pattern: `${node}:AVERage:TCONtrol`,
      setCount: [1, 1],
      set: (core, [text]) => core.change(name, {filterKind: parseChoice(text, ['REPeat', 'MOVing'])}),
      query: (core) => core.settingsOf(name).filterKind,
    }),
    numberCommand(at(':DETector:BANDwidth'), 'bandwidthHz', {range: [3, 300e3]}),
    numberCommand(at(':APERture'), 'apertureS', {range: [0.01, 1]}),
    numberCommand(at(':THReshold:VOLTage:RANGe'), 'thresholdV', {range: [0, 1010]}),
    meterCommand({
      pattern: `:CONFigure${pattern}`,
      setCount: [0, 2],
      set: (core, [range]) => core.configure(name, range),
    }),
    meterCommand({
      pattern: `:MEASure${pattern}`,
      queryCount: [0, 2],
      begin: (core, [range]) => {
        core.configure(name, range);
        core.beginRead();
      },
      query: (core) => core.read(),
      wait: 'until-idle',
    }),
  ];
}

function numberOrWord(text: string, [low, high]: readonly [number, number]): number {
  if (/^MIN(imum)?$/i.test(text)) return low;
  return /^MAX(imum)?$/i.test(text) ? high : parseNumber(text, 'V');
}
