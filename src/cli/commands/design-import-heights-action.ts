import {resolve} from 'node:path';
import type {CliContext} from '../context.ts';
import {openHostClient} from '../host-client.ts';
import {answersFrom, usage, type MapMeaningOptions} from './map-answers.ts';

/** Options of `design import-heights`. */
export interface ImportHeightsOptions extends MapMeaningOptions {
  readonly session: string;
  readonly plate: number;
  readonly array?: string;
  readonly dxMm?: number;
  readonly dyMm?: number;
  readonly rotationDeg?: number;
  readonly asDesigned?: boolean;
  readonly level?: boolean;
  readonly preview?: boolean;
}

/** Says how a measured height map differs from the plate that was designed, and keeps it. Throws `cli/usage`. */
export async function importHeights(
  file: string,
  options: ImportHeightsOptions,
  context: CliContext,
): Promise<void> {
  const {output} = context;
  if (options.as === undefined)
    throw usage('What the numbers are is not guessed: give --as height and --unit');
  const {session, plate, array, dxMm, dyMm, rotationDeg, asDesigned, level, preview} = options;
  const input = {
    sessionUid: session,
    plate,
    source: {path: resolve(file), ...(array === undefined ? {} : {arrays: [array]})},
    answers: answersFrom(options),
    placement: {dxMm, dyMm, rotationDeg},
    missing: asDesigned === true ? ('as-designed' as const) : ('refuse' as const),
    isLevelled: level === true,
  };
  await using connection = await openHostClient(context, {
    store: options.preview === true ? 'look' : 'write',
  });
  const {design} = connection.client;
  const found = await (preview === true ? design.previewHeights(input) : design.importHeights(input));
  const {rmsMm, largestMm, meanMm, correlation, missingCount} = found;
  output.log(
    `plate ${plate} differs from its design by ${rmsMm.toFixed(4)} mm RMS, ${largestMm.toFixed(4)} mm at most, ${meanMm.toFixed(4)} mm in the mean` +
      `${correlation === null ? '' : `; its relief correlates by ${correlation.toFixed(3)}`}` +
      `${missingCount === 0 ? '' : `; ${missingCount} samples were not measured and are taken as designed`}`,
  );
  if (preview !== true)
    output.log(
      'Predictions as registered and as aligned of this bench and design use it from now on, and alignments begin with it.',
    );
  output.result(found);
}
