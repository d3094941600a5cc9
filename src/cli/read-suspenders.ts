import {parseBoundedJson} from '../base/bounded-json.ts';
import {BenchError} from '../contract/errors.ts';
import {firstIssueText} from '../contract/schema-issue.ts';
import {suspenderSchema, type Suspender} from '../contract/suspender.ts';
import type {SuspenderCliOptions} from './settings-options.ts';

const longestText = 10_000;

/** The field that a number behind the name of a condition means. */
const mainFields = {
  'source-level': 'toleranceDb',
  'reference-drift': 'ratio',
  'disk-space': 'leastBytes',
  'operator-absent': 'absentS',
} as const satisfies Partial<Record<Suspender['when'], string>>;

/** What suspends the run; undefined for what the bench file says. Throws `cli/usage`. */
export function suspendersFrom({suspend}: SuspenderCliOptions): Suspender[] | undefined {
  if (suspend === undefined) return undefined;
  if (suspend.length === 1 && suspend[0] === 'none') return [];
  return suspend.map(suspenderFrom);
}

function suspenderFrom(text: string): Suspender {
  const read = suspenderSchema.safeParse(fieldsFrom(text));
  if (read.success) return read.data;
  throw usage(text, firstIssueText(read.error));
}

function fieldsFrom(text: string): unknown {
  if (text.trimStart().startsWith('{')) {
    try {
      return parseBoundedJson(text, longestText);
    } catch {
      throw usage(text, 'that is no JSON');
    }
  }
  const [when = '', value] = text.split('=');
  if (value === undefined) return {when};
  const field = Object.entries(mainFields).find(([name]) => name === when)?.[1];
  if (field === undefined) throw usage(text, `${when} has no number; write it as JSON with its fields`);
  return {when, [field]: Number(value)};
}

const usage = (text: string, why: string): BenchError =>
  new BenchError('cli/usage', `--suspend ${text} was refused: ${why}. Nothing was started.`);
