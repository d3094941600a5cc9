import {BenchError} from '../../contract/errors.ts';

/** Why a record does not fit its declaration (contract/stored), and whether a later version of the program wrote it. */
export interface Misfit {
  readonly problem: string;
  readonly isNewer: boolean;
}

/** Its checksum does not fit. */
export const notAsStored: Misfit = {problem: 'it is not as it was stored', isNewer: false};

/** The row that a record stands in. */
export interface RecordPlace {
  /** `The calibration alignment 4f...`. */
  readonly what: string;
  readonly table: string;
  /** What finds the row: uid, number, key. */
  readonly key: string;
}

/** A sentence or two on a record that cannot be used: the row, the field, what is wrong, what to do. */
export function misfitText({table, key}: Omit<RecordPlace, 'what'>, {problem, isNewer}: Misfit): string {
  return `Row ${key} of the table ${table} cannot be used: ${problem}. ${
    isNewer
      ? 'Read it with the version of the program that wrote it.'
      : 'It is not as this program writes it; restore it from a copy.'
  }`;
}

/** Thrown for a record that somebody needs and that does not fit: `store/damaged` or `store/newer-version`. */
export function unreadableRecord(path: string, place: RecordPlace, misfit: Misfit): BenchError {
  const {what, table, key} = place;
  return new BenchError(
    misfit.isNewer ? 'store/newer-version' : 'store/damaged',
    `${what} in ${path} is not used. ${misfitText(place, misfit)} The file was left as it is and everything else can be read; "sessions verify" lists all such records.`,
    {details: {path, what, table, key, problem: misfit.problem}},
  );
}
