import {mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleepMs} from 'node:timers/promises';
import {createRandom} from '../../src/base/random.ts';
import {
  bytesFromText,
  Listeners,
  textFromBytes,
  type ByteLine,
  type InstrumentRole,
  type VirtualInstrument,
} from '../../src/virtual/byte-line.ts';
import {openPtyPort} from '../../src/virtual/port-pty.ts';
import {openTcpPort} from '../../src/virtual/port.ts';
import type {VirtualPort} from '../../src/virtual/virtual-port.ts';

/** What a wire does to what passes, until it is mended. One that names `next` does it to the next so many replies. */
export type WireFault =
  /** Nothing of what the instrument says arrives. */
  | {readonly kind: 'silence'}
  /** Replies come this much later, ms of real time. */
  | {readonly kind: 'late'; readonly next: number; readonly byMs: number}
  /** The reply before comes once more, ahead of the one that is due. */
  | {readonly kind: 'previous'; readonly next: number}
  | {readonly kind: 'garbage'; readonly next: number}
  /** Half of a reply is missing; its end of line is there. */
  | {readonly kind: 'truncated'; readonly next: number}
  | {readonly kind: 'doubled'; readonly next: number}
  /** Neither side understands a byte of the other. */
  | {readonly kind: 'wrong baud'}
  /** Everything that is sent comes back ahead of the answer. */
  | {readonly kind: 'echo'}
  /** The instrument loses what comes behind the eighth byte of a line, its end of line excepted. */
  | {readonly kind: 'overflow'; readonly next: number}
  /** Another program asks on the same line, and the instrument answers both. */
  | {readonly kind: 'other program'; readonly asks: string; readonly everyMs: number};

/**
 * The man in the middle: an instrument behind a wire that a test reads and spoils. What the host sends is kept, byte for byte.
 * Another instrument can be put in its place.
 */
export class Middle implements VirtualInstrument {
  readonly name: string;
  readonly role: InstrumentRole;
  readonly model: string;
  readonly link: 'serial' | 'network';
  /** Hears each line that the host sends, before the instrument does; real-time bytes come as lines of their own. */
  onLine: (line: string) => void = () => undefined;
  /** Hears each reply before the host does. */
  onReply: (reply: string) => void = () => undefined;
  /** Text of the identity, as it is to be answered; undefined for the instrument's own. */
  disguise: ((reply: string) => string) | undefined;
  #instrument: VirtualInstrument;
  #fault: WireFault | undefined;
  #lines = new Set<SpoiledLine>();
  #shared: SpoiledLine | undefined;
  #received = '';
  readonly random = createRandom('man in the middle');

  constructor(instrument: VirtualInstrument) {
    const {name, role, model, link} = instrument;
    this.name = name;
    this.role = role;
    this.model = model;
    this.link = link;
    this.#instrument = instrument;
  }

  /** What was sent since `forget`, one character a byte. */
  get received(): string {
    return this.#received;
  }
  forget(): void {
    this.#received = '';
  }

