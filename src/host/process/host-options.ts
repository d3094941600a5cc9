import {randomBytes} from 'node:crypto';
import {resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {numberFrom} from '../../base/number-text.ts';
import {isJsonObject} from '../../contract/stored/record.ts';
import {BenchError} from '../../contract/errors.ts';
import {
  hostEnvironment,
  isTimeoutScale,
  timeoutScaleRange,
  type HostTokens,
} from '../../contract/host-process.ts';
import type {BenchChoice} from '../../contract/api/index.ts';

/** What a start of the host asks for. */
export interface HostStart {
  /** Port for browsers, 0 for any free one; undefined serves none. */
  readonly httpPort: number | undefined;
  /** Instead of the system's own place, or of what the environment names. */
  readonly dataFolder: string | undefined;
  /** Undefined: the one that was open last. */
  readonly bench: BenchChoice | undefined;
  /** Factor on every time limit of the instruments. */
  readonly timeoutScale: number | undefined;
}

/** Fastest virtual bench; its instruments' answers need their time whatever the clock says. */
const fastest = 1000;

/** Reads the host's command line. Throws `cli/usage`. */
export function readHostOptions(argv: readonly string[]): HostStart {
  const values = readValues(argv);
  if (values.bench !== undefined && values.virtual) throw usage('Give --bench or --virtual, not both.');
  const httpPort = values['http-port'] === undefined ? undefined : wholeNumber(values['http-port']);
  if (httpPort !== undefined && !(httpPort <= 65_535))
    throw usage(`--http-port must be 0 to 65535, not ${values['http-port']}.`);
  const seed = values.seed === undefined ? 1 : wholeNumber(values.seed);
  if (Number.isNaN(seed)) throw usage(`--seed must be a whole number from 0, not ${values.seed}.`);
  const speed = values.speed === 'instant' ? fastest : numberFrom(values.speed ?? 1);
  if (!(speed >= 0.1 && speed <= fastest))
    throw usage(`--speed must be 0.1 to ${fastest} or "instant", not ${values.speed}.`);
  const timeoutScale =
    values['timeout-scale'] === undefined ? undefined : numberFrom(values['timeout-scale']);
  if (timeoutScale !== undefined && !isTimeoutScale(timeoutScale))
    throw usage(`--timeout-scale must be ${timeoutScaleRange.join(' to ')}, not ${values['timeout-scale']}.`);
  const virtual: BenchChoice = {
    kind: 'virtual',
    seed,
    speed,
    isNoisy: true,
    hasMounts: false,
    hasZAxis: false,
    plateModel: 'thick',
    isRobotMounting: true,
  };
  return {
    timeoutScale,
    httpPort,
    dataFolder: values.data === undefined ? undefined : resolve(values.data),
    bench:
      values.bench === undefined
        ? values.virtual
          ? virtual
          : undefined
        : {kind: 'file', path: resolve(values.bench)},
  };
}

function readValues(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        'http-port': {type: 'string'},
        data: {type: 'string'},
        bench: {type: 'string'},
        virtual: {type: 'boolean', default: false},
        seed: {type: 'string'},
        speed: {type: 'string'},
        'timeout-scale': {type: 'string'},
      },
    }).values;
  } catch (error) {
    throw usage(`${error instanceof Error ? error.message : String(error)}.`);
  }
}

const usage = (text: string): BenchError =>
  new BenchError('cli/usage', `${text} The host was not started; nothing was moved.`);

const wholeNumber = (text: string): number => {
  const value = numberFrom(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : Number.NaN;
};

/**
 * Takes the tokens out of the environment, where no program that the host starts finds them. Without any they are made
 * up. Throws `cli/usage` when they cannot be read.
 */
export function takeTokens(env: NodeJS.ProcessEnv): HostTokens {
  const text = env[hostEnvironment.tokens];
  delete env[hostEnvironment.tokens];
  if (text === undefined) {
    const token = (): string => randomBytes(24).toString('base64url');
    return {admin: token(), operate: token(), read: token()};
  }
  const given = parseTokens(text);
  const [admin, operate, read] = (['admin', 'operate', 'read'] as const).map((scope) => given?.[scope]);
  const isToken = (token: unknown): token is string => typeof token === 'string' && token.length >= 16;
  if (!isToken(admin) || !isToken(operate) || !isToken(read) || new Set([admin, operate, read]).size < 3)
    throw usage(
      `${hostEnvironment.tokens} must hold three different tokens of 16 characters or more, as JSON with the keys admin, operate and read.`,
    );
  return {admin, operate, read};
}

function parseTokens(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isJsonObject(json) ? json : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
