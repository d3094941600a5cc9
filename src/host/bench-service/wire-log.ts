import {createFeed, type FeedWait} from '../../base/feed.ts';
import type {WireEntry} from '../../contract/api/index.ts';
import {escapeBytes, type TraceEntry} from '../serial/trace.ts';

/** Every exchange with an instrument: the newest ones. */
export interface WireLog {
  add(role: string, entry: TraceEntry): void;
  follow(
    wait: FeedWait & {readonly limit: number},
  ): Promise<{readonly entries: WireEntry[]; readonly last: number; readonly lostCount: number}>;
}

const quietMs = 33;
/** Largest answer: making it holds the loop for some ms. The caller asks again for the rest. */
const maximumPage = 2000;

export function createWireLog(capacity = 20_000): WireLog {
  // Bytes are kept as Latin-1 text, which costs next to nothing during a run; they are made readable when read.
  const feed = createFeed<Omit<WireEntry, 'id'>>({capacity, quietMs});
  return {
    add(role, {port, direction, bytes, note, nowMs, utc}) {
      const text =
        direction === 'note'
          ? note
          : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
      feed.add({utc, nowMs, role, port, direction, text});
    },
    async follow(wait) {
      const {entries, first, last, lostCount} = await feed.follow({
        ...wait,
        limit: Math.min(wait.limit, maximumPage),
      });
      return {
        last,
        lostCount,
        entries: entries.map((entry, index) => ({
          ...entry,
          id: first + index,
          text: entry.direction === 'note' ? entry.text : escapeBytes(Buffer.from(entry.text, 'latin1')),
        })),
      };
    },
  };
}
