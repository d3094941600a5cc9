/** Cuts a stream of bytes into lines and, where a length is known, into blocks. */
export interface Framer {
  /** Adds bytes; calls back for every line or block they complete. */
  push(bytes: Uint8Array): void;
  /** From now on the next `count` bytes are one block. */
  expectBytes(count: number): void;
  /** Bytes of a line that has not ended yet. */
  readonly restCount: number;
  readonly restText: string;
  clear(): void;
}

export interface FramerOptions {
  readonly terminator: '\r' | '\n' | '\r\n';
  readonly maxLineBytes: number;
  /** A whole line of printable ASCII without its terminator. */
  readonly onLine: (line: string) => void;
  readonly onBlock: (bytes: Uint8Array) => void;
  /** A line with bytes no instrument sends, or without end; the bytes are dropped. */
  readonly onGarbage: (text: string, reason: string) => void;
}

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const tabulator = 0x09;

const isPrintable = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || byte === tabulator;

export function createFramer(options: FramerOptions): Framer {
  const {terminator, maxLineBytes, onLine, onBlock, onGarbage} = options;
  const end = terminator === '\r' ? carriageReturn : lineFeed;
  // The other line character is dropped at both ends of a line: an instrument set to CR LF must not shift the framing.
  const other = end === carriageReturn ? lineFeed : carriageReturn;
  let line: number[] = [];
  let isOverlong = false;
  let block: Uint8Array | undefined;
  let blockCount = 0;

  const restText = (): string => String.fromCharCode(...line.slice(0, 200));

  const endLine = (): void => {
    const bytes = line;
    line = [];
    if (isOverlong) {
      isOverlong = false;
      return;
    }
    if (bytes.at(-1) === other) bytes.pop();
    if (bytes[0] === other) bytes.shift();
    const text = String.fromCharCode(...bytes);
    if (bytes.every(isPrintable)) onLine(text);
    else onGarbage(text.slice(0, 200), 'bytes that are no text');
  };

  const pushLineByte = (byte: number): void => {
    if (byte === end) return endLine();
    if (isOverlong) return;
    line.push(byte);
    if (line.length > maxLineBytes) {
      const text = restText();
      line = [];
      isOverlong = true;
      onGarbage(text, `more than ${maxLineBytes} bytes without an end of line`);
    }
  };

  return {
    push(bytes) {
      let index = 0;
      while (index < bytes.length) {
        if (block === undefined) {
          pushLineByte(bytes[index]);
          index += 1;
          continue;
        }
        const taken = bytes.subarray(index, index + block.length - blockCount);
        block.set(taken, blockCount);
        blockCount += taken.length;
        index += taken.length;
        if (blockCount === block.length) {
          const whole = block;
          block = undefined;
          onBlock(whole);
        }
      }
    },
    expectBytes(count) {
      block = new Uint8Array(count);
      blockCount = 0;
    },
    get restCount() {
      return block === undefined ? line.length : blockCount;
    },
    get restText() {
      return restText();
    },
    clear() {
      line = [];
      isOverlong = false;
      block = undefined;
    },
  };
}
