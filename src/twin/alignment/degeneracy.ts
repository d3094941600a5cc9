import {digitsText} from '../../base/number-format.ts';
import type {Degeneracy} from '../../contract/alignment.ts';
import {eigenSymmetric} from '../metrics/symmetric-matrix.ts';
import type {Parameter} from './parameters.ts';

/** A combination that the planes leave open by more than this, in typical units, is said to be open. */
const openSigma = 1;
/** Parts of a combination below this are not worth a name. */
const namedPart = 0.25;
const mostNamed = 4;

/** Rigid changes of the whole bench that no plane can see, and what they are called. */
interface Gauge {
  readonly text: string;
  readonly direction: Float64Array;
}

/**
 * Combinations of parameters that the planes (not the priors) do not fix: eigenvectors of their information in typical
 * units with a standard deviation above 1, worst first, in words.
 */
export function findDegeneracies(
  information: ArrayLike<number>,
  parameters: readonly Parameter[],
): Degeneracy[] {
  const size = parameters.length;
  const scaled = Float64Array.from(
    {length: size * size},
    (_, i) => information[i] * parameters[Math.floor(i / size)].scale * parameters[i % size].scale,
  );
  const {values, vectors} = eigenSymmetric(scaled, size);
  const largest = Math.max(values[size - 1], 1e-300);
  const gauges = listGauges(parameters);
  const out: Degeneracy[] = [];
  for (let k = 0; k < size; k++) {
    const value = Math.max(values[k], 0);
    const isBlind = value < 1e-11 * largest;
    const sigma = isBlind ? null : 1 / Math.sqrt(value);
    if (sigma !== null && sigma <= openSigma) break;
    const direction = Float64Array.from({length: size}, (_, i) => vectors[i * size + k]);
    const order = [...direction.keys()].sort((a, b) => Math.abs(direction[b]) - Math.abs(direction[a]));
    const top = Math.abs(direction[order[0]]);
    const named = order.slice(0, mostNamed).filter((i) => Math.abs(direction[i]) >= namedPart * top);
    out.push({
      text: describe({direction, named, sigma}, parameters, gauges),
      parameters: named.map((i) => parameters[i].name),
      sigma,
    });
  }
  return out;
}

/** A combination of parameters that the planes say little of, or nothing. */
interface BlindDirection {
  readonly direction: Float64Array;
  /** Parameters that take a large part in it. */
  readonly named: readonly number[];
  /** Uncertainty along it; null where it is not determined at all. */
  readonly sigma: number | null;
}

function describe(
  {direction, named, sigma}: BlindDirection,
  parameters: readonly Parameter[],
  gauges: readonly Gauge[],
): string {
  const gauge = gauges.find(({direction: whole}) => Math.abs(dot(direction, whole)) > 0.9);
  if (gauge)
    return `${gauge.text} changes nothing that is measured: only places against each other are known.`;
  const amount =
    sigma === null
      ? 'at all'
      : `to better than ${digitsText(sigma * parameters[named[0]].scale, 2)} ${unitText(parameters[named[0]])} of ${parameters[named[0]].name}`;
  if (named.length === 1)
    return `${parameters[named[0]].name} cannot be determined from these planes ${amount}.`;
  const [first, ...others] = named;
  const rest = others
    .map((i) => `${parameters[i].name}${direction[i] * direction[first] < 0 ? ' the other way' : ''}`)
    .join(', ');
  return `${parameters[first].name} and ${rest} compensate each other and cannot be distinguished with these planes ${amount}.`;
}

const unitText = ({unit}: Parameter): string => (unit === '1' ? '' : unit);

function listGauges(parameters: readonly Parameter[]): Gauge[] {
  const common = (text: string, quantities: Readonly<Record<string, number>>): Gauge => {
    const direction = Float64Array.from(parameters, ({name, scale}) => {
      const [part, quantity] = name.split('.');
      const key = part.startsWith('plate') ? `plate.${quantity}` : name;
      return (quantities[key] ?? 0) / scale;
    });
    const norm = Math.sqrt(dot(direction, direction));
    return {text, direction: norm > 0 ? direction.map((value) => value / norm) : direction};
  };
  return [
    common('A common shift of everything along x', {
      'plate.dx': 1,
      'object.dx': 1,
      'frame.dx': 1,
      'beam.centerX': 1,
    }),
    common('A common shift of everything along y', {
      'plate.dy': 1,
      'object.dy': 1,
      'frame.dy': 1,
      'beam.centerY': 1,
    }),
    common('A common turn of everything', {'plate.rotation': 1, 'object.rotation': 1, 'frame.rotation': 1}),
  ];
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
