import {Listeners, type ByteLine, type VirtualInstrument} from './byte-line.ts';

/** Faults of one instrument's wire, set by a test or over the control channel. All are off at first. */
export interface Faults {
  /** Every reply comes this much later, ms of real time. */
  replyDelayMs: number;
  /** The next so many replies are lost. */
  loseReplies: number;
  /** In the next so many replies every third byte has a bit flipped. */
  garbleReplies: number;
  /** Nothing is taken and nothing is sent, but the port stays open. */
  isStalled: boolean;
}

export const noFaults = (): Faults => ({replyDelayMs: 0, loseReplies: 0, garbleReplies: 0, isStalled: false});

/** The same instrument behind a wire that misbehaves as `faults` says. */
export function withFaults(instrument: VirtualInstrument, faults: Faults): VirtualInstrument {
  const {name, role, model, link} = instrument;
  const lines = new Map<ByteLine, ByteLine>();
  return {
    name,
    role,
    model,
    link,
    openLine() {
      const line = instrument.openLine();
      const known = lines.get(line) ?? createFaultyLine(line, faults);
      // A serial instrument has one wire, so its clients must share the faulty one too.
      if (link === 'serial') lines.set(line, known);
      return known;
    },
    dispose: () => instrument.dispose(),
  };
}

function createFaultyLine(line: ByteLine, faults: Faults): ByteLine {
  const listeners = new Listeners<[bytes: Uint8Array]>();
  let delayed = Promise.resolve();
  const forward = (bytes: Uint8Array): void => {
    if (faults.isStalled) return;
    if (faults.loseReplies > 0) {
      faults.loseReplies--;
      return;
    }
    let sent = bytes;
    if (faults.garbleReplies > 0) {
      faults.garbleReplies--;
      sent = bytes.map((byte, i) => (i % 3 === 1 ? byte ^ 0x15 : byte));
    }
    const {replyDelayMs} = faults;
    if (replyDelayMs <= 0) return listeners.emit(sent);
    delayed = delayed
      .then(() => new Promise<void>((resolve) => setTimeout(resolve, replyDelayMs)))
      .then(() => listeners.emit(sent));
  };
  let stop: (() => void) | undefined;
  return {
    receive: (bytes) => {
      if (!faults.isStalled) line.receive(bytes);
    },
    onTransmit(listener) {
      const remove = listeners.add(listener);
      // Only now, as the instrument may greet who listens first.
      stop ??= line.onTransmit(forward);
      return () => {
        remove();
        if (listeners.count > 0) return;
        stop?.();
        stop = undefined;
      };
    },
    dropPartialInput: () => line.dropPartialInput(),
  };
}
