import type {LinkSettings} from '../../contract/link.ts';

/** The time limits of a line: what was declared, what its bytes need, and what the machine can keep. */
export interface LineTiming {
  /** Limit of `timeoutMs` plus the time of `byteCount` bytes on the line, ms of bench time. */
  limitMs(timeoutMs: number, byteCount?: number): number;
  /** Silence after which nothing more is on its way, ms of bench time. */
  quietMs(): number;
}

export interface LineTimingOptions {
  /** Bench time per real time. */
  readonly speed: () => number;
  /** Infinity where bytes take no time. */
  readonly bitsPerSecond: number;
  readonly timeoutScale: number;
  readonly shortestLimitRealMs: number;
}

const shortestQuietRealMs = 25;

/** Bits of one byte on the wire: its start bit, data, parity and stop bits. */
const bitsPerByte = ({dataBits, stopBits, parity}: LinkSettings): number =>
  1 + dataBits + stopBits + (parity === 'none' ? 0 : 1);

export function createLineTiming(settings: LinkSettings, options: LineTimingOptions): LineTiming {
  const {speed, bitsPerSecond, timeoutScale, shortestLimitRealMs} = options;
  const msPerByte = Number.isFinite(bitsPerSecond) ? (bitsPerByte(settings) * 1000) / bitsPerSecond : 0;
  return {
    limitMs: (timeoutMs, byteCount = 0) =>
      Math.max((timeoutMs + byteCount * msPerByte) * timeoutScale, shortestLimitRealMs * speed()),
    quietMs: () => {
      // A limit is hardly ever waited for, a silence always: on a fast bench the factor on limits does not lengthen it.
      const scale = speed() > 1 ? speed() : timeoutScale;
      return Math.max((settings.quietMs + 20 * msPerByte) * scale, shortestQuietRealMs * speed());
    },
  };
}
