import type {WireEntry} from '../contract/api/index.ts';
import type {BenchClient} from './host-client.ts';
import type {Output} from './output/index.ts';

const waitMs = 1000;
const marks = {sent: '>', received: '<', note: '#'} as const;

/** `2026-11-24T12:00:00.000Z 123.456 /dev/ttyUSB0 > SENS?\r` */
const lineOf = ({utc, nowMs, port, direction, text}: WireEntry): string =>
  `${utc} ${nowMs.toFixed(3)} ${port} ${marks[direction]} ${text}`;

/** Prints what goes over the wires from now on. Disposing it prints what is left and ends it. */
export async function followWire(client: BenchClient, output: Output): Promise<AsyncDisposable> {
  const ending = new AbortController();
  let after = 0;
  const read = async (wait: number, isPrinted: boolean): Promise<number> => {
    const {entries, last} = await client.bench.wire({after, waitMs: wait}, {signal: ending.signal});
    if (isPrinted) for (const entry of entries) output.log(lineOf(entry));
    after = last;
    return entries.length;
  };
  // What went before belongs to somebody else.
  while ((await read(0, false)) > 0) continue;
  const following = (async () => {
    while (!ending.signal.aborted) await read(waitMs, true);
  })();
  // Withdrawn at the end; a connection that breaks before is told by the call that it broke under.
  const followed = following.catch(() => undefined);
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await followed;
      const {entries} = await client.bench.wire({after});
      for (const entry of entries) output.log(lineOf(entry));
    },
  };
}
