import {monitorEventLoopDelay} from 'node:perf_hooks';
import {request} from 'node:http';
import {setTimeout as delay} from 'node:timers/promises';
import {WebSocket} from 'ws';
import {expect} from 'vitest';
import {createRouter} from '../../../src/host/api/router.ts';
import {startHttpTransport} from '../../../src/host/api/transport/http.ts';
import {startHost} from './bench-fixture.ts';

/** What is required of STOP, from the press to the bytes on the wires. */
const stopMs = 200;
/** What holds up the host's thread does so every time; another program on a busy computer does not. */
const attempts = 4;

const token = 'token-of-a-window-0123456789';
const tokens = {read: `read-${token}`, operate: `operate-${token}`, admin: `admin-${token}`};

/** A host with an open virtual bench and its HTTP server, whose STOP can be pressed while it does something else. */
export async function startStopping() {
  const at = await startHost();
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

  /** Presses STOP again and again while `feed` is under way; says how late its bytes were at most, ms, and the answer. */
  const pressWhile = async (feed: () => Promise<string>): Promise<{lateMs: number; answer: string}> => {
    const loop = monitorEventLoopDelay({resolution: 5});
    loop.enable();
    let answer: string | undefined;
    const feeding = feed().then((text) => (answer = text));
    let sentMs = 0;
    do {
      const halted = JSON.parse(await post('/halt', '{}')) as {sentMs: number | null};
      sentMs = Math.max(sentMs, halted.sentMs ?? Infinity);
      await delay(2);
    } while (answer === undefined);
    await feeding;
    // The loop's last delay is counted when its next timer comes.
    await delay(20);
    loop.disable();
    return {lateMs: loop.max / 1e6 + sentMs, answer};
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
    /** Expects the bytes of STOP within 200 ms while `feed` is under way, whose answer has to be as given. */
    async expectStopInTime(feed: () => Promise<string>, answered: RegExp): Promise<void> {
      const late: number[] = [];
      while (late.length < attempts) {
        const {lateMs, answer} = await pressWhile(feed);
        // On a slow computer the time of the thread may be over before its parser is.
        if (!/reading it was given up after/.test(answer)) expect(answer.slice(0, 2000)).toMatch(answered);
        late.push(lateMs);
        if (lateMs < stopMs) break;
      }
      expect(Math.min(...late), `ms late: ${late.map(Math.round).join(', ')}`).toBeLessThan(stopMs);
    },
    async [Symbol.asyncDispose]() {
      await http.close();
      await at[Symbol.asyncDispose]();
    },
  };
}
