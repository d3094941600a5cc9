import {createRandom, type Random} from '../../base/random.ts';
import {bytesFromText, type ByteLine, type VirtualInstrument} from '../byte-line.ts';
import {openInput, type DetectorCables} from '../detector-input.ts';
import type {VirtualDetector} from '../detector.ts';
import type {VirtualTime} from '../time.ts';
import {Transmitter} from '../transmitter.ts';
import {ExecutionError, type Reply} from './sr830-command.ts';
import {commands} from './sr830-commands.ts';
import {Sr830Core} from './sr830-core.ts';
import {standardEvent} from './sr830-status.ts';

export interface Sr830Options {
  readonly time: VirtualTime;
  readonly random?: Random;
  readonly input?: DetectorCables;
  readonly baudRate?: number;
}

/** Both queues hold this many characters (sr830.md section 1). */
const queueLength = 256;
/** Time to execute a command, s ("a few ms", section 5). */
const executionS = 0.002;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const number = /^[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?$/;

/**
 * Stanford Research SR830 on its RS-232 port (9600 8N1): replies end with CR, commands with CR or LF; nothing is
 * echoed; nothing at all is answered before `OUTX 0`, as replies go to GPIB after power-on.
 */
export class Sr830 implements VirtualInstrument, ByteLine {
  readonly name = 'sr830';
  readonly role = 'lockin';
  readonly model = 'SR830';
  readonly link = 'serial';
  readonly core: Sr830Core;
  private readonly transmitter: Transmitter;
  private readonly input: DetectorCables;
  private readonly stopListening: () => void;
  private line = '';
  /** Lines that came while the signal at the input was not known. */
  private waiting: string[] = [];

  constructor({time, random = createRandom('sr830'), input = openInput, baudRate = 9600}: Sr830Options) {
    this.transmitter = new Transmitter({time, bytesPerS: baudRate / 10});
    this.core = new Sr830Core({
      time,
      random,
      input,
      hasOutput: () => this.transmitter.pendingCount > 0,
    });
    this.input = input;
    // After the receiver has heard of it, so that it has caught up by then.
    this.stopListening = input.onKnown(() => this.runWaiting());
  }

  openLine(): ByteLine {
    return this;
  }
  onTransmit(listener: (bytes: Uint8Array) => void): () => void {
    return this.transmitter.listeners.add(listener);
  }
  dropPartialInput(): void {
    this.line = '';
  }
  dispose(): void {
    this.stopListening();
    this.waiting = [];
    this.core.receiver.dispose();
    this.transmitter.clear();
  }

  receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === carriageReturn || byte === lineFeed) {
        const line = this.line;
        this.line = '';
        this.waiting.push(line);
        this.runWaiting();
      } else if (this.line.length >= queueLength) {
        this.line = '';
        this.core.status.event.set(standardEvent.inputOverflow);
      } else this.line += String.fromCharCode(byte);
    }
  }

  /**
   * Obeys lines in order. One that needs the signal waits until it is known: a reply comes later rather than from
   * another signal. This wait is the simulation's, not the instrument's.
   */
  private runWaiting(): void {
    for (let line = this.waiting[0]; line !== undefined; line = this.waiting[0]) {
      this.core.receiver.sync();
      if (needsSignal(line) && !this.input.isKnown) return;
      this.waiting.shift();
      this.runLine(line);
    }
  }

  private runLine(line: string): void {
    for (const command of commandsOf(line)) this.runCommand(command);
  }

  private runCommand(text: string): void {
    const mnemonic = text.slice(0, 4);
    const isQuery = text[4] === '?';
    const command = commands[mnemonic];
    const run = isQuery ? command?.query : command?.set;
    if (!run || !Object.hasOwn(commands, mnemonic)) return this.core.status.event.set(standardEvent.command);
    try {
      const values = parseArguments(text.slice(isQuery ? 5 : 4));
      this.core.receiver.sync();
      const reply = run(this.core, values);
      if (isQuery && reply !== undefined) this.send(reply);
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      this.core.status.event.set(standardEvent.execution);
    }
  }

  private send(reply: Reply): void {
    // The reply leaves by the other interface, to which nothing is connected.
    if (this.core.outputInterface === 'gpib') return;
    const isText = typeof reply === 'string';
    const bytes = isText ? bytesFromText(`${reply}\r`) : reply;
    // Long dumps are streamed past the queue; only ordinary replies can overflow it.
    if (bytes.length <= queueLength && this.transmitter.pendingCount + bytes.length > queueLength) {
      this.transmitter.clear();
      this.core.status.event.set(standardEvent.queryOverflow);
      return;
    }
    this.transmitter.send(bytes, executionS);
  }
}

const commandsOf = (line: string): readonly string[] =>
  line
    .replace(/[\s\0]+/g, '')
    .toUpperCase()
    .split(';')
    .filter((command) => command !== '');

/** Automatic functions look at the signal; the others throw away what was stored of it. */
const signalCommands: ReadonlySet<string> = new Set(['AGAN', 'ARSV', 'APHS', 'AOFF', 'REST', 'RSET', '*RST']);
const needsSignal = (line: string): boolean =>
  commandsOf(line).some((command) => command[4] === '?' || signalCommands.has(command.slice(0, 4)));

/** On the virtual bench, as a campaign needs it: the chop's reference, and a range above the brightest point. */
export const sr830: VirtualDetector = {
  driver: 'sr830',
  settings: {
    referenceSource: 'external',
    referenceSlope: 'ttl-rising',
    timeConstantS: 0.03,
    slopeDbPerOctave: 12,
    sensitivityV: 0.02,
    reserve: 'normal',
  },
  create: ({time, input, random}) => new Sr830({time, input, random: random.fork('lock-in noise')}),
};

function parseArguments(text: string): number[] {
  if (text === '') return [];
  return text.split(',').map((part) => {
    if (!number.test(part)) throw new ExecutionError('not a number');
    return Number(part);
  });
}
