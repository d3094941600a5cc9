import {spawn} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {encodeNpy} from '../base/npy.ts';
import {BenchError} from '../contract/errors.ts';
import type {Prompt} from '../contract/api/index.ts';

/**
 * Lets a program do what an operator would, for benches with a mask changer or a shutter: it is run as
 * `COMMAND mount-object LABEL MASK.npy` (amplitudes, rows from the smallest y), `COMMAND set-plates 1,2`
 * (or `none`), `COMMAND exchange-plate N HEIGHTS.npy` (mm above the base, rows from the smallest y), `COMMAND open-frame`, `COMMAND block-beam` or `COMMAND unblock-beam`, and must exit with 0 when it is done. Anything else stops the campaign.
 */
export async function runMountCommand(
  command: string,
  {kind, mask, plates = [], relief}: Pick<Prompt, 'kind' | 'mask' | 'plates' | 'relief'>,
  signal: AbortSignal,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'd2nn-bench-mask-'));
  try {
    const args: string[] = [kind];
    if (mask) {
      const path = join(folder, 'mask.npy');
      await writeFile(path, encodeNpy({shape: [mask.count, mask.count], dtype: '<f4', re: mask.amplitude}));
      args.push(mask.label, path);
    }
    if (relief) {
      const path = join(folder, 'heights.npy');
      const {count, heightsMm} = relief;
      await writeFile(path, encodeNpy({shape: [count, count], dtype: '<f4', re: heightsMm}));
      args.push(plates.join(), path);
    }
    if (kind === 'set-plates') args.push(plates.join(',') || 'none');
    await runToEnd(command, args, signal);
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

function runToEnd(command: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {stdio: ['ignore', 'ignore', 'inherit'], signal});
    child.on('error', (error) => {
      if (signal.aborted) reject(signal.reason as Error);
      else reject(refusal(command, args[0], `it cannot be started (${error.message})`));
    });
    child.on('exit', (code, name) => {
      if (code === 0) resolve();
      else
        reject(
          refusal(
            command,
            args[0],
            `it ended with ${code === null ? `signal ${name}` : `exit code ${code}`}`,
          ),
        );
    });
  });
}

const refusal = (command: string, what: string, why: string): BenchError =>
  new BenchError(
    'plan/operator-refused',
    `The mount command ${command} did not do ${what}: ${why}. Nothing more was measured; earlier points are safe.`,
  );

/** What does manual steps instead of a person, where a program for it is named. */
export const manualStepBy = (
  command: string | undefined,
): ((prompt: Prompt, signal: AbortSignal) => Promise<void>) | undefined =>
  command === undefined ? undefined : (prompt, signal) => runMountCommand(command, prompt, signal);
