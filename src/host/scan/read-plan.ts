import {readFile} from 'node:fs/promises';
import {parse} from 'yaml';
import {BenchError} from '../../contract/errors.ts';
import {planSpecSchema, type PlanSpec} from '../../contract/plan-spec.ts';

export const planNames = [
  'point',
  'line',
  'grid',
  'regions',
  'beam-find',
] as const satisfies readonly PlanSpec['plan'][];

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

async function readContent(text: string): Promise<{source: string; content: unknown}> {
  if (planNames.some((name) => name === text)) return {source: `"${text}"`, content: {plan: text}};
  if (text.startsWith('{')) return {source: 'given as JSON', content: parseText(text, 'given as JSON')};
  let fileText: string;
  try {
    fileText = await readFile(text, 'utf8');
  } catch (error) {
    throw new BenchError(
      'file/not-found',
      `The plan ${text} is no file that can be read, no JSON object and no plan (${planNames.join(', ')}). Nothing was moved; correct --plan.`,
      {cause: error},
    );
  }
  return {source: text, content: parseText(fileText, text)};
}

function parseText(text: string, source: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [firstLine] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new BenchError(
      'file/invalid',
      `The plan ${source} is neither YAML nor JSON: ${firstLine}. Nothing was moved.`,
      {cause: error},
    );
  }
}

const invalid = (source: string, what: string): BenchError =>
  new BenchError('plan/invalid', `The plan ${source} cannot be used: ${what}. Nothing was moved.`, {
    details: {source},
  });
