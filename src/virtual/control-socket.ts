import {createServer, type Socket} from 'node:net';
import {z} from 'zod';
import {BenchError, benchErrorFrom} from '../contract/errors.ts';
import {firstIssueText} from '../contract/schema-issue.ts';
import type {ControlCall, ControlResult} from './control.ts';

/**
 * A door for people at another terminal, on the loopback only: a line of JSON holds a call, a line of JSON answers it.
 * Only what hands do at a bench, and the truth for whoever asks for it, may be asked here; nothing of this reaches a
 * real instrument.
 */
const number = z.number().finite();
const plate = z.number().int();
const callSchema = z.discriminatedUnion('method', [
  z
    .object({
      method: z.literal('nudge-plate'),
      plate,
      dxMm: number.default(0),
      dyMm: number.default(0),
      dzMm: number.default(0),
      rotationDeg: number.default(0),
    })
    .strict(),
  z.object({method: z.literal('set-plates-present'), plates: z.array(plate)}).strict(),
  z.object({method: z.literal('flip-plate'), plate, about: z.enum(['x', 'y', 'z'])}).strict(),
  z.object({method: z.literal('block-beam'), isBlocked: z.boolean()}).strict(),
  z.object({method: z.literal('read-truth')}).strict(),
]);
export type SocketCall = z.infer<typeof callSchema>;

export type SocketAnswer =
  | {readonly ok: true; readonly result?: ControlResult}
  | {readonly ok: false; readonly code: BenchError['code']; readonly message: string};

export interface ControlSocket extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

/** Longer lines are no calls. */
const longestLine = 10_000;

export async function openControlSocket(
  execute: (call: ControlCall) => Promise<ControlResult>,
): Promise<ControlSocket> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setEncoding('utf8');
    let text = '';
    let queue = Promise.resolve();
    socket.on('data', (chunk: string) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      if (text.length > longestLine) return void socket.destroy();
      for (const line of lines) queue = queue.then(() => answerOn(socket, line, execute));
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('The control socket has no port.');
  return {
    host: address.address,
    port: address.port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

async function answerOn(
  socket: Socket,
  line: string,
  execute: (call: ControlCall) => Promise<ControlResult>,
): Promise<void> {
  if (!socket.writable) return;
  let answer: SocketAnswer;
  let isCall = true;
  try {
    const result = await execute(
      parseCall(line, () => {
        isCall = false;
      }),
    );
    answer = {ok: true, ...(result && {result})};
  } catch (error) {
    const {code, message} = benchErrorFrom(error);
    answer = {ok: false, code, message};
  }
  if (!socket.writable) return;
  socket.write(`${JSON.stringify(answer)}\n`);
  // A browser or another program that means something else gets no second word.
  if (!isCall) socket.end();
}

function parseCall(line: string, onNonsense: () => void): SocketCall {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch (error) {
    onNonsense();
    throw new BenchError('cli/usage', 'That was no line of JSON. Nothing was done.', {cause: error});
  }
  const parsed = callSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new BenchError(
    'cli/usage',
    `The call was not understood: ${firstIssueText(parsed.error)}. Nothing was done.`,
  );
}
