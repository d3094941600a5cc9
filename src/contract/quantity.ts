import {z} from 'zod';

/**
 * A number with a unit that lies between two others, both allowed. Bounds are what can be meant at all, not what one
 * bench can do: they tell a slip of unit or of the decimal point before anything moves.
 */
export const quantity = (minimum: number, maximum: number, unit: string) => {
  const error = ({input}: {readonly input?: unknown}): string =>
    `${shown(input)} is not from ${minimum} to ${maximum}${unit === '' ? '' : ` ${unit}`}`;
  return z.number({error}).min(minimum, {error}).max(maximum, {error});
};

/** As `quantity`, but larger than zero. */
export const positiveQuantity = (maximum: number, unit: string) => {
  const error = ({input}: {readonly input?: unknown}): string =>
    `${shown(input)} is not above 0 and at most ${maximum}${unit === '' ? '' : ` ${unit}`}`;
  return z.number({error}).gt(0, {error}).max(maximum, {error});
};

/** A whole number between two others, both allowed. */
export const count = (minimum: number, maximum: number) => {
  const error = ({input}: {readonly input?: unknown}): string =>
    `${shown(input)} is not a whole number from ${minimum} to ${maximum}`;
  return z.number({error}).int({error}).min(minimum, {error}).max(maximum, {error});
};

/** Two quantities, the smaller one first. */
export const quantityRange = (minimum: number, maximum: number, unit: string) =>
  z
    .tuple([quantity(minimum, maximum, unit), quantity(minimum, maximum, unit)])
    .refine(([low, high]) => low < high, 'the first number must be the smaller');

const shown = (input: unknown): string =>
  input === undefined
    ? 'nothing'
    : typeof input === 'number'
      ? String(input)
      : JSON.stringify(input).slice(0, 60);
