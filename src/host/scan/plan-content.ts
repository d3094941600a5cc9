import {decodeUtf8Text} from '../../base/text-encoding.ts';
import {BenchError} from '../../contract/errors.ts';
import {parseYaml} from '../files/yaml-text.ts';

/** A plan as somebody gave it, and what it is called: a file, or `given as JSON`. */
export interface PlanText {
  readonly source: string;
  readonly bytes: Uint8Array;
}

/**
 * What a plan's text (YAML or JSON) says, parsed on this thread, which a hostile one may hold up: see `readPlanSpec`.
 * Throws `file/invalid`.
 */
export function parsePlanContent({source, bytes}: PlanText): unknown {
  try {
    return parseYaml(decodeUtf8Text(bytes)).value;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new BenchError('file/invalid', `The plan ${source} cannot be used: ${what}. Nothing was moved.`, {
      cause: error,
    });
  }
}
