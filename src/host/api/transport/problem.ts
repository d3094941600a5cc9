import {STATUS_CODES, type ServerResponse} from 'node:http';

/** Problem details (RFC 9457), with our error code and its details. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** A whole sentence for a person. */
  readonly detail: string;
  /** Path of the request. */
  readonly instance: string;
  readonly code: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Of wrong input: what is wrong where. */
  readonly issues?: readonly {readonly path: string; readonly message: string}[];
}

/** What a problem is made of: HTTP status, error code of this program, and what it means for the caller. */
export interface ProblemFacts {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly issues?: readonly {readonly path: string; readonly message: string}[];
}

const titles: Readonly<Record<string, string>> = {
  port: 'The port cannot be used',
  device: 'The instrument did not do it',
  motion: 'The stage did not do it',
  source: 'The source did not do it',
  plan: 'The run did not do it',
  store: 'The data cannot be stored or read',
  file: 'The file cannot be used',
  twin: 'The simulation cannot be computed',
  bench: 'The bench is not in the state for it',
  internal: 'The program failed',
};
const titlesByCode: Readonly<Record<string, string>> = {
  'api/denied': 'Not allowed',
  'api/unauthorised': 'A token is needed',
  'api/invalid-input': 'The input is not as it has to be',
  'api/not-found': 'There is nothing at this address',
  'api/method-not-allowed': 'This address wants another method',
  'api/too-large': 'The request is too large',
  'api/media-type': 'The body has to be JSON',
  'api/wrong-host': 'The request was meant for another host',
  'api/too-many': 'Too many calls at once',
};

/** The problem as it is sent. Its type names the error code, so that a program can decide on it. */
export function problemFrom(facts: ProblemFacts, instance: string): Problem {
  const {status, code, detail, details, issues} = facts;
  return {
    type: `urn:d2nn-bench:problem:${code}`,
    title: titlesByCode[code] ?? titles[code.split('/')[0] ?? ''] ?? STATUS_CODES[status] ?? 'Problem',
    status,
    detail,
    instance,
    code,
    ...(details === undefined ? {} : {details}),
    ...(issues === undefined ? {} : {issues}),
  };
}

/** Media type of a problem (RFC 9457). */
export const problemMediaType = 'application/problem+json';

/** Headers that go with a problem of this status. */
export function problemHeaders({status}: Problem): Record<string, string> {
  return {
    'Content-Type': problemMediaType,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(status === 401 ? {'WWW-Authenticate': 'Bearer realm="d2nn-bench"'} : {}),
  };
}

/** Answers a request with a problem. A body that was not read to its end ends the connection. */
export function sendProblem(
  response: ServerResponse,
  facts: ProblemFacts,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const problem = problemFrom(facts, response.req.url?.split('?')[0] ?? '/');
  response.writeHead(facts.status, {
    ...problemHeaders(problem),
    ...(response.req.complete ? {} : {Connection: 'close'}),
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : JSON.stringify(problem));
}

/** Refusal of a request without a valid token. */
export const unauthorised: ProblemFacts = {
  status: 401,
  code: 'api/unauthorised',
  detail:
    'This needs a token of this start of d2nn-bench, as "Authorization: Bearer TOKEN". Nothing was done; take the link that the program printed or that About shows.',
};
/** Refusal of a request whose Host header is not this server's, as in DNS rebinding. */
export const wrongHost: ProblemFacts = {
  status: 421,
  code: 'api/wrong-host',
  detail:
    'This server answers on 127.0.0.1, localhost and [::1] with its own port only. Nothing was done; use the link that the program printed.',
};
/** Refusal of a request that a page of another origin sent. */
export const wrongOrigin: ProblemFacts = {
  status: 403,
  code: 'api/denied',
  detail: 'A page of another site asked for this. Nothing was done; use the page of d2nn-bench itself.',
};
