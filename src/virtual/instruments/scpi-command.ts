import {
  ScpiError,
  expandPattern,
  matchNodes,
  parseBoolean,
  parseNumber,
  type HeaderNode,
} from './scpi-parser.ts';
import type {ScpiStatus, StatusRegister} from './scpi-status.ts';

/** What the commands of every SCPI instrument work on. */
export interface ScpiCore {
  readonly status: ScpiStatus;
  /** True while an operation runs that `*OPC?` and `*WAI` wait for. */
  readonly isBusy: boolean;
  /** Calls back once when it is over. */
  whenIdle(callback: () => void): void;
}

export interface ScpiCommand<Core> {
  readonly patterns: readonly (readonly HeaderNode[])[];
  /** Numbers of parameters allowed. */
  readonly setCount: readonly [number, number];
  readonly queryCount: readonly [number, number];
  readonly set?: (core: Core, parameters: readonly string[]) => void;
  /** No text where an error has been put into the queue instead. */
  readonly query?: (core: Core, parameters: readonly string[], hasOutput: boolean) => string | undefined;
  /** Done before a query waits: what it asks for is begun here. */
  readonly begin?: (core: Core, parameters: readonly string[]) => void;
  /** Waits for pending work before it answers; `*WAI` before it goes on. */
  readonly wait?: 'until-idle';
}

interface CommandOptions<Core> extends Omit<Partial<ScpiCommand<Core>>, 'patterns'> {
  readonly pattern: string;
}

/** A command by its pattern, such as `[:SOURce]:FREQuency[:CW]`; without parameters unless it says otherwise. */
export const scpiCommand = <Core>({pattern, ...rest}: CommandOptions<Core>): ScpiCommand<Core> => ({
  patterns: expandPattern(pattern),
  setCount: [0, 0],
  queryCount: [0, 0],
  ...rest,
});

/** The command for a complete list of written nodes. Throws -113 or -114. */
export function findScpiCommand<Core>(
  commands: readonly ScpiCommand<Core>[],
  nodes: readonly string[],
): ScpiCommand<Core> {
  let isSuffixWrong = false;
  for (const candidate of commands)
    for (const pattern of candidate.patterns) {
      const match = matchNodes(nodes, pattern);
      if (match === 'yes') return candidate;
      if (match === 'suffix') isSuffixWrong = true;
    }
  throw new ScpiError(isSuffixWrong ? -114 : -113);
}

/** Throws -222 unless `low <= value <= high`. */
export function expectRange(value: number, [low, high]: readonly [number, number]): number {
  // A last-digit error of unit conversion must not refuse the limit itself.
  const slack = Math.abs(high) * 1e-12;
  if (!(value >= low - slack && value <= high + slack)) throw new ScpiError(-222);
  return value;
}

const byteValue = (text: string): number => Math.round(expectRange(parseNumber(text, ''), [0, 255]));

/** Status commands of IEEE 488.2 (11.3): event status, service request and power-on clear. */
export function statusCommands<Core extends ScpiCore>(): readonly ScpiCommand<Core>[] {
  return [
    scpiCommand<Core>({
      pattern: '*ESE',
      setCount: [1, 1],
      set: ({status}, [text]) => (status.eventEnable = byteValue(text)),
      query: ({status}) => String(status.eventEnable),
    }),
    scpiCommand<Core>({
      pattern: '*SRE',
      setCount: [1, 1],
      set: ({status}, [text]) => (status.serviceEnable = byteValue(text) & ~(1 << 6)),
      query: ({status}) => String(status.serviceEnable),
    }),
    scpiCommand<Core>({
      pattern: '*PSC',
      setCount: [1, 1],
      set: ({status}, [text]) => (status.powerOnClear = parseBoolean(text) ? 1 : 0),
      query: ({status}) => String(status.powerOnClear),
    }),
    scpiCommand<Core>({pattern: '*ESR', query: ({status}) => String(status.takeEvent())}),
    scpiCommand<Core>({
      pattern: '*STB',
      query: ({status}, _, hasOutput) => String(status.statusByte(hasOutput)),
    }),
    scpiCommand<Core>({pattern: '*WAI', set: () => undefined, wait: 'until-idle'}),
    scpiCommand<Core>({pattern: '*TST', query: () => '0'}),
    scpiCommand<Core>({pattern: ':STATus:PRESet', set: ({status}) => status.preset()}),
  ];
}

/** Commands of one status register (SCPI-99 volume 2, 20.1): event, condition, enable. */
export function registerCommands<Core>(
  pattern: string,
  pick: (core: Core) => StatusRegister,
  {hasFilters}: {readonly hasFilters: boolean},
): readonly ScpiCommand<Core>[] {
  const mask = (name: string, key: 'enable' | 'positive' | 'negative'): ScpiCommand<Core> =>
    scpiCommand<Core>({
      pattern: `${pattern}:${name}`,
      setCount: [1, 1],
      set: (core, [text]) => {
        pick(core)[key] = Math.round(expectRange(parseNumber(text, ''), [0, 32_767]));
      },
      query: (core) => String(pick(core)[key]),
    });
  return [
    scpiCommand<Core>({pattern: `${pattern}[:EVENt]`, query: (core) => String(pick(core).takeEvent())}),
    scpiCommand<Core>({pattern: `${pattern}:CONDition`, query: (core) => String(pick(core).condition)}),
    mask('ENABle', 'enable'),
    ...(hasFilters ? [mask('PTRansition', 'positive'), mask('NTRansition', 'negative')] : []),
  ];
}