  get fault(): WireFault | undefined {
    return this.#fault;
  }
  spoil(fault: WireFault): void {
    this.#fault = fault;
    for (const line of this.#lines) line.noteFault(fault);
  }
  mend(): void {
    this.#fault = undefined;
    for (const line of this.#lines) line.noteFault(undefined);
  }

  /** Another instrument stands here from the next opening of the port on. */
  replace(instrument: VirtualInstrument): void {
    this.#instrument = instrument;
    this.#shared = undefined;
  }

  openLine(): ByteLine {
    if (this.link === 'serial' && this.#shared) return this.#shared;
    const line = new SpoiledLine(this, this.#instrument.openLine());
    if (this.link === 'serial') this.#shared = line;
    this.#lines.add(line);
    if (this.#fault) line.noteFault(this.#fault);
    return line;
  }

  dispose(): void {
    this.mend();
    for (const line of this.#lines) line.end();
  }

  /** Called by its lines. */
  noteSent(bytes: Uint8Array): void {
    this.#received += textFromBytes(bytes);
  }
  /** Whether the fault spoils this reply, which it has then one less to spoil. */
  takeOne(kind: WireFault['kind']): boolean {
    const fault = this.#fault;
    if (fault?.kind !== kind || !('next' in fault) || fault.next < 1) return false;
    this.#fault = {...fault, next: fault.next - 1};
    return true;
  }
}

/** Bytes that GRBL takes out of the stream. */
const realtime = /[?!~\x18\x85]/;

class SpoiledLine implements ByteLine {
  readonly #middle: Middle;
  readonly #line: ByteLine;
  readonly #listeners = new Listeners<[bytes: Uint8Array]>();
  #stop: (() => void) | undefined;
  #reply = '';
  #previous = '';
  #sentLine = '';
  #otherProgram: NodeJS.Timeout | undefined;

  constructor(middle: Middle, line: ByteLine) {
    this.#middle = middle;
    this.#line = line;
  }

  receive(bytes: Uint8Array): void {
    const middle = this.#middle;
    middle.noteSent(bytes);
    for (const character of textFromBytes(bytes)) this.#takeSent(character);
  }

  /** One byte of the host. */
  #takeSent(character: string): void {
    const middle = this.#middle;
    if (this.#middle.name === 'grbl' && realtime.test(character)) middle.onLine(character);
    else if (/[\r\n]/.test(character)) {
      if (this.#sentLine !== '') middle.onLine(this.#sentLine);
      if (middle.fault?.kind === 'overflow' && this.#sentLine.length > 8) middle.takeOne('overflow');
      this.#sentLine = '';
    } else {
      this.#sentLine += character;
      const {fault} = middle;
      if (fault?.kind === 'overflow' && fault.next > 0 && this.#sentLine.length > 8) return;
    }
    const {fault} = middle;
    if (fault?.kind === 'echo') this.#emit(character);
    this.#line.receive(
      fault?.kind === 'wrong baud' ? Uint8Array.of(this.#noise()) : bytesFromText(character),
    );
  }

  #noise(): number {
    return Math.floor(this.#middle.random.uniform() * 256);
  }

  onTransmit(listener: (bytes: Uint8Array) => void): () => void {
    const remove = this.#listeners.add(listener);
    this.#stop ??= this.#line.onTransmit((bytes) => this.#takeReply(textFromBytes(bytes)));
    return () => {
      remove();
      if (this.#listeners.count > 0) return;
      this.#stop?.();
      this.#stop = undefined;
    };
  }

  dropPartialInput(): void {
    this.#sentLine = '';
    this.#reply = '';
    this.#line.dropPartialInput();
  }

  noteFault(fault: WireFault | undefined): void {
    clearInterval(this.#otherProgram);
    if (fault?.kind !== 'other program') return;
    this.#otherProgram = setInterval(() => this.#line.receive(bytesFromText(fault.asks)), fault.everyMs);
  }

  end(): void {
    clearInterval(this.#otherProgram);
    this.#stop?.();
  }

  /** Replies are passed on whole, so that one can be told from the next. */
  #takeReply(text: string): void {
    const end = this.#middle.name === 'sr830' ? '\r' : '\n';
    this.#reply += text;
    for (let at = this.#reply.indexOf(end); at >= 0; at = this.#reply.indexOf(end)) {
      const reply = this.#reply.slice(0, at + 1);
      this.#reply = this.#reply.slice(at + 1);
      this.#passOn(reply);
    }
  }

  #passOn(whole: string): void {
    const middle = this.#middle;
    const reply = middle.disguise?.(whole) ?? whole;
    middle.onReply(reply);
    const previous = this.#previous;
    this.#previous = reply;
    const [, body = '', end = ''] = /^([\s\S]*?)([\r\n]+)$/.exec(reply) ?? [];
    // An empty line or a pushed one answers nothing.
    const isAnswer = body !== '';
    const {fault} = middle;
    if (fault?.kind === 'silence') return;
    if (fault?.kind === 'wrong baud')
      return this.#emit(String.fromCharCode(...Array.from(reply, () => this.#noise())));
    if (isAnswer && fault?.kind === 'late' && middle.takeOne('late'))
      return void setTimeout(() => this.#emit(reply), fault.byMs);
    if (isAnswer && middle.takeOne('garbage'))
      return this.#emit(Array.from(body, (own, i) => (i % 3 === 1 ? flipped(own) : own)).join('') + end);
    if (isAnswer && middle.takeOne('truncated'))
      return this.#emit(body.slice(0, Math.ceil(body.length / 2)) + end);
    if (isAnswer && middle.takeOne('doubled')) return this.#emit(reply + reply);
    if (isAnswer && previous !== '' && middle.takeOne('previous')) return this.#emit(previous + reply);
    this.#emit(reply);
  }

  #emit(text: string): void {
    this.#listeners.emit(bytesFromText(text));
  }
}

const flipped = (character: string): string => String.fromCharCode(character.charCodeAt(0) ^ 0x15);

/** The port of an instrument, which can be pulled out and plugged in again under the same name. */
export interface Plug extends AsyncDisposable {
  readonly address: {readonly path: string} | {readonly host: string; readonly port: number};
  readonly isIn: boolean;
  pull(): Promise<void>;
  /** The same name again: of a serial port by a link as the system makes one, of a network port the same number. */
  plugIn(): Promise<void>;
}

export async function plugIn(middle: VirtualInstrument, carrier: 'serial' | 'tcp'): Promise<Plug> {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-plug-'));
  const path = join(folder, `tty-${middle.name}`);
  let tcpPort = 0;
  let port: VirtualPort | undefined;
  const open = async (): Promise<void> => {
    port = carrier === 'tcp' ? await openTcpPort(middle, tcpPort) : await openPtyPort(middle.openLine());
    if ('path' in port.address) symlinkSync(port.address.path, path);
    else tcpPort = port.address.port;
  };
  const pull = async (): Promise<void> => {
    // One that is pulled in the turn in which its last byte was read is noticed only at the next byte.
    await sleepMs(20);
    rmSync(path, {force: true});
    await port?.unplug();
    port = undefined;
  };
  await open();
  return {
    address: carrier === 'tcp' ? {host: '127.0.0.1', port: tcpPort} : {path},
    get isIn() {
      return port !== undefined;
    },
    pull,
    plugIn: open,
    async [Symbol.asyncDispose]() {
      await pull();
      rmSync(folder, {recursive: true, force: true});
    },
  };
}
