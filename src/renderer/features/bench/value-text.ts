import {quantityText, typographic} from '../../../base/number-format.ts';

/** A value with its unit, as people write it: `30 ms`, `on`, `low noise`. */
export function valueText(value: number | string | boolean, unit: string): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return unit === '' ? value : `${value} ${unit}`;
  return typographic(quantityText(value, unit, 8));
}
