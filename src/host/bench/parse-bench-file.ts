import {decodeUtf8Text} from '../../base/text-encoding.ts';
import {benchFileSchema, type BenchFile, type DetectorField} from '../../contract/bench-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {issueTextsOf} from '../../contract/schema-issue.ts';
import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded} from '../files/read-bounded.ts';
import {parseYaml, type YamlContent} from '../files/yaml-text.ts';

/** A bench file, and what it calls its detector. */
export interface NamedBenchFile {
  readonly file: BenchFile;
  readonly detectorField: DetectorField;
}

/** Reads and parses a bench file on this thread, which a hostile one may hold up: see `readBenchFile`. */
export async function loadBenchFile(path: string): Promise<NamedBenchFile> {
  const bytes = await readBounded(path, fileLimitBytes.benchFile, {
    subject: `The bench file ${path}`,
    whenMissing:
      'Nothing was opened and nothing moved; give an existing file (README, "A real bench", has one to start from).',
    whenUnusable: 'Nothing was opened and nothing moved.',
  });
  return parseNamed(bytes, path);
}

/** Throws `file/invalid` naming encoding, line and wrong fields. */
export const parseBenchFile = (bytes: Uint8Array, path: string): BenchFile => parseNamed(bytes, path).file;

function parseNamed(bytes: Uint8Array, path: string): NamedBenchFile {
  let content: YamlContent;
  try {
    content = parseYaml(decodeUtf8Text(bytes));
  } catch (error) {
    throw unusableBenchFile(path, error instanceof Error ? error.message : String(error), error);
  }
  const parsed = benchFileSchema.safeParse(content.value);
  if (parsed.success)
    return {file: parsed.data, detectorField: hasField(content.value, 'detector') ? 'detector' : 'lockin'};
  throw unusableBenchFile(path, issueTextsOf(parsed.error, content.lineOf).join('; '));
}

const hasField = (content: unknown, name: string): boolean =>
  typeof content === 'object' && content !== null && Object.hasOwn(content, name);

export const unusableBenchFile = (path: string, what: string, cause?: unknown): BenchError =>
  new BenchError(
    'file/invalid',
    `The bench file ${path} cannot be used: ${what}. Nothing was opened and nothing moved.`,
    {details: {path}, cause},
  );
