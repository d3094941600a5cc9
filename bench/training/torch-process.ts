import {spawn, spawnSync} from 'node:child_process';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {z} from 'zod';

const greeting = z.object({version: z.string(), hasMkl: z.boolean(), loss: z.number()});
const times = z.object({wallS: z.number(), cpuS: z.number()});

/** Wall clock and processor time of some steps, s. */
export type StepTimes = z.infer<typeof times>;

/** Torch in a process of its own, with the same problem as ours. */
export interface TorchProcess extends AsyncDisposable {
  readonly version: string;
  readonly hasMkl: boolean;
  readonly threadCount: number;
  /** Of the first step. */
  readonly loss: number;
  steps(count: number): Promise<StepTimes>;
}

/** The first Python that has torch; undefined where none has. */
export const pythonWithTorch = (): string | undefined =>
  ['python3', '/usr/bin/python3'].find((python) => spawnSync(python, ['-c', 'import torch']).status === 0);

/** Where torch finds its problem, and where it puts the gradient of the first step. */
export interface TorchFiles {
  readonly problem: string;
  readonly gradient: string;
}

/** Starts torch with so many threads. Throws what Python says when it does not answer. */
export async function startTorch(
  python: string,
  files: TorchFiles,
  threadCount: number,
): Promise<TorchProcess> {
  const script = fileURLToPath(new URL('../python/torch_steps.py', import.meta.url));
  const child = spawn(python, [script, files.problem, String(threadCount), files.gradient], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('torch has ended before it answered.');
    const json: unknown = JSON.parse(line.value);
    return json;
  };
  const {version, hasMkl, loss} = greeting.parse(await answer());
  return {
    version,
    hasMkl,
    threadCount,
    loss,
    async steps(count) {
      child.stdin.write(`${count}\n`);
      return times.parse(await answer());
    },
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.stdin.end();
      await ended;
    },
  };
}
