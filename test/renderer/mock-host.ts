import type {AnySchema} from '@orpc/contract';
import {
  apiContract,
  type ApiContract,
  type ApiInputs,
  type ApiOutputs,
  type AppInfo,
  type Scope,
  type Settings,
  settingsSchema,
  type Status,
} from '../../src/contract/api/index.ts';
import type {Farewell, Transport} from '../../src/renderer/connection/transport.ts';
import {status as openBench} from './window-fixtures.ts';

interface Call {
  readonly signal: AbortSignal | undefined;
}

type Input<F extends keyof ApiContract, P> = P extends keyof ApiInputs[F] ? ApiInputs[F][P] : never;
type Output<F extends keyof ApiContract, P> = P extends keyof ApiOutputs[F] ? ApiOutputs[F][P] : never;

/** What a host answers, by feature and procedure of the contract. A call that has no answer here fails. */
export type Answers = {
  readonly [F in keyof ApiContract]?: {
    readonly [P in keyof ApiContract[F]]?: (
      input: Input<F, P>,
      call: Call,
    ) => Output<F, P> | Promise<Output<F, P>>;
  };
};

export interface MockHostOptions {
  readonly answers?: Answers;
  /** What the window may do; everything by default. */
  readonly scope?: Scope;
  /** Differences from an open virtual bench at rest. */
  readonly status?: Partial<Status>;
  readonly settings?: Partial<Settings>;
}

export interface MockHost {
  readonly hostId: string;
  readonly transport: Transport;
  /** Inputs of the calls of one procedure so far, as they were sent. */
  callsOf<F extends keyof ApiContract, P extends keyof ApiContract[F]>(
    feature: F,
    procedure: P,
  ): readonly unknown[];
  /** Another picture of the bench, which waiting windows receive. */
  changeStatus(changes: Partial<Status>): void;
}

let hostCount = 0;

/**
 * A host without bench, store or network, for windows under test: it answers from a table, checks each input and each
 * answer by the contract's own schemas, lets feeds wait as the host does, and keeps a record of the calls.
 */
export function createMockHost(options: MockHostOptions = {}): MockHost {
  const {answers = {}, scope = 'admin', settings = {}} = options;
  const hostId = `mock-${++hostCount}`;
  const calls: {readonly name: string; readonly input: unknown}[] = [];
  const pictures = statusFeed({
    ...openBench,
    ...options.status,
    hostId,
    last: hostCount * 1000,
    lostCount: 0,
  });
  const kept = settingsSchema.parse({lastBench: {kind: 'virtual'}, ...settings});
  const known: Answers = {
    ...answers,
    app: {
      info: () => infoOf(hostId, scope),
      settings: () => kept,
      changeSettings: ({choices = {}, ...changes}) =>
        settingsSchema.parse({...kept, ...changes, choices: {...kept.choices, ...choices}}),
      ...answers.app,
    },
    bench: {
      status: ({after = 0}, {signal}) => pictures.after(after, signal),
      readings: waitForEver,
      wire: waitForEver,
      ...answers.bench,
    },
  };
  const closed = Promise.withResolvers<Farewell>();
  let isOpen = true;
  return {
    hostId,
    callsOf: (feature, procedure) =>
      calls.filter(({name}) => name === `${feature}.${String(procedure)}`).map(({input}) => input),
    changeStatus: pictures.change,
    transport: {
      link: {
        async call(path, input, {signal}) {
          calls.push({name: path.join('.'), input});
          return Promise.race([answerOf(known, path, input, {signal}), endWith(closed.promise)]);
        },
      },
      isOpen: () => isOpen,
      closed: closed.promise,
      close: () => {
        isOpen = false;
        closed.resolve({hostEnding: null});
      },
    },
  };
}

/** A feed with one answer: it is given at once, and whoever has it waits for the next until the call is withdrawn. */
export const feedOf =
  <Answer extends {readonly last: number}>(answer: Answer) =>
  ({after = 0}: {readonly after?: number | undefined}, {signal}: Call): Promise<Answer> =>
    after < answer.last ? Promise.resolve(answer) : waitForEver({}, {signal});

/** A feed in which nothing ever happens. */
export const waitForEver = (_: unknown, {signal}: Call): Promise<never> =>
  new Promise((_resolve, reject) =>
    signal?.addEventListener('abort', () => reject(new Error('The call was withdrawn.'))),
  );

/** Calls under way end with the connection. */
const endWith = async (closed: Promise<unknown>): Promise<never> => {
  await closed;
  throw new Error('The connection was closed.');
};

/** Numbers begin higher with each host, so that a window that has followed an earlier one is answered at once. */
function statusFeed(first: Status) {
  let current = first;
  const waiting = new Set<() => void>();
  return {
    after: async (after: number, signal: AbortSignal | undefined): Promise<Status> => {
      if (after >= current.last)
        await Promise.race([new Promise<void>((resolve) => waiting.add(resolve)), waitForEver({}, {signal})]);
      return current;
    },
    change: (changes: Partial<Status>): void => {
      current = {...current, ...changes, last: current.last + 1};
      waiting.forEach((proceed) => proceed());
      waiting.clear();
    },
  };
}

const infoOf = (hostId: string, scope: Scope): AppInfo => ({
  hostId,
  hostPid: 1,
  version: '0.0.0',
  scope,
  startedUtc: '2026-01-01T00:00:00Z',
  dataFolder: '/data',
  platform: 'linux',
  nodeVersion: '24.0.0',
  electronVersion: null,
  links: [],
  openApiPath: '/api/v1/openapi.json',
});

/** What a procedure of the contract checks with. */
interface Schemas {
  readonly '~orpc': {
    readonly inputSchema?: AnySchema | undefined;
    readonly outputSchema?: AnySchema | undefined;
  };
}

const procedures: Readonly<Record<string, Readonly<Record<string, Schemas>>>> = apiContract;

type AnyAnswer = (input: never, call: Call) => unknown;

async function answerOf(answers: Answers, path: readonly string[], input: unknown, call: Call) {
  const [feature = '', procedure = ''] = path;
  const name = path.join('.');
  const table: Readonly<Record<string, Readonly<Record<string, AnyAnswer>>>> = answers;
  const answer = table[feature]?.[procedure];
  const contract = procedures[feature]?.[procedure]?.['~orpc'];
  if (!contract || !answer) throw new Error(`This mock host has no answer for ${name}.`);
  // The table is typed by the contract, and so is what its schema let through.
  const checkedInput = (await checked(contract.inputSchema, input, `input of ${name}`)) as never;
  return checked(contract.outputSchema, await answer(checkedInput, call), `answer of ${name}`);
}

async function checked(schema: AnySchema | undefined, value: unknown, what: string): Promise<unknown> {
  if (!schema) return value;
  const result = await schema['~standard'].validate(value);
  if (!result.issues) return result.value;
  const [issue] = result.issues;
  throw new Error(
    `The ${what} does not fit the contract: ${issue?.path?.map(String).join('.')}: ${issue?.message}`,
  );
}
