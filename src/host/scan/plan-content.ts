import {decodeUtf8Text} from '../../base/text-encoding.ts';
import {BenchError} from '../../contract/errors.ts';
import {planNames} from '../../contract/plan-names.ts';
import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded} from '../files/read-bounded.ts';
import {parseYaml} from '../files/yaml-text.ts';

/** A plan as somebody gave it: a file, or the text itself. */
export type PlanText = {readonly path: string} | {readonly text: string};

/**
 * What a plan's text or file (YAML or JSON) says, parsed on this thread, which a hostile one may hold up: see
 * `readPlanSpec`. Throws `file/not-found` or `file/invalid`.
 */
export async function loadPlanContent(given: PlanText): Promise<unknown> {
  const source = 'path' in given ? given.path : 'given as JSON';
  const bytes = 'path' in given ? await readPlanFile(given.path) : new TextEncoder().encode(given.text);
  try {
    return parseYaml(decodeUtf8Text(bytes)).value;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new BenchError('file/invalid', `The plan ${source} cannot be used: ${what}. Nothing was moved.`, {
      cause: error,
    });
  }
}

const readPlanFile = (path: string): Promise<Uint8Array> =>
  readBounded(path, fileLimitBytes.plan, {
    subject: `The plan ${path}`,
    whenMissing: `It is no file that can be read, no JSON object and no plan (${planNames.join(', ')}). Nothing was moved; correct the plan.`,
    whenUnusable: 'Nothing was moved.',
  });
