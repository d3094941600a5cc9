import {moduleUrl} from '../../base/module-url.ts';
import {BenchError} from '../../contract/errors.ts';
import {planNames} from '../../contract/plan-names.ts';
import {planSpecSchema, type PlanSpec} from '../../contract/plan-spec.ts';
import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded} from '../files/read-bounded.ts';
import {readApart} from '../threads/read-apart.ts';
import type {PlanText} from './plan-content.ts';

const worker = moduleUrl('./plan-worker.ts', import.meta.url);

/**
 * The plan that `text` stands for: the name of a plan, a JSON object, or a file (YAML or JSON). `fields` are laid over
 * it. Throws `plan/invalid` naming the first wrong field, `file/not-found` or `file/invalid`.
 */
export async function readPlanSpec(
  text: string,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<PlanSpec> {
  const {source, content} = await readContent(text.trim());
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw invalid(source, `it holds no object with a field "plan" (${planNames.join(', ')})`);
  const parsed = planSpecSchema.safeParse({...content, ...fields});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || ('keys' in issue && issue.keys ? String(issue.keys) : 'plan');
  const hint = field === 'plan' ? `; plans are ${planNames.join(', ')}` : '';
  // A field that is not there is no "invalid input" to whoever forgot it.
  const isMissing = issue?.code === 'invalid_type' && /received undefined/.test(issue.message);
  throw invalid(
    source,
    `field ${field}${isMissing ? ' is missing' : `: ${issue?.message ?? 'not allowed'}`}${hint}`,
  );
}

/** Whether a plan's text is the path of a file: neither a name nor JSON. */
export const isPlanFile = (text: string): boolean =>
  !planNames.some((name) => name === text.trim()) && !text.trim().startsWith('{');

async function readContent(text: string): Promise<{source: string; content: unknown}> {
  if (planNames.some((name) => name === text)) return {source: `"${text}"`, content: {plan: text}};
  const isJson = text.startsWith('{');
  const source = isJson ? 'given as JSON' : text;
  const bytes = isJson ? new TextEncoder().encode(text) : await readPlanFile(text);
  const content = await readApart<PlanText, unknown>(
    worker,
    {source, bytes},
    {
      subject: `The plan ${source}`,
      meaning: 'Nothing was moved.',
      deadlineMs: 20_000,
    },
  );
  return {source, content};
}

const readPlanFile = (path: string): Promise<Uint8Array> =>
  readBounded(path, fileLimitBytes.plan, {
    subject: `The plan ${path}`,
    whenMissing: `It is no file that can be read, no JSON object and no plan (${planNames.join(', ')}). Nothing was moved; correct the plan.`,
    whenUnusable: 'Nothing was moved.',
  });

const invalid = (source: string, what: string): BenchError =>
  new BenchError('plan/invalid', `The plan ${source} cannot be used: ${what}. Nothing was moved.`, {
    details: {source},
  });
