import {z} from 'zod';
import {planSpecSchema} from '../../../contract/plan-spec.ts';
import {defaultForm, formOfPlan, checkForm, type ScanForm} from './scan-form.ts';

/** Name under which all presets are kept among the settings' choices, as one JSON text. */
export const presetsChoice = 'scan.presets';

/** A plan by name. What is measured (sample, purpose, title) is not part of it. */
export interface Preset {
  readonly name: string;
  readonly form: ScanForm;
}

const storedSchema = z.array(z.object({name: z.string().min(1), plan: planSpecSchema}));

/** The presets in a kept text. What cannot be read is left out: it was written by another version. */
export function parsePresets(text: string): readonly Preset[] {
  if (text === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
  const entries: unknown[] = Array.isArray(value) ? value : [];
  return entries.flatMap((entry) => {
    const checked = storedSchema.element.safeParse(entry);
    return checked.success
      ? [{name: checked.data.name, form: formOfPlan(checked.data.plan, defaultForm)}]
      : [];
  });
}

/** The presets as text, by name; forms with a wrong field are left out. */
export function printPresets(presets: readonly Preset[]): string {
  return JSON.stringify(
    presets.flatMap(({name, form}) => {
      const {plan} = checkForm(form);
      return plan ? [{name, plan}] : [];
    }),
  );
}

/** The presets with one more, or with the one of that name replaced, sorted by name. */
export const withPreset = (presets: readonly Preset[], preset: Preset): readonly Preset[] =>
  [...presets.filter(({name}) => name !== preset.name), preset].sort((a, b) => a.name.localeCompare(b.name));

export const withoutPreset = (presets: readonly Preset[], name: string): readonly Preset[] =>
  presets.filter((preset) => preset.name !== name);
