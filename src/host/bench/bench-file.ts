import {readFile} from 'node:fs/promises';
import {parse} from 'yaml';
import {benchFileSchema, type BenchFile} from '../../contract/bench-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {firstIssueText} from '../../contract/schema-issue.ts';

/** Reads a bench file (YAML or JSON). Throws `file/not-found` or `file/invalid`, naming the first wrong field. */
export async function readBenchFile(path: string): Promise<BenchFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new BenchError(
      'file/not-found',
      `The bench file ${path} cannot be read. Nothing was opened and nothing moved; give --bench an existing file ` +
        '(README, "A real bench", has one to start from).',
      {cause: error},
    );
  }
  return parseBenchFile(text, path);
}

export function parseBenchFile(text: string, path: string): BenchFile {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    const [firstLine] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw invalid(path, `it is neither YAML nor JSON: ${firstLine}`, error);
  }
  const parsed = benchFileSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw invalid(path, firstIssueText(parsed.error));
}

const invalid = (path: string, what: string, cause?: unknown): BenchError =>
  new BenchError(
    'file/invalid',
    `The bench file ${path} cannot be used: ${what}. Nothing was opened and nothing moved.`,
    {
      details: {path},
      cause,
    },
  );
