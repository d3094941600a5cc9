/** What a lock-in tells at a point: R and theta, or X and Y. */
export const quantities = ['r', 'x', 'y', 'theta'] as const;
export type Quantity = (typeof quantities)[number];

interface QuantityLabels {
  readonly short: string;
  readonly label: string;
  readonly unit: 'V' | 'deg';
  /** Name of its column in a run's points. */
  readonly column: string;
}

export const quantityLabels: Readonly<Record<Quantity, QuantityLabels>> = {
  r: {short: 'R', label: 'Amplitude R', unit: 'V', column: 'r_v'},
  x: {short: 'X', label: 'In phase X', unit: 'V', column: 'x_v'},
  y: {short: 'Y', label: 'Quadrature Y', unit: 'V', column: 'y_v'},
  theta: {short: 'θ', label: 'Phase θ', unit: 'deg', column: 'theta_deg'},
};
