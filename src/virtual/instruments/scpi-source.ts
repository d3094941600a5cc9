import type {ByteLine, VirtualInstrument} from '../byte-line.ts';
import type {VirtualTime} from '../time.ts';
import {Transmitter} from '../transmitter.ts';
import {ScpiConversation} from './scpi-conversation.ts';
import {sourceCommands} from './scpi-source-commands.ts';
import {ScpiSourceCore} from './scpi-source-core.ts';

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
    return new ScpiConversation({
      core: this.core,
      commands: sourceCommands,
      transmitter: new Transmitter({time: this.time}),
      endBytes: [lineFeed],
      replyEnd: '\n',
    });
  }
  dispose(): void {
    this.core.abortSweep();
  }
}
