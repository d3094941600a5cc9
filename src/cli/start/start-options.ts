import {resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {numberFrom} from '../../base/number-text.ts';
import {isTimeoutScale, timeoutScaleRange, type HostOptions} from '../../contract/host-process.ts';

export const startUsage = `npm start: opens d2nn-bench in a window of its own, or in the browser where Electron is missing.

  npm start -- [options]

  --virtual            open on the virtual bench (without this and --bench the window asks)
  --bench FILE         open on the bench of this file
  --seed N             hidden errors of the virtual bench
  --speed X            virtual bench: bench time per real time, or "instant"
  --timeout-scale X    factor on every time limit of the instruments
  --data FOLDER        where sessions are kept
  --browser            use the browser even where Electron is there
  --no-open            serve the browser, print the address, open nothing
  --port N             port for the browser on this machine (default 0: any free one)
  --fetch-electron     try again to fetch Electron's program
  --prepare            build the window's page if it is stale, and stop
  --help
`;

export interface StartOptions {
  readonly host: HostOptions;
  readonly dataFolder: string | undefined;
  readonly usesBrowser: boolean;
  readonly opensBrowser: boolean;
  readonly fetchesElectron: boolean;
  readonly isPrepareOnly: boolean;
  readonly wantsHelp: boolean;
}

/** A command line that cannot be followed; the message says why. */
export class StartUsageError extends Error {
  override readonly name = 'StartUsageError';
}

/** Reads the launcher's command line. `folder`: where relative paths start. Throws `StartUsageError`. */
export function parseStartOptions(argv: readonly string[], folder: string): StartOptions {
  const values = readValues(argv);
  const port = wholeNumber('--port', values.port ?? '0');
  if (port > 65_535) throw new StartUsageError(`--port must be 0 to 65535, not ${values.port}.`);
  if (values.bench !== undefined && values.virtual)
    throw new StartUsageError('Give --bench or --virtual, not both.');
  if (values.speed !== undefined && values.speed !== 'instant' && !(numberFrom(values.speed) > 0))
    throw new StartUsageError(`--speed must be a number above 0 or "instant", not ${values.speed}.`);
  return {
    host: {
      httpPort: port,
      benchFile: values.bench === undefined ? undefined : resolve(folder, values.bench),
      isVirtual: values.virtual ?? false,
      seed: values.seed === undefined ? undefined : wholeNumber('--seed', values.seed),
      speed:
        values.speed === undefined || values.speed === 'instant'
          ? values.speed
          : String(numberFrom(values.speed)),
      timeoutScale: timeoutScaleFrom(values['timeout-scale']),
    },
    dataFolder: values.data === undefined ? undefined : resolve(folder, values.data),
    usesBrowser: (values.browser ?? false) || (values['no-open'] ?? false) || values.port !== undefined,
    opensBrowser: !(values['no-open'] ?? false),
    fetchesElectron: values['fetch-electron'] ?? false,
    isPrepareOnly: values.prepare ?? false,
    wantsHelp: values.help ?? false,
  };
}

function readValues(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        bench: {type: 'string'},
        virtual: {type: 'boolean'},
        seed: {type: 'string'},
        speed: {type: 'string'},
        'timeout-scale': {type: 'string'},
        data: {type: 'string'},
        browser: {type: 'boolean'},
        'no-open': {type: 'boolean'},
        port: {type: 'string'},
        'fetch-electron': {type: 'boolean'},
        prepare: {type: 'boolean'},
        help: {type: 'boolean', short: 'h'},
      },
    }).values;
  } catch (error) {
    throw new StartUsageError(`${error instanceof Error ? error.message : String(error)}.`);
  }
}

function timeoutScaleFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = numberFrom(text);
  if (!isTimeoutScale(value))
    throw new StartUsageError(`--timeout-scale must be ${timeoutScaleRange.join(' to ')}, not ${text}.`);
  return value;
}

function wholeNumber(name: string, text: string): number {
  const value = numberFrom(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new StartUsageError(`${name} must be a whole number from 0, not ${text}.`);
  return value;
}
