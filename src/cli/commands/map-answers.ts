import type {ApiInputs} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {finiteNumber} from '../option-values.ts';

type Answers = ApiInputs['design']['importMaps']['design']['answers'];

/** Options that say what the numbers of a map mean and how it lies. */
export interface MapMeaningOptions {
  readonly as?: 'height' | 'phase' | 'amplitude' | 'intensity';
  readonly unit?: string;
  readonly sign?: 'delays' | 'advances';
  readonly wrap?: boolean;
  readonly raw?: string;
  readonly offset?: number;
  readonly complexPhase?: boolean;
  readonly complexModulus?: boolean;
  readonly stack?: 'first-axis' | 'last-axis';
  readonly firstRow?: 'top' | 'bottom';
  readonly seenFrom?: 'detector' | 'source';
  readonly mirrored?: boolean;
  readonly turnDeg?: string;
  readonly pitchMm?: number;
  readonly fit?: 'exact' | 'pad-or-crop' | 'resample';
}

/** A usage error of an import. */
export const usage = (what: string): BenchError =>
  new BenchError('cli/usage', `${what}. Nothing was imported.`);

/** What was said of a map. Throws `cli/usage` naming the options that are missing. */
export function answersFrom(options: MapMeaningOptions): Answers {
  const {firstRow, seenFrom, pitchMm, turnDeg = '0'} = options;
  if (firstRow === undefined || seenFrom === undefined || pitchMm === undefined)
    throw usage('How the maps lie is not guessed: give --first-row, --seen-from and --pitch-mm');
  return {
    quantity: quantityFrom(options),
    raw: options.raw === undefined ? null : rawFrom(options.raw),
    offset: options.offset,
    complex: complexFrom(options),
    orientation: {firstRow, seenFrom, mirrored: options.mirrored, quarterTurns: Number(turnDeg) / 90},
    pitchMm,
    fit: options.fit,
    stack: options.stack,
  };
}

function complexFrom({complexPhase, complexModulus}: MapMeaningOptions): Answers['complex'] {
  if (complexPhase === true && complexModulus === true)
    throw usage('Of complex numbers either the phase or the modulus is taken: give one of both');
  return complexPhase === true ? 'phase' : complexModulus === true ? 'modulus' : 'refuse';
}

function quantityFrom({as, unit, sign, wrap}: MapMeaningOptions): Answers['quantity'] {
  if (as === 'height') {
    if (unit !== 'mm' && unit !== 'um' && unit !== 'm')
      throw usage('The unit of a height is --unit mm, um or m');
    if (sign !== undefined || wrap === true)
      throw usage('--sign and --wrap are of phases, and these are heights');
    return {kind: 'height', unit};
  }
  if (as === 'amplitude' || as === 'intensity') {
    if (unit !== undefined || sign !== undefined || wrap === true)
      throw usage(
        '--unit, --sign and --wrap are of heights and phases, and these are transmissions of 0 to 1',
      );
    return {kind: as};
  }
  if (unit !== 'rad' && unit !== 'turns' && unit !== 'deg')
    throw usage('The unit of a phase is --unit rad, turns or deg');
  if (sign === undefined)
    throw usage(
      'The sign of a phase is not guessed: give --sign delays (thicker, exp(+i phase)) or advances',
    );
  return {kind: 'phase', unit, sign, wrap: wrap === true};
}

/** `0..65535=0..1.2`. Throws `cli/usage`. */
export function rawFrom(text: string): NonNullable<Answers['raw']> {
  const parts = /^(.+?)\.\.(.+?)=(.+?)\.\.(.+)$/.exec(text);
  if (!parts) throw usage('--raw is given as 0..65535=0..1.2: raw values, and what they stand for');
  const [low, high, atLow, atHigh] = parts.slice(1).map((part) => finiteNumber(part));
  return {from: [low, high], to: [atLow, atHigh]};
}
