import type {IncomingMessage, ServerResponse} from 'node:http';
import {ValidationError, type AnyContractProcedure} from '@orpc/contract';
import {StandardOpenAPIHandler} from '@orpc/openapi/standard';
import {parseBoundedJson, UnboundedJson} from '../../../base/bounded-json.ts';
import {withFormerNames} from '../../../contract/api/former-names.ts';
import {apiContract} from '../../../contract/api/index.ts';
import {statusOf, type ApiContext} from '../procedures.ts';
import type {ApiRouter} from '../router.ts';
import type {HostServices} from '../../services.ts';
import {apiPrefix} from './api-prefix.ts';
import {base64Of, BulkOut, TakenOut} from './bulk.ts';
import {logUnexpected} from './calls.ts';
import {requestLimitBytes} from './request-limit.ts';
import {sendProblem, type ProblemFacts} from './problem.ts';

interface HttpContext extends ApiContext {
  /** What the procedure returned, before it was made JSON; set by the call. */
  readonly answer: {value?: unknown; readonly bulk: BulkOut};
}

/** Answers one request to the API whose sender was let in. */
export type OpenApiCalls = (
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  context: ApiContext,
) => Promise<void>;

const isNumbers = (data: unknown): data is Float32Array | Float64Array =>
  data instanceof Float32Array || data instanceof Float64Array;

/** Serves the contract as plain HTTP with JSON: arrays of numbers as lists, with null for not-a-number. */
export function createOpenApiCalls(router: ApiRouter, services: Pick<HostServices, 'log'>): OpenApiCalls {
  const handler = new StandardOpenAPIHandler<HttpContext>(router, {
    customJsonSerializers: [
      {condition: (data) => data instanceof TakenOut, serialize: ({text}: TakenOut) => text},
      {condition: isNumbers, serialize: (data: Float32Array | Float64Array) => Array.from(data)},
      {
        condition: (data) => data instanceof Uint8Array,
        serialize: base64Of,
      },
    ],
    clientInterceptors: [
      async (call) => {
        try {
          const {answer} = call.context;
          answer.value = withFormerNames(call.path.join('.'), await call.next());
          return answer.bulk.takeOut(answer.value);
        } catch (error) {
          logUnexpected(services, error);
          throw error;
        }
      },
    ],
    customErrorResponseBodyEncoder: (error) => factsFrom(error as ApiFailure),
  });

  return async (request, response, url, context) => {
    const body = await readBody(request);
    if ('problem' in body) {
      sendProblem(response, body.problem);
      return;
    }
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const answer: HttpContext['answer'] = {bulk: new BulkOut('list')};
    const result = await handler.handle(
      {
        url,
        method: request.method ?? 'GET',
        headers: request.headers,
        body: () => Promise.resolve(body.value),
        signal: gone.signal,
      },
      {prefix: apiPrefix, context: {...context, answer}},
    );
    if (!result.matched) {
      const allowed = methodsByPath.get(url.pathname);
      if (allowed === undefined) sendProblem(response, notFound(url.pathname));
      else sendProblem(response, wrongMethod(allowed), {Allow: allowed});
      return;
    }
    const {status, body: content} = result.response;
    if (status >= 400) sendProblem(response, content as ProblemFacts);
    else await sendAnswer(request, response, {status, content, ...answer});
  };
}

/** Method of each address, to tell a wrong method from a wrong address. */
const methodsByPath: ReadonlyMap<string, string> = new Map(
  Object.values<Record<string, AnyContractProcedure>>(apiContract).flatMap((feature) =>
    Object.values(feature).map(({'~orpc': {route}}): [string, string] => [
      `${apiPrefix}${route.path ?? ''}`,
      route.method ?? 'POST',
    ]),
  ),
);

const wrongMethod = (allowed: string): ProblemFacts => ({
  status: 405,
  code: 'api/method-not-allowed',
  detail: `This address answers ${allowed} only.`,
});

const notFound = (pathname: string): ProblemFacts => ({
  status: 404,
  code: 'api/not-found',
  detail: `There is no ${pathname} in this API. ${apiPrefix}/openapi.json lists what there is.`,
});

