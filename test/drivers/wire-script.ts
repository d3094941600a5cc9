import {duplexPair} from 'node:stream';
import type {Duplex} from 'node:stream';
import {setTimeout as sleepMs} from 'node:timers/promises';
import {createClock} from '../../src/base/clock.ts';
import type {Clock} from '../../src/base/clock.ts';
import type {LinkSettings} from '../../src/contract/link.ts';
import {byteLinkFromStream} from '../../src/host/serial/byte-link.ts';
import {createLineLink} from '../../src/host/serial/line-link.ts';
import type {LineLink} from '../../src/host/serial/line-link.ts';

/**
 * One step of a dialogue: what the instrument must receive (the sent terminator is added and checked) and what it
 * answers: a line (the reply terminator is added), several lines, chunks exactly as given, bytes, or nothing.
 */
export type Reply =
  | string
  | undefined
  | {readonly lines: readonly string[]}
  | {readonly chunks: readonly (string | Uint8Array)[]; readonly everyMs?: number; readonly afterMs?: number};
export type WireStep = readonly [sent: string, reply?: Reply];

export interface WireOptions {
  readonly settings: LinkSettings;
  readonly clock?: Clock;
  readonly timeoutMs?: number;
}

/** Runs `body` on a link whose other end follows the script. What is left over on either side fails the test. */
export async function expectWire(
  options: WireOptions,
  script: readonly WireStep[],
  body: (link: LineLink) => Promise<void>,
): Promise<void> {
  const [hostEnd, deviceEnd] = duplexPair();
  const settings = {...options.settings, timeoutMs: options.timeoutMs ?? options.settings.timeoutMs};
  const player = playScript(deviceEnd, script, settings);
  const link = createLineLink(
    byteLinkFromStream(hostEnd, {name: 'scripted', settingsText: 'script'}),
    settings,
    {
      clock: options.clock ?? createClock(20),
      shortestLimitRealMs: 250,
    },
  );
  try {
    await body(link);
  } catch (error) {
    const surprise = player.surprise();
    if (surprise !== '') throw new Error(surprise, {cause: error});
    throw error;
  } finally {
    await link.close();
  }
  await player.settled();
  const surprise = player.surprise();
  if (surprise !== '') throw new Error(surprise);
  if (player.remaining().length > 0)
    throw new Error(`The driver never sent ${JSON.stringify(player.remaining())}.`);
}

function playScript(end: Duplex, script: readonly WireStep[], settings: LinkSettings) {
  let received = '';
  let step = 0;
  let surprise = '';
  const replies: Promise<void>[] = [];
  const send = async (reply: Reply): Promise<void> => {
    if (reply === undefined) return;
    if (typeof reply === 'string')
      return void end.write(Buffer.from(reply + settings.replyTerminator, 'latin1'));
    if ('lines' in reply) return send(reply.lines.join(settings.replyTerminator));
    if (reply.afterMs !== undefined) await sleepMs(reply.afterMs);
    for (const chunk of reply.chunks) {
      if (!end.writable) return;
      end.write(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk);
      await sleepMs(reply.everyMs ?? 0);
    }
  };
  end.on('data', (bytes: Buffer) => {
    received += bytes.toString('latin1');
    while (received !== '' && surprise === '') {
      const next = script[step];
      if (next === undefined) {
        surprise = `The driver sent ${JSON.stringify(received)} after the end of the script.`;
        return;
      }
      const expected =
        next[0].length === 1 && settings.style === 'streamed' ? next[0] : next[0] + settings.sendTerminator;
      if (!expected.startsWith(received.slice(0, expected.length))) {
        surprise = `The driver sent ${JSON.stringify(received)} where ${JSON.stringify(expected)} was expected (step ${step}).`;
        return;
      }
      if (received.length < expected.length) return;
      received = received.slice(expected.length);
      step += 1;
      replies.push(send(next[1]));
    }
  });
  end.on('error', () => undefined); // the host end closes first; nothing more is to be told
  return {
    surprise: () => surprise,
    remaining: () => script.slice(step).map(([sent]) => sent),
    settled: () => Promise.allSettled(replies),
  };
}
