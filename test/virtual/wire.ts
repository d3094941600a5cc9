import {bytesFromText, textFromBytes, type VirtualInstrument} from '../../src/virtual/byte-line.ts';
import type {ManualTime} from '../../src/virtual/time.ts';

/** A client on a manual clock: sends text or bytes and hears what comes back until the wire is quiet. */
export interface Wire {
  send(what: string | readonly number[], waitS?: number): string;
  /** What came without being asked. */
  received(): string;
}

export function connect(instrument: VirtualInstrument, time: ManualTime, waitS = 1): Wire {
  let unread = '';
  const line = instrument.openLine();
  line.onTransmit((bytes) => (unread += textFromBytes(bytes)));
  const received = (): string => {
    const text = unread;
    unread = '';
    return text;
  };
  return {
    received,
    send(what, forS = waitS) {
      line.receive(typeof what === 'string' ? bytesFromText(what) : Uint8Array.from(what));
      time.advance(forS);
      return received();
    },
  };
}
