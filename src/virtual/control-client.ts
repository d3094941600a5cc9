import {readFile} from 'node:fs/promises';
import {connect} from 'node:net';
import {parseArgs} from 'node:util';
import {numberFrom} from '../base/number-text.ts';
import {BenchError} from '../contract/errors.ts';
import {controlFileSchema, type SocketAnswer, type SocketCall} from './control-socket.ts';

/** Commands to a virtual bench that runs in another terminal. */
export const controlCommands = ['nudge', 'flip', 'plates', 'slip', 'reveal'] as const;
export type ControlCommand = (typeof controlCommands)[number];

export const controlUsage = `On a bench that runs (FILE is printed at its start, or "control.file" in the line of --json; only its user can read it):

  virtual nudge --control FILE --plate N [--dx MM] [--dy MM] [--dz MM] [--rotation DEG]
                       turns the plate's screws, with the precision of a hand
  virtual flip --control FILE --plate N --about x|y|z
                       takes the plate out and puts it back turned over (z: turned by 180 degrees)
  virtual plates --control FILE --present LIST
                       LIST stands afterwards: 1,2,3 or "all" or "none"
  virtual slip --control FILE [--dx MM] [--dy MM]
                       pushes the carriage of the stage: steps are lost, and its controller does not know
  virtual reveal --control FILE
                       prints the hidden errors as they are now
`;

const usageError = (message: string): BenchError =>
  new BenchError('cli/usage', `${message} Nothing was done.`);

function readOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: argv.map(joinNegative(argv)).filter((word) => word !== undefined),
      strict: true,
      allowPositionals: false,
      options: {
        control: {type: 'string'},
        plate: {type: 'string'},
        dx: {type: 'string'},
        dy: {type: 'string'},
        dz: {type: 'string'},
        rotation: {type: 'string'},
        about: {type: 'string'},
        present: {type: 'string'},
        json: {type: 'boolean'},
      },
    }).values;
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error));
  }
}

/** `--dx -0.3` as `--dx=-0.3`: a number that begins with a minus is not an option. */
const joinNegative =
  (argv: readonly string[]) =>
  (word: string, index: number): string | undefined => {
    const isNegative = (text: string | undefined): boolean => text !== undefined && /^-\.?\d/.test(text);
    if (isNegative(word) && argv[index - 1]?.startsWith('--')) return undefined;
    return word.startsWith('--') && isNegative(argv[index + 1]) ? `${word}=${argv[index + 1]}` : word;
  };

function numberOf(name: string, text: string | undefined): number {
  const value = text === undefined ? 0 : numberFrom(text);
  if (Number.isFinite(value) && text?.trim() !== '') return value;
  throw usageError(`--${name} must be a number, not ${text}.`);
}

function plateOf(text: string | undefined): number {
  const plate = numberFrom(text);
  if (Number.isInteger(plate)) return plate;
  throw usageError('Which plate? Give --plate N, counted from 1 at the source.');
}

function callFrom(command: ControlCommand, values: ReturnType<typeof readOptions>): SocketCall | 'all' {
  switch (command) {
    case 'nudge': {
      const call = {
        method: 'nudge-plate',
        plate: plateOf(values.plate),
        dxMm: numberOf('dx', values.dx),
        dyMm: numberOf('dy', values.dy),
        dzMm: numberOf('dz', values.dz),
        rotationDeg: numberOf('rotation', values.rotation),
      } as const;
      if (call.dxMm === 0 && call.dyMm === 0 && call.dzMm === 0 && call.rotationDeg === 0)
        throw usageError('By how much? Give one of --dx, --dy, --dz, --rotation.');
      return call;
    }
    case 'flip': {
      const {about} = values;
      if (about !== 'x' && about !== 'y' && about !== 'z')
        throw usageError(
          'Turned over how? Give --about x (top to bottom), y (left to right) or z (180 degrees).',
        );
      return {method: 'flip-plate', plate: plateOf(values.plate), about};
    }
    case 'plates': {
      const list = values.present;
      if (list === undefined) throw usageError('Which plates? Give --present 1,2,3 or all or none.');
      if (list === 'all') return 'all';
      return {
        method: 'set-plates-present',
        plates: list === 'none' ? [] : list.split(',').map((text) => plateOf(text.trim() || undefined)),
      };
    }
    case 'slip': {
      const call = {
        method: 'slip-stage',
        xMm: numberOf('dx', values.dx),
        yMm: numberOf('dy', values.dy),
      } as const;
      if (call.xMm === 0 && call.yMm === 0) throw usageError('By how much? Give --dx, --dy or both.');
      return call;
    }
    case 'reveal':
      return {method: 'read-truth'};
  }
}

/** Runs one command; resolves with the line to print. Throws `file/not-found`, `port/not-found`, `cli/usage`, or what the bench answers. */
export async function runControlCommand(command: ControlCommand, argv: readonly string[]): Promise<string> {
  const values = readOptions(argv);
  if (values.control === undefined)
    throw usageError('Which bench? Give --control FILE as the bench has printed it at its start.');
  const call = callFrom(command, values);
  const place = await readPlace(values.control);
  if (call !== 'all') return JSON.stringify(await ask(place, call));
  const truth = await ask(place, {method: 'read-truth'});
  const count = truth.result && 'prints' in truth.result ? truth.result.prints.length : 0;
  const plates = Array.from({length: count}, (_, i) => i + 1);
  return JSON.stringify(await ask(place, {method: 'set-plates-present', plates}));
}

/** Address and token of a bench, as it has written them at its start. A command line would show them to every user. */
async function readPlace(path: string): Promise<Place> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new BenchError(
      'file/not-found',
      `The control file ${path} cannot be read (${error instanceof Error ? error.message : String(error)}). Nothing was done; ` +
        'give the file that the bench has printed at its start. It is gone when that bench has ended.',
      {cause: error},
    );
  }
  try {
    return controlFileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new BenchError('file/invalid', `${path} is no control file of a virtual bench. Nothing was done.`, {
      cause: error,
    });
  }
}

const answerTimeoutMs = 60_000;

interface Place {
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

async function ask(place: Place, call: SocketCall): Promise<Extract<SocketAnswer, {ok: true}>> {
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect({host: place.host, port: place.port});
    let received = '';
    const give = (error: BenchError): void => {
      socket.destroy();
      reject(error);
    };
    const nobody = (why: string, cause?: unknown): BenchError =>
      new BenchError(
        'port/not-found',
        `No virtual bench answers at ${place.host}:${place.port} (${why}). Nothing was done; it may have ended.`,
        {cause},
      );
    socket.setEncoding('utf8');
    socket.setTimeout(answerTimeoutMs, () => give(nobody('nothing came in a minute')));
    socket.on('connect', () => socket.write(`${JSON.stringify({token: place.token, ...call})}\n`));
    socket.on('data', (chunk: string) => {
      received += chunk;
      if (!received.includes('\n')) return;
      socket.destroy();
      resolve(received);
    });
    socket.on('error', (error) => give(nobody(error.message, error)));
    socket.on('close', () => give(nobody('it closed the line')));
  });
  let answer: SocketAnswer;
  try {
    answer = JSON.parse(text) as SocketAnswer;
  } catch (error) {
    throw new BenchError(
      'device/wrong-instrument',
      `What listens at ${place.host}:${place.port} is no virtual bench.`,
      {
        cause: error,
      },
    );
  }
  if (answer.ok) return answer;
  throw new BenchError(answer.code, answer.message);
}
