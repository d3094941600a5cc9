/**
 * One end of a wire: what an instrument shows to whatever carries its bytes (pseudo-terminal, TCP, stream).
 */
export interface ByteLine {
  /** Takes bytes from the client, in whatever pieces they arrive. Never throws, never keeps more than its queues hold. */
  receive(bytes: Uint8Array): void;
  /** Calls `listener` with every piece that leaves. Returns the canceller. */
  onTransmit(listener: (bytes: Uint8Array) => void): () => void;
  /** The client is gone: forgets a half-received message, so that the next client starts clean. */
  dropPartialInput(): void;
}

export type InstrumentRole = 'lockin' | 'detector' | 'stage' | 'source' | 'mount';

/** An instrument as a byte machine. */
export interface VirtualInstrument {
  readonly name: string;
  readonly role: InstrumentRole;
  readonly model: string;
  /** How it is reached: a serial line, or a network port with a conversation per client. */
  readonly link: 'serial' | 'network';
  /** A conversation with it. A serial instrument has one wire and always gives the same. */
  openLine(): ByteLine;
  dispose(): void;
}

/** The set of those who listen to a wire. */
export class Listeners<Arguments extends readonly unknown[]> {
  private readonly all = new Set<(...values: Arguments) => void>();

  add(listener: (...values: Arguments) => void): () => void {
    this.all.add(listener);
    return () => {
      this.all.delete(listener);
    };
  }
  emit(...values: Arguments): void {
    for (const listener of [...this.all]) listener(...values);
  }
  get count(): number {
    return this.all.size;
  }
}

/** Text to bytes, one byte a character (Latin-1): instruments know no other encoding. */
export const bytesFromText = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i) & 0xff;
  return bytes;
};

export const textFromBytes = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};
