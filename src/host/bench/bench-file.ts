import {moduleUrl} from '../../base/module-url.ts';
import type {BenchFile} from '../../contract/bench-file.ts';
import {driverProblems} from '../devices/driver-catalogue.ts';
import {readApart} from '../threads/read-apart.ts';
import {unusableBenchFile, type NamedBenchFile} from './parse-bench-file.ts';

const worker = moduleUrl('./bench-file-worker.ts', import.meta.url);

/** As many as a person takes in at once. */
const shownProblems = 5;

/**
 * Reads a bench file (YAML or JSON) without holding up this thread. Throws `file/not-found` or `file/invalid`: encoding,
 * syntax, fields (with their lines), drivers that there are not and settings that they have not.
 */
export async function readBenchFile(path: string, signal?: AbortSignal): Promise<BenchFile> {
  const {file, detectorField} = await readApart<{path: string}, NamedBenchFile>(
    worker,
    {path},
    {
      subject: `The bench file ${path}`,
      meaning: 'Nothing was opened and nothing moved.',
      deadlineMs: 20_000,
      signal,
    },
  );
  const problems = driverProblems(file, detectorField);
  if (problems.length > 0) throw unusableBenchFile(path, problems.slice(0, shownProblems).join('; '));
  return file;
}
