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
  const lines = createLineCutter(options);
  let block: Uint8Array | undefined;
  let blockCount = 0;

  /** Fills the block under way from `index` on; returns where the rest of the bytes begins. */
  const fillBlock = (whole: Uint8Array, bytes: Uint8Array, index: number): number => {
    const taken = bytes.subarray(index, index + whole.length - blockCount);
    whole.set(taken, blockCount);
    blockCount += taken.length;
    if (blockCount === whole.length) {
      block = undefined;
      options.onBlock(whole);
    }
    return index + taken.length;
  };

  return {
    push(bytes) {
      let index = 0;
      while (index < bytes.length) {
        if (block === undefined) lines.push(bytes[index++]);
        else index = fillBlock(block, bytes, index);
      }
    },
    expectBytes(count) {
      block = new Uint8Array(count);
      blockCount = 0;
    },
    get restCount() {
      return block === undefined ? lines.restCount : blockCount;
    },
    get restText() {
      return lines.restText;
    },
    clear() {
      lines.clear();
      block = undefined;
    },
  };
}

/** Cuts single bytes into lines of printable ASCII. */
function createLineCutter({terminator, maxLineBytes, onLine, onGarbage}: FramerOptions) {
  const end = terminator === '\r' ? carriageReturn : lineFeed;
  // The other line character is dropped at both ends of a line: an instrument set to CR LF must not shift the framing.
  const other = end === carriageReturn ? lineFeed : carriageReturn;
  let line: number[] = [];
  let isOverlong = false;

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

  return {
    push(byte: number): void {
      if (byte === end) return endLine();
      if (isOverlong) return;
      line.push(byte);
      if (line.length > maxLineBytes) {
        const text = restText();
        line = [];
        isOverlong = true;
        onGarbage(text, `more than ${maxLineBytes} bytes without an end of line`);
      }
    },
    get restCount(): number {
      return line.length;
    },
    get restText(): string {
      return restText();
    },
    clear(): void {
      line = [];
      isOverlong = false;
    },
  };
}
