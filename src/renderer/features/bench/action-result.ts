import type {Instrument} from '../../../contract/api/index.ts';
import {unitFromName, wordsFromName} from '../../../contract/units.ts';
import {valueText} from './value-text.ts';

/** One thing that an action found or set. */
export interface ResultLine {
  readonly name: string;
  readonly text: string;
}

type Declared = Pick<Instrument, 'parameters' | 'columns'>;

/** What an instrument answered to an action: each value by its declared name and with its unit. */
export function resultLines(result: unknown, declared: Declared): readonly ResultLine[] {
  if (result === null || result === undefined) return [];
  if (Array.isArray(result))
    return result.map((one: unknown, index) => ({name: String(index + 1), text: plainText(one, declared)}));
  if (typeof result === 'object')
    return Object.entries(result).map(([name, value]) => ({
      name: labelOf(name, declared),
      text: namedText(name, value, declared),
    }));
  return [{name: 'Answer', text: plainText(result, declared)}];
}

function labelOf(name: string, {parameters, columns}: Declared): string {
  const declared = [...parameters, ...columns].find((one) => one.name === name)?.label ?? wordsFromName(name);
  return declared.charAt(0).toUpperCase() + declared.slice(1);
}

/** A value under its name, which tells its unit. */
function namedText(name: string, value: unknown, declared: Declared): string {
  const unit =
    [...declared.parameters, ...declared.columns].find((one) => one.name === name)?.unit ??
    unitFromName(name);
  if (typeof value === 'number') return valueText(value, unit);
  return plainText(value, declared);
}

/** A value without a name of its own; what is inside of it may have one. */
function plainText(value: unknown, declared: Declared): string {
  if (value === null || value === undefined) return 'not known';
  if (typeof value === 'number') return valueText(value, '');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value === '' ? 'none' : value;
  if (Array.isArray(value))
    return value.length === 0 ? 'none' : value.map((one: unknown) => plainText(one, declared)).join(', ');
  return Object.entries(value)
    .map(([name, inner]) => `${labelOf(name, declared)} ${namedText(name, inner, declared)}`)
    .join(', ');
}
