import {request} from 'node:http';
import {setTimeout as delay} from 'node:timers/promises';
import {WebSocket} from 'ws';
import {expect} from 'vitest';
import {createRouter} from '../../../src/host/api/router.ts';
import {startHttpTransport} from '../../../src/host/api/transport/http.ts';
import {startHost, stopSentWithinMs} from './bench-fixture.ts';
import {watchTurns} from './watch-turns.ts';

/**
 * What is required of STOP, from the press to the bytes on the wires: no turn of the host's thread may compute longer.
 * Counted as the processor's time, which other programs on a busy computer do not lengthen.
 */
const longestTurnMs = 200;
/** What holds up the host's thread does so every time; the collector of garbage does not. */
const attempts = 4;

const token = 'token-of-a-window-0123456789';
const tokens = {read: `read-${token}`, operate: `operate-${token}`, admin: `admin-${token}`};

/** A host with an open virtual bench and its HTTP server, whose STOP can be pressed while it does something else. */
export async function startStopping() {
  const at = await startHost({smallPlates: 3});
  await at.api.bench.open({kind: 'virtual', speed: 100});
  const router = createRouter(at.services, {links: () => [], openApiPath: '/openapi.json'});
  const http = await startHttpTransport({
    services: at.services,
    router,
    tokens,
    port: 0,
    pageFolder: at.folder,
  });

  /** POSTs JSON (or fetches, without a body); hands every piece of the answer on. Resolves at its end. */
  const ask = (path: string, body: string | null, onPiece: (piece: Buffer) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          port: http.port,
          path: `/api/v1${path}`,
          method: body === null ? 'GET' : 'POST',
          headers: {authorization: `Bearer ${tokens.admin}`, 'content-type': 'application/json'},
        },
        (response) => response.on('data', onPiece).on('end', resolve).on('error', reject),
      );
      sent.on('error', reject);
      sent.end(body ?? undefined);
    });
  const post = async (path: string, body: string): Promise<string> => {
    const pieces: Buffer[] = [];
    await ask(path, body, (piece) => pieces.push(piece));
    return Buffer.concat(pieces).toString('utf8');
  };

  /** Presses STOP again and again while `feed` is under way; says how long the longest turn computed, and the answer. */
  const pressWhile = async (feed: () => Promise<string>): Promise<{turnMs: number; answer: string}> => {
    const loop = watchTurns();
    let answer: string | undefined;
    const feeding = feed().then((text) => (answer = text));
    let sentMs = 0;
    do {
      const halted = JSON.parse(await post('/halt', '{}')) as {sentMs: number | null};
      sentMs = Math.max(sentMs, halted.sentMs ?? Infinity);
      await delay(20);
    } while (answer === undefined);
    await feeding;
    expect(sentMs).toBeLessThan(stopSentWithinMs);
    // The last turn is counted when the next timer comes.
    await delay(20);
    return {turnMs: loop.end(), answer};
  };

  return {
    at,
    post,
    /** Size and beginning of an answer that nobody wants to hold whole: `17204212 bytes: {"jsonLines":"[...`. */
    async sizeOf(path: string, body: string | null): Promise<string> {
      let [size, head] = [0, ''];
      await ask(path, body, (piece) => {
        size += piece.length;
        if (head.length < 100) head += piece.subarray(0, 100).toString('latin1');
      });
      return `${size} bytes: ${head}`;
    },
    openSocket: (scope: 'read' | 'admin'): Promise<WebSocket> =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`ws://127.0.0.1:${http.port}/api/v1/socket`, [
          'd2nn-bench',
          `token.${tokens[scope]}`,
        ]);
        socket.once('open', () => resolve(socket)).once('error', reject);
      }),
    /** Expects that `feed` never keeps STOP from being heard for 200 ms; its answer has to be as given. */
    async expectStopInTime(feed: () => Promise<string>, answered: RegExp): Promise<void> {
      const turns: number[] = [];
      while (turns.length < attempts) {
        const {turnMs, answer} = await pressWhile(feed);
        // On a slow computer the time of the thread may be over before its parser is.
        if (!/reading it was given up after/.test(answer)) expect(answer.slice(0, 2000)).toMatch(answered);
        turns.push(turnMs);
        if (turnMs < longestTurnMs) break;
      }
      expect(Math.min(...turns), `turns of ms: ${turns.map(Math.round).join(', ')}`).toBeLessThan(
        longestTurnMs,
      );
    },
    async [Symbol.asyncDispose]() {
      await http.close();
      await at[Symbol.asyncDispose]();
    },
  };
}
