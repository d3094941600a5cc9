import type {Clock} from '../base/clock.ts';

/**
 * How a driver talks: the only thing it knows of the world outside. Host code makes one from a serial port, a
 * socket or a stream. One exchange at a time; a late reply never becomes the next one's answer.
 */

/** `query`: every line that arrives answers a query. `streamed`: each line sent gets one response, other lines are pushed. */
export type WireStyle = 'query' | 'streamed';
/** What ends a line. */
export type Terminator = '\r' | '\n' | '\r\n';
/** Parity bit of a serial line. */
export type Parity = 'none' | 'odd' | 'even';

/** A driver's declaration of its line; a bench file may override baud rate and parity. Times are bench time. */
export interface LinkSettings {
  readonly style: WireStyle;
  readonly baudRate: number;
  readonly dataBits: 7 | 8;
  readonly stopBits: 1 | 2;
  readonly parity: Parity;
  readonly sendTerminator: Terminator;
  readonly replyTerminator: Terminator;
  /** What opening does with DTR: leaves it as the system sets it, raises it, or drops it for a moment (a board's reset). */
  readonly dtr: 'leave' | 'on' | 'pulse';
  /** Longest time from opening until the instrument can be talked to, ms. */
  readonly bootWaitMs: number;
  /** Rest between the end of one exchange and the next line, ms. */
  readonly commandGapMs: number;
  /** Time for an answer, beyond what the bytes need on the line, ms. */
  readonly timeoutMs: number;
  /** Silence after which nothing more is on its way, ms. */
  readonly quietMs: number;
  readonly maxLineBytes: number;
  /** TCP port where the network form of the instrument listens. */
  readonly tcpPort?: number;
  /** `streamed` only: true for a line that answers the line sent, false for a pushed one. */
  readonly isResponse?: (line: string) => boolean;
}

/** How one exchange is made. */
export interface ExchangeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Instead of the declared time for an answer, ms of bench time. */
  readonly timeoutMs?: number | undefined;
  /**
   * `command` only: false for a response that answers an earlier line, which is passed over; `part` for one that belongs
   * to the answer and is not its end.
   */
  readonly isAnswer?: ((line: string) => boolean | 'part') | undefined;
}

/** What came of one line in the streamed style. */
export interface CommandReply {
  /** The response line, such as `ok` or `error:9`. */
  readonly response: string;
  /** Lines pushed while it was awaited, in order. */
  readonly pushed: readonly string[];
}

/** A query whose answer is known, so that a link can find its step again: answers come in order. */
export interface Resync {
  readonly query: string;
  readonly reply: string;
}

/** A line to an instrument. One exchange at a time; a late reply never becomes the answer to the next line. */
export interface Link {
  /** Port as a person knows it: `/dev/ttyUSB0`, `192.168.0.7:5025`. */
  readonly name: string;
  /** Settings in use, for messages: `9600 baud 8N1`. */
  readonly settingsText: string;
  readonly settings: LinkSettings;
  readonly clock: Clock;
  readonly isOpen: boolean;
  /** Lines that arrived when none was expected, since the link was opened. */
  readonly unsolicitedCount: number;

  /** A time limit as it holds on this link: scaled, and never shorter than the machine can keep, ms of bench time. */
  limitMs(timeoutMs: number): number;

  /** Sends a line that has no answer. */
  send(text: string, options?: ExchangeOptions): Promise<void>;
  /** Sends a line and returns the one line that answers it. Throws `port/timeout`, `port/closed`, `device/bad-reply`. */
  query(text: string, options?: ExchangeOptions): Promise<string>;
  /** As `query`, for a line that holds several queries: as many answers. */
  queryLines(text: string, count: number, options?: ExchangeOptions): Promise<readonly string[]>;
  /** As `query`, for an answer of `count` bytes without a terminator. */
  queryBytes(text: string, count: number, options?: ExchangeOptions): Promise<Uint8Array>;
  /** Streamed style: sends a line and waits for its response. */
  command(text: string, options?: ExchangeOptions): Promise<CommandReply>;

  /**
   * Told with `true` before RF may go on or anything may move, and with `false` once the instrument has proven that
   * it is not so any more. Whoever has to make it safe when this program dies hears it before the instrument does.
   */
  noteHazard(isPossible: boolean): void;
  /** Writes one byte at once, ahead of everything that waits. */
  realtime(byte: number): void;
  /** Hears every pushed line; returns the way to stop hearing. */
  onPush(listener: (line: string) => void): () => void;
  /** Called once when the link ends. */
  onClose(listener: (reason: Error) => void): () => void;
  /** Rejects the exchange under way and all that wait; what still arrives for them is thrown away. */
  cancelPending(reason: Error): void;
  /** Waits until the line is silent and throws away what comes. */
  drain(options?: ExchangeOptions): Promise<void>;
  /** What came cannot be the answer: before the next line this one is drained and brought back into step. */
  loseStep(): void;
  /** Declares how to get into step again after a timeout. */
  setResync(resync: Resync | undefined): void;
  /** Closes and frees the port. Idempotent. A device that was connected over this link closes it when disposed. */
  close(): Promise<void>;
}
