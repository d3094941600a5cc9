/** One number that a device yields: becomes a data key, a table column, an axis label. */
export interface ColumnSpec {
  readonly name: string;
  /** UDUNITS-style unit as printed: mm, V, deg, Hz, s; '' for a pure number. */
  readonly unit: string;
  readonly label: string;
  readonly precision?: number;
}
