import {resolve} from 'node:path';
import {planNames} from '../contract/plan-names.ts';

/** A plan as `scan.readPlan` takes it: its name, a JSON object, or the whole path of its file. */
export function planTextFrom(option: string): string {
  const text = option.trim();
  const isNamed = text.startsWith('{') || planNames.some((name) => name === text);
  return isNamed ? text : resolve(text);
}
