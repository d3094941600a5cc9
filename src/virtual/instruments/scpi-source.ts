import {bytesFromText, type ByteLine, type VirtualInstrument} from '../byte-line.ts';
import type {VirtualTime} from '../time.ts';
import {Transmitter} from '../transmitter.ts';
import {ScpiError, parseUnit, splitOutsideQuotes} from './scpi-parser.ts';
import {findCommand, type SourceCommand} from './scpi-source-commands.ts';
import {ScpiSourceCore} from './scpi-source-core.ts';

/** Longest message and most waiting messages of one conversation; beyond them input is thrown away with -363. */
const longestMessage = 4096;
const longestBacklog = 1000;
/** Time to parse and execute a message, s. */
const executionS = 0.001;
const lineFeed = 0x0a;

/**
 * Keysight-like synthesiser that feeds a multiplier chain (rf-synth-scpi.md): SCPI over a raw socket, messages and
 * replies end with LF, replies of one message are joined by `;`. Each client has its own conversation; settings,
 * status and error queue are the instrument's.
 */
export class ScpiSource implements VirtualInstrument {
  readonly name = 'scpi-source';
  readonly role = 'source';
  readonly model = 'N5183A';
  readonly link = 'network';
  readonly core: ScpiSourceCore;
  private readonly time: VirtualTime;

  constructor({time}: {readonly time: VirtualTime}) {
    this.time = time;
    this.core = new ScpiSourceCore(time);
  }

  openLine(): ByteLine {
    return new ScpiConversation(this.core, this.time);
  }
  dispose(): void {
    this.core.abortSweep();
  }
}

class ScpiConversation implements ByteLine {
  private readonly core: ScpiSourceCore;
  private readonly transmitter: Transmitter;
  private partial = '';
  private isOverrun = false;
  private backlog: string[] = [];
  private running: Generator<undefined, void, undefined> | undefined;
  private isWaiting = false;

  constructor(core: ScpiSourceCore, time: VirtualTime) {
    this.core = core;
    this.transmitter = new Transmitter({time});
  }

  onTransmit(listener: (bytes: Uint8Array) => void): () => void {
    return this.transmitter.listeners.add(listener);
  }
  /** A client that has left takes its waiting messages with it. */
  dropPartialInput(): void {
    this.partial = '';
    this.isOverrun = false;
    this.backlog = [];
    this.transmitter.clear();
  }

  receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === lineFeed) {
        this.endMessage();
      } else if (this.partial.length >= longestMessage) this.isOverrun = true;
      else this.partial += String.fromCharCode(byte);
    }
    this.work();
  }

  private endMessage(): void {
    const message = this.partial;
    const isLost = this.isOverrun || this.backlog.length >= longestBacklog;
    this.partial = '';
    this.isOverrun = false;
    if (isLost) this.core.status.raise(new ScpiError(-363));
    else if (message.trim() !== '') this.backlog.push(message);
  }

  /** Runs waiting messages until one of them has to wait for the instrument. */
  private work(): void {
    while (!this.isWaiting) {
      this.running ??= this.nextMessage();
      if (!this.running) return;
      const step = this.running.next();
      if (step.done) {
        this.running = undefined;
        continue;
      }
      this.isWaiting = true;
      this.core.whenIdle(() => {
        this.isWaiting = false;
        this.work();
      });
    }
  }
  private nextMessage(): Generator<undefined, void, undefined> | undefined {
    const message = this.backlog.shift();
    return message === undefined ? undefined : this.runMessage(message);
  }

  private *runMessage(message: string): Generator<undefined, void, undefined> {
    const replies: string[] = [];
    let path: readonly string[] = [];
    // A command error makes the rest of the message meaningless; an execution error does not.
    for (const text of splitOutsideQuotes(message, ';')) {
      if (text.trim() === '') continue;
      try {
        const unit = parseUnit(text);
        const nodes = unit.isCommon || unit.isRooted ? unit.nodes : [...path, ...unit.nodes];
        const command = findCommand(nodes);
        if (!unit.isCommon) path = nodes.slice(0, -1);
        const run = unit.isQuery ? command.query : command.set;
        if (!run) throw new ScpiError(-113);
        checkCount(command, unit.isQuery, unit.parameters.length);
        // `*OPC` itself does not wait; `*OPC?` and `*WAI` do.
        const isWaiting = command.wait === 'until-settled' && (unit.isQuery || unit.nodes[0] === '*WAI');
        if (isWaiting) while (this.core.isBusy) yield undefined;
        const reply = run(this.core, unit.parameters, replies.length > 0);
        if (unit.isQuery && typeof reply === 'string') replies.push(reply);
      } catch (error) {
        if (!(error instanceof ScpiError)) throw error;
        this.core.status.raise(error);
        if (error.number > -200) break;
      }
    }
    if (replies.length > 0) this.transmitter.send(bytesFromText(`${replies.join(';')}\n`), executionS);
  }
}

function checkCount(command: SourceCommand, isQuery: boolean, count: number): void {
  const [low, high] = isQuery ? command.queryCount : command.setCount;
  if (count < low) throw new ScpiError(-109);
  if (count > high) throw new ScpiError(-108);
}