async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  {
    status,
    content,
    value,
    bulk,
  }: {readonly status: number; readonly content: unknown} & HttpContext['answer'],
): Promise<void> {
  const file = fileIn(value);
  if (
    file &&
    !(request.headers.accept ?? 'application/json').includes('json') &&
    request.headers.accept !== '*/*'
  ) {
    response.writeHead(status, {
      'Content-Type': file.mediaType,
      'Content-Length': String(file.bytes.byteLength),
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.fileName)}`,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': 'sandbox',
    });
    await writeAll(response, slicesOf(file.bytes));
    return;
  }
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  const json = JSON.stringify(content ?? null);
  const pieces = bulk.pieces(json);
  if (!pieces) {
    response.end(json);
    return;
  }
  await writeAll(response, pieces);
}

/** Sends a body as fast as the client takes it. */
async function writeAll(
  response: ServerResponse,
  pieces: AsyncIterable<string> | Iterable<Uint8Array>,
): Promise<void> {
  for await (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece) && !response.destroyed) await drained(response);
  }
  response.end();
}

const sliceBytes = 2 ** 20;

function* slicesOf(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.length; start += sliceBytes)
    yield bytes.subarray(start, start + sliceBytes);
}

/** Resolves when the client has taken what was written, or has gone. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });

interface FileAnswer {
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** An answer that is a file, which a caller may take as one instead of as JSON. */
function fileIn(value: unknown): FileAnswer | undefined {
  const file = value as Partial<FileAnswer> | null | undefined;
  return typeof file?.fileName === 'string' &&
    typeof file.mediaType === 'string' &&
    file.bytes instanceof Uint8Array
    ? (file as FileAnswer)
    : undefined;
}

/** The library's error, as far as it matters here. */
interface ApiFailure {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly data?: unknown;
  readonly cause?: unknown;
}

/** An error of a call in the form of our problems. */
function factsFrom(error: ApiFailure): ProblemFacts {
  if (error.code === 'BENCH_ERROR') {
    const {code, message, details} = error.data as {
      code: string;
      message: string;
      details: Record<string, unknown>;
    };
    return {status: statusOf(code), code, detail: message, details};
  }
  if (error.code === 'BAD_REQUEST') {
    const issues = error.cause instanceof ValidationError ? error.cause.issues : [];
    return {
      status: 400,
      code: 'api/invalid-input',
      detail: 'The input is not as this operation needs it. Nothing was done.',
      issues: issues.map(({path, message}) => ({
        path: (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
        message,
      })),
    };
  }
  return {
    status: error.status,
    code: 'internal',
    detail: `The program failed at this (${error.message}). The log tells what was done of it.`,
  };
}

type Body = {readonly value: unknown} | {readonly problem: ProblemFacts};

const tooLarge: ProblemFacts = {
  status: 413,
  code: 'api/too-large',
  detail: `The body is larger than ${requestLimitBytes / 2 ** 10} kB. Nothing was done.`,
};

/** The JSON of a request; an absent body is an empty object, so that halting needs none. */
async function readBody(request: IncomingMessage): Promise<Body> {
  if (request.method === 'GET' || request.method === 'HEAD') return {value: undefined};
  if (Number(request.headers['content-length']) > requestLimitBytes) return {problem: tooLarge};
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    byteCount += chunk.length;
    if (byteCount > requestLimitBytes) return {problem: tooLarge};
    chunks.push(chunk);
  }
  if (byteCount === 0) return {value: {}};
  if (!/^application\/(.+\+)?json\b/i.test(request.headers['content-type'] ?? ''))
    return {
      problem: {
        status: 415,
        code: 'api/media-type',
        detail: 'The body has to be JSON, sent with "Content-Type: application/json". Nothing was done.',
      },
    };
  try {
    return {value: parseBoundedJson(Buffer.concat(chunks).toString('utf8'), requestLimitBytes)};
  } catch (error) {
    const isUnbounded = error instanceof UnboundedJson;
    if (!isUnbounded && !(error instanceof SyntaxError)) throw error;
    return {
      problem: {
        status: 400,
        code: 'api/invalid-input',
        detail: `The body ${isUnbounded ? 'is not read' : 'is no JSON'}: ${error.message}. Nothing was done.`,
        issues: [],
      },
    };
  }
}
