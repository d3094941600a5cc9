import {bytesFromText, type ByteLine} from '../byte-line.ts';
import type {Transmitter} from '../transmitter.ts';
import {findScpiCommand, type ScpiCommand, type ScpiCore} from './scpi-command.ts';
import {ScpiError, parseUnit, splitOutsideQuotes} from './scpi-parser.ts';

/** Longest message and most waiting messages of one conversation; beyond them input is thrown away with -363. */
const longestMessage = 4096;
const longestBacklog = 1000;
/** Time to parse and execute a message, s. */
const executionS = 0.001;

export interface ConversationParts<Core extends ScpiCore> {
  readonly core: Core;
  readonly commands: readonly ScpiCommand<Core>[];
  readonly transmitter: Transmitter;
  /** Bytes that end a message. */
  readonly endBytes: readonly number[];
  /** What ends a reply. */
  readonly replyEnd: string;
  /** Bytes that clear: pending messages and output are thrown away and `onClear` is called (RS-232: ^C, ^X). */
  readonly clearBytes?: readonly number[];
  readonly onClear?: () => void;
}

/**
 * A client's dialogue with a SCPI instrument (IEEE 488.2 chapter 7): messages in order, units between `;`, replies of
 * one message joined by `;`. A unit that has to wait holds up what follows it, as on the instrument.
 */
export class ScpiConversation<Core extends ScpiCore> implements ByteLine {
  private readonly parts: ConversationParts<Core>;
  private partial = '';
  private isOverrun = false;
  private backlog: string[] = [];
  private running: Generator<undefined, void, undefined> | undefined;
  private isWaiting = false;

  constructor(parts: ConversationParts<Core>) {
    this.parts = parts;
  }

  onTransmit(listener: (bytes: Uint8Array) => void): () => void {
    return this.parts.transmitter.listeners.add(listener);
  }
  /** A client that has left takes its waiting messages with it. */
  dropPartialInput(): void {
    this.partial = '';
    this.isOverrun = false;
    this.backlog = [];
    this.parts.transmitter.clear();
  }

  receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.parts.clearBytes?.includes(byte)) this.clear();
      else if (this.parts.endBytes.includes(byte)) this.endMessage();
      else if (this.partial.length >= longestMessage) this.isOverrun = true;
      else this.partial += String.fromCharCode(byte);
    }
    this.work();
  }

  private clear(): void {
    this.dropPartialInput();
    this.running = undefined;
    this.parts.onClear?.();
  }

  private endMessage(): void {
    const message = this.partial;
    const isLost = this.isOverrun || this.backlog.length >= longestBacklog;
    this.partial = '';
    this.isOverrun = false;
    if (isLost) this.parts.core.status.raise(new ScpiError(-363));
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
      this.parts.core.whenIdle(() => {
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
    const {core, commands, transmitter, replyEnd} = this.parts;
    const replies: string[] = [];
    let path: readonly string[] = [];
    // A command error makes the rest of the message meaningless; an execution error does not.
    for (const text of splitOutsideQuotes(message, ';')) {
      if (text.trim() === '') continue;
      try {
        const unit = parseUnit(text);
        const nodes = unit.isCommon || unit.isRooted ? unit.nodes : [...path, ...unit.nodes];
        const command = findScpiCommand(commands, nodes);
        if (!unit.isCommon) path = nodes.slice(0, -1);
        const run = unit.isQuery ? command.query : command.set;
        if (!run) throw new ScpiError(-113);
        checkCount(command, unit.isQuery, unit.parameters.length);
        if (unit.isQuery) command.begin?.(core, unit.parameters);
        // `*OPC` itself does not wait; `*OPC?` and `*WAI` do.
        const isWaiting = command.wait === 'until-idle' && (unit.isQuery || unit.nodes[0] === '*WAI');
        if (isWaiting) while (core.isBusy) yield undefined;
        const reply = run(core, unit.parameters, replies.length > 0);
        if (unit.isQuery && typeof reply === 'string') replies.push(reply);
      } catch (error) {
        if (!(error instanceof ScpiError)) throw error;
        core.status.raise(error);
        if (error.number > -200) break;
      }
    }
    if (replies.length > 0) transmitter.send(bytesFromText(replies.join(';') + replyEnd), executionS);
  }
}

function checkCount<Core>(command: ScpiCommand<Core>, isQuery: boolean, count: number): void {
  const [low, high] = isQuery ? command.queryCount : command.setCount;
  if (count < low) throw new ScpiError(-109);
  if (count > high) throw new ScpiError(-108);
}
