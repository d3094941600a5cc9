import {resolve} from 'node:path';
import {planNames} from '../contract/plan-names.ts';
import type {PlanSpec} from '../contract/plan-spec.ts';
import {readPlanSpec} from '../host/compose.ts';
import type {CliContext} from './context.ts';
import type {BenchClient} from './host-client.ts';

/** A plan as `scan.readPlan` takes it: its name, a JSON object, or the whole path of its file. */
function planTextFrom(option: string): string {
  const text = option.trim();
  const isNamed = text.startsWith('{') || planNames.some((name) => name === text);
  return isNamed ? text : resolve(text);
}

/** What a plan of the options becomes: `fields` are laid over it, `check` refuses what the command cannot do with it. */
export interface PlanWanted<Plan> {
  readonly text: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly check: (plan: PlanSpec) => Plan | Promise<Plan>;
}

/**
 * Reads and checks a plan of the options. A running host reads it itself, when the function that comes back is called
 * with its client; otherwise it is read here and now, so that a mistake is told before a host is opened in this process.
 * Throws what `readPlanSpec` and `check` throw.
 */
export async function planReader<Plan>(
  context: CliContext,
  {text, fields = {}, check}: PlanWanted<Plan>,
): Promise<(client: BenchClient) => Promise<Plan>> {
  const request = {text: planTextFrom(text), fields};
  if (context.host() !== undefined) return async (client) => check(await client.scan.readPlan(request));
  const plan = await check(await readPlanSpec(request.text, fields));
  return async () => plan;
}
