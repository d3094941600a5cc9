import {type DetectorColumns, impliedColumns, strengthColumn} from '../../contract/detector.ts';

/** Something that a run's detector tells at a point, as a page names it. */
export interface Quantity {
  /**
   * What a person's choice is kept by: `r` for what tells the strength, `x`, `y` and `theta` for the parts and the phase of
   * a complex signal, else the column's name. So the choice of one run suits the next, also of another detector.
   */
  readonly key: string;
  readonly short: string;
  readonly label: string;
  readonly unit: string;
  /** Name of its column in a run's points. */
  readonly column: string;
  /** Runs around: drawn in cyclic colours. */
  readonly isPhase: boolean;
}

/** What the detector of a run tells at a point, the strength of the signal first. */
export function quantitiesOf({columns, signal}: DetectorColumns): readonly Quantity[] {
  const {column: real, complex} = signal;
  const strength = strengthColumn(signal);
  const known: Readonly<Record<string, {readonly key: string; readonly prefix: string}>> = complex
    ? {
        [complex.magnitude]: {key: 'r', prefix: 'Amplitude '},
        [real]: {key: 'x', prefix: 'In phase '},
        [complex.imaginary]: {key: 'y', prefix: 'Quadrature '},
        [complex.phase]: {key: 'theta', prefix: 'Phase '},
      }
    : {[strength]: {key: 'r', prefix: ''}};
  const all = columns.map(({name, label, unit}): Quantity => {
    const short = label === 'theta' ? 'θ' : label;
    const {key = name, prefix = ''} = known[name] ?? {};
    return {key, short, label: `${prefix}${short}`, unit, column: name, isPhase: name === complex?.phase};
  });
  return all.sort((one, other) => Number(other.column === strength) - Number(one.column === strength));
}

/** Of a lock-in amplifier: what is offered while no run says otherwise. */
export const impliedQuantities = quantitiesOf(impliedColumns);

/** The quantity that was chosen, or the first where this detector has no such one. */
export const quantityOf = (quantities: readonly Quantity[], key: string): Quantity =>
  quantities.find((quantity) => quantity.key === key) ?? quantities[0];
