import {expectRange, scpiCommand, type ScpiCommand, type ScpiCore} from './scpi-command.ts';
import {ScpiError, parseChoice, parseNumber} from './scpi-parser.ts';

/** Bits of the measurement register that tell of the buffer (Model 2000 manual, 5-53): available, half full, full. */
export const bufferBits = {available: 7, halfFull: 8, full: 9} as const;
const feeds = ['SENSe1', 'SENSe', 'CALCulate1', 'CALCulate', 'NONE'] as const;

/** The reading buffer of a Keithley (`:TRACe`): filled once when it is armed, then kept until it is cleared. */
export class TraceBuffer {
  size = 100;
  feed = 'CALC';
  isFilling = false;
  private readonly texts: string[] = [];

  /** Keeps a reading while it is being filled. Returns the bits that are set now. */
  store(text: string): readonly number[] {
    if (!this.isFilling) return [];
    this.texts.push(text);
    if (this.texts.length >= this.size) this.isFilling = false;
    return [
      ...(this.texts.length >= 2 ? [bufferBits.available] : []),
      ...(this.texts.length >= this.size / 2 ? [bufferBits.halfFull] : []),
      ...(this.texts.length >= this.size ? [bufferBits.full] : []),
    ];
  }
  clear(): void {
    this.texts.length = 0;
  }
  /** Throws -230 when nothing is stored. */
  read(): string {
    if (this.texts.length === 0) throw new ScpiError(-230);
    return this.texts.join(',');
  }
  get free(): number {
    return (this.size - this.texts.length) * bytesPerReading;
  }
  get used(): number {
    return this.texts.length * bytesPerReading;
  }
}
const bytesPerReading = 8;

export function traceCommands<
  Core extends ScpiCore & {readonly trace: TraceBuffer},
>(): readonly ScpiCommand<Core>[] {
  return [
    scpiCommand<Core>({pattern: ':TRACe:CLEar', set: ({trace}) => trace.clear()}),
    scpiCommand<Core>({pattern: ':TRACe:FREE', query: ({trace}) => `${trace.free},${trace.used}`}),
    scpiCommand<Core>({
      pattern: ':TRACe:POINts',
      setCount: [1, 1],
      set: ({trace}, [text]) => {
        trace.size = Math.round(expectRange(parseNumber(text, ''), [2, 1024]));
      },
      query: ({trace}) => String(trace.size),
    }),
    scpiCommand<Core>({
      pattern: ':TRACe:FEED',
      setCount: [1, 1],
      set: ({trace}, [text]) => {
        trace.feed = parseChoice(text, feeds).replace('1', '');
      },
      query: ({trace}) => trace.feed,
    }),
    scpiCommand<Core>({
      pattern: ':TRACe:FEED:CONTrol',
      setCount: [1, 1],
      set: ({trace}, [text]) => {
        trace.isFilling = parseChoice(text, ['NEVer', 'NEXT']) === 'NEXT';
        if (trace.isFilling) trace.clear();
      },
      query: ({trace}) => (trace.isFilling ? 'NEXT' : 'NEV'),
    }),
    scpiCommand<Core>({pattern: ':TRACe:DATA', query: ({trace}) => trace.read(), wait: 'until-idle'}),
  ];
}
