import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {z} from 'zod';
import {BenchError, benchErrorFrom} from '../contract/errors.ts';
import {firstIssueText} from '../contract/schema-issue.ts';
import type {ControlCall, ControlResult} from './control.ts';

/**
 * A door for people at another terminal, on the loopback only: a line of JSON holds a call, a line of JSON answers it.
 * Every user of the computer can reach the loopback, so each call carries a token, which stands with the address in a
 * file that only this user can read. Only what hands do at a bench, and the truth for whoever asks for it, may be asked
 * here; nothing of this reaches a real instrument.
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
  z.object({method: z.literal('slip-stage'), xMm: number.default(0), yMm: number.default(0)}).strict(),
  z.object({method: z.literal('block-beam'), isBlocked: z.boolean()}).strict(),
  z.object({method: z.literal('read-truth')}).strict(),
]);
export type SocketCall = z.infer<typeof callSchema>;

/** What the file of a control socket holds. */
export const controlFileSchema = z.object({
  host: z.string(),
  port: z.number().int().min(1).max(65_535),
  token: z.string(),
});
type ControlFile = z.infer<typeof controlFileSchema>;

export type SocketAnswer =
  | {readonly ok: true; readonly result?: ControlResult}
  | {readonly ok: false; readonly code: BenchError['code']; readonly message: string};

export interface ControlSocket extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Path of the file with address and token; it goes with the socket. */
  readonly file: string;
}

/** Longer lines are no calls. */
const longestLine = 10_000;

/** Opens the socket with a token of its own and writes its file. Throws what keeps either from being made. */
export async function openControlSocket(
  execute: (call: ControlCall) => Promise<ControlResult>,
): Promise<ControlSocket> {
  const token = randomBytes(24).toString('base64url');
  const door = {execute, isToken: tokenCheck(token)};
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
      for (const line of lines) queue = queue.then(() => answerOn(socket, line, door));
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
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  const place = {host: address.address, port: address.port};
  const folder = await writeControlFile({...place, token}).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    ...place,
    file: join(folder, controlFileName),
    async [Symbol.asyncDispose]() {
      await close();
      await rm(folder, {recursive: true, force: true});
    },
  };
}

const controlFileName = 'control.json';

/** Writes the file into a folder of its own that only this user may enter (mkdtemp: 0700), and returns that folder. */
async function writeControlFile(content: ControlFile): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'd2nn-bench-control-'));
  await writeFile(join(folder, controlFileName), `${JSON.stringify(content)}\n`, {mode: 0o600, flag: 'wx'});
  return folder;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Tells whether a text is the token, in a time that says nothing about how much of it is right. */
function tokenCheck(token: string): (given: string) => boolean {
  const wanted = digest(token);
  return (given) => timingSafeEqual(digest(given), wanted);
}

interface Door {
  readonly execute: (call: ControlCall) => Promise<ControlResult>;
  readonly isToken: (given: string) => boolean;
}

async function answerOn(socket: Socket, line: string, {execute, isToken}: Door): Promise<void> {
  if (!socket.writable) return;
  let answer: SocketAnswer;
  let isCall = true;
  try {
    const content = parseLine(line, isToken, () => {
      isCall = false;
    });
    const result = await execute(parseCall(content));
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

/** The call in a line that carries the token. Throws `cli/usage` or `api/unauthorised`, after `onStranger`. */
function parseLine(line: string, isToken: (given: string) => boolean, onStranger: () => void): unknown {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch (error) {
    onStranger();
    throw new BenchError('cli/usage', 'That was no line of JSON. Nothing was done.', {cause: error});
  }
  const carried = z.looseObject({token: z.string()}).safeParse(content);
  if (!carried.success || !isToken(carried.data.token)) {
    onStranger();
    throw new BenchError(
      'api/unauthorised',
      'The call carries no token of this bench. Nothing was done; the token stands in the file that the bench has named at its start.',
    );
  }
  const call: Record<string, unknown> = {...carried.data};
  delete call['token'];
  return call;
}

function parseCall(content: unknown): SocketCall {
  const parsed = callSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new BenchError(
    'cli/usage',
    `The call was not understood: ${firstIssueText(parsed.error)}. Nothing was done.`,
  );
}
