/** Everything that passed over a wire, as it passed: what one wants to see when an instrument misbehaves. */
export interface TraceEntry {
  readonly port: string;
  readonly direction: 'sent' | 'received' | 'note';
  /** The bytes as they went, in one chunk; empty for a note. */
  readonly bytes: Uint8Array;
  /** What happened, for a note: opened, timeout, unsolicited, drained, closed. */
  readonly note: string;
  /** Monotonic bench time, ms. */
  readonly nowMs: number;
  /** UTC, ISO 8601 with milliseconds. */
  readonly utc: string;
}

export type TraceListener = (entry: TraceEntry) => void;

/** A trace entry as one line of a log: `2026-11-24T12:00:00.000Z 123.456 > SENS?\r`. */
export function formatTraceEntry(entry: TraceEntry): string {
  const mark = entry.direction === 'sent' ? '>' : entry.direction === 'received' ? '<' : '#';
  const body = entry.direction === 'note' ? entry.note : escapeBytes(entry.bytes);
  return `${entry.utc} ${entry.nowMs.toFixed(3)} ${entry.port} ${mark} ${body}`;
}

export function escapeBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    if (byte === 0x0d) return '\\r';
    if (byte === 0x0a) return '\\n';
    if (byte === 0x5c) return '\\\\';
    return byte >= 0x20 && byte < 0x7f
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`;
  }).join('');
}
