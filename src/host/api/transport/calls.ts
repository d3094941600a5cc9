import {ORPCError, type AnyProcedure} from '@orpc/server';
import {RPCHandler} from '@orpc/server/ws';
import {withFormerNames} from '../../../contract/api/former-names.ts';
import {parseBoundedJson, UnboundedJson} from '../../../base/bounded-json.ts';
import {typedArraySerializers, type ProcedureMeta} from '../../../contract/api/index.ts';
import {benchErrorFrom} from '../../../contract/errors.ts';
import type {ApiContext} from '../procedures.ts';
import type {ApiRouter} from '../router.ts';
import type {HostServices} from '../../services.ts';
import {base64Of, BulkOut, TakenOut} from './bulk.ts';
import {requestLimitBytes} from './request-limit.ts';

/** A connection that carries text both ways: a socket or a port. */
export interface Channel {
  send(text: string): void;
  /** Sends one text that comes in pieces, before everything that is sent after this call. */
  sendPieces(pieces: AsyncIterable<string>): Promise<void>;
  /** Resolves when what was sent is on its way; at once as a rule. */
  readonly whenDrained?: () => Promise<void>;
  onMessage(listener: (data: unknown) => void): void;
  onClose(listener: () => void): void;
}

/** Looks that wait for an answer at once on one connection. A window has about ten; more is a mistake. */
const openCallLimit = 512;

interface CallContext extends ApiContext {
  readonly connection: {openCount: number; readonly channel: Channel; readonly bulk: BulkOut};
}

/** Serves the RPC form of the API on connections that were let in. */
export interface CallServer {
  /** Answers the calls of one connection until it closes; calls under way are aborted then. */
  serve(channel: Channel, context: ApiContext): void;
}

const tooMany = (): ORPCError<'TOO_MANY_REQUESTS', unknown> =>
  new ORPCError('TOO_MANY_REQUESTS', {
    message: `This window waits for ${openCallLimit} answers already. Nothing was done; wait for them, or open the window again.`,
  });

const changesSomething = (procedure: AnyProcedure): boolean =>
  (procedure['~orpc'].meta as Partial<ProcedureMeta>).effect !== 'read';

/** As the window reads them; made here by Node, which is some hundred times as fast as what every browser has. */
const answerSerializers = typedArraySerializers.map((serializer) => ({
  ...serializer,
  condition: (data: unknown) => serializer.condition(data instanceof TakenOut ? data.data : data),
  serialize: (data: TakenOut | Float32Array | Float64Array | Uint8Array) =>
    data instanceof TakenOut ? data.text : base64Of(data),
}));

/** Serves the RPC form of the API over any number of channels. */
export function createCallServer(router: ApiRouter, services: Pick<HostServices, 'log'>): CallServer {
  const handler = new RPCHandler<CallContext>(router, {
    customJsonSerializers: answerSerializers,
    clientInterceptors: [
      async (call) => {
        const {connection} = call.context;
        // What changes something, halting above all, waits for no slow reader and is not refused for its sake.
        const isLook = !changesSomething(call.procedure);
        if (isLook && connection.openCount >= openCallLimit) throw tooMany();
        connection.openCount++;
        try {
          if (isLook) await connection.channel.whenDrained?.();
          const answer = withFormerNames(call.path.join('.'), await call.next());
          return connection.bulk.takeOut(answer, call.signal);
        } catch (error) {
          logUnexpected(services, error);
          throw error;
        } finally {
          connection.openCount--;
        }
      },
    ],
  });
  return {
    serve(channel, context) {
      const bulk = new BulkOut('base64');
      const callContext: CallContext = {...context, connection: {openCount: 0, channel, bulk}};
      const events = eventsOf(channel, bulk, services);
      void handler.upgrade(events, {context: callContext});
    },
  };
}

/** The part of a `ws` socket that the library's handler uses, fed with sound frames only. */
function eventsOf(
  channel: Channel,
  bulk: BulkOut,
  services: Pick<HostServices, 'log'>,
): Parameters<RPCHandler<CallContext>['upgrade']>[0] {
  const addEventListener = (type: string, listener: (event: unknown) => void): void => {
    if (type === 'close') channel.onClose(() => listener({}));
    if (type === 'message')
      channel.onMessage((data) => {
        if (typeof data === 'string' && isSoundFrame(data)) listener({data});
      });
  };
  const send = (text: string): void => {
    const pieces = bulk.pieces(text);
    if (pieces) channel.sendPieces(pieces).catch((error: unknown) => logUnexpected(services, error));
    else channel.send(text);
  };
  return {addEventListener, send};
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether the library can read a frame, and in no time worth speaking of. It takes what it gets on trust; a frame that it cannot read is dropped here,
 * for there is no call that could be answered.
 */
export function isSoundFrame(text: string): boolean {
  let frame: unknown;
  try {
    frame = parseBoundedJson(text, requestLimitBytes);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof UnboundedJson) return false;
    throw error;
  }
  if (!isObject(frame) || typeof frame['i'] !== 'string') return false;
  const {t: type, p: payload} = frame;
  if (type === 4) return true;
  // 3 would be an entry of a stream from the client; no procedure takes one.
  if (type !== undefined && type !== 1) return false;
  if (!isObject(payload)) return false;
  const {u: path, m: method, h: headers} = payload;
  return (
    typeof path === 'string' &&
    /^\/[\w/.-]{1,200}$/.test(path) &&
    (method === undefined || method === 'POST') &&
    (headers === undefined || (isObject(headers) && Object.keys(headers).length === 0))
  );
}

/** Failures that are nobody's wrong input: an answer that does not fit the contract, a mistake of ours. */
export function logUnexpected({log}: Pick<HostServices, 'log'>, error: unknown): void {
  const {code, message} = benchErrorFrom(error instanceof ORPCError ? (error.cause ?? error) : error);
  const isOurs = error instanceof ORPCError && error.code !== 'BENCH_ERROR' ? error.status >= 500 : true;
  if (code !== 'internal' || !isOurs) return;
  log.add({level: 'error', source: 'app', text: `The program failed at something: ${message}`, code});
}
