import type {BenchFile} from '../../contract/bench-file.ts';
import {driverProblems} from '../devices/registry.ts';
import {readApart} from '../workers/read-apart.ts';
import {unusableBenchFile} from './parse-bench-file.ts';

/** As many as a person takes in at once. */
const shownProblems = 5;

/**
 * Reads a bench file (YAML or JSON) without holding up this thread. Throws `file/not-found` or `file/invalid`: encoding,
 * syntax, fields (with their lines), drivers that there are not and settings that they have not.
 */
export async function readBenchFile(path: string, signal?: AbortSignal): Promise<BenchFile> {
  const file = await readApart(
    'benchFile',
    {path},
    {
      subject: `The bench file ${path}`,
      meaning: 'Nothing was opened and nothing moved.',
      signal,
    },
  );
  const problems = driverProblems(file);
  if (problems.length > 0) throw unusableBenchFile(path, problems.slice(0, shownProblems).join('; '));
  return file;
}
