/** What the checksum of a calibration covers. */
export const calibrationTexts = (row: {
  readonly uid: string;
  readonly kind: string;
  readonly time: number;
  readonly valid_until: number | null;
  readonly depends_on: string;
  readonly value: string;
}): [string, ...string[]] => [
  row.value,
  row.uid,
  row.kind,
  String(row.time),
  String(row.valid_until),
  row.depends_on,
];
