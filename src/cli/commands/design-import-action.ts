import {resolve} from 'node:path';
import type {ApiInputs, MapArrayFacts, MapPlate, MapPreview} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import type {CliContext} from '../context.ts';
import {openHostClient} from '../host-client.ts';
import {answersFrom, usage, type MapMeaningOptions} from './map-answers.ts';
import {masksFrom, type MaskOptions} from './map-masks.ts';

type MapDesignInput = NonNullable<ApiInputs['design']['previewMaps']['design']>;
type Geometry = NonNullable<MapDesignInput['geometry']>;

/** Options of `design import`. */
export interface ImportOptions extends MapMeaningOptions, MaskOptions {
  readonly arrays?: readonly string[];
  readonly out?: string;
  readonly name: string;
  readonly preview?: boolean;
  readonly like?: string;
  readonly frequencyGhz?: number;
  readonly count?: number;
  readonly platePitchMm?: number;
  readonly gapMm?: number;
  readonly regionMm?: number;
  readonly objectSideMm?: number;
  readonly object?: 'binary-mask' | 'grey-amplitude' | 'phase';
  readonly phaseTurns?: number;
  readonly index?: number;
  readonly extinction?: number;
  readonly baseMm?: number;
  readonly levels?: number;
  readonly highestMm?: number;
  readonly sliceMm?: number;
  readonly dpi?: number;
  readonly thinnestMm?: number;
  readonly notPrinted?: boolean;
}

/** Says what files hold, or makes a design of them. Throws `cli/usage` naming the options that are missing. */
export async function importDesign(
  files: readonly string[],
  options: ImportOptions,
  context: CliContext,
): Promise<void> {
  const {output} = context;
  const sources = sourcesFrom(files, options);
  const design = options.as === undefined ? undefined : designFrom(files, options);
  const isWritten = design !== undefined && options.preview !== true;
  if (isWritten && options.out === undefined)
    throw usage('The folder is missing: give --out FOLDER, or --preview to write nothing');
  await using connection = await openHostClient(context, {store: 'when-needed'});
  const {client} = connection;
  const preview = await client.design.previewMaps({sources, ...(design ? {design} : {})});
  printPreview(preview, (text) => output.log(text));
  if (preview.problem !== '') throw new BenchError('plan/invalid', preview.problem);
  if (!design || !isWritten) {
    if (!design)
      output.log(`To make a design of them, say what the numbers mean: ${neededNames.join(', ')}.`);
    output.result(preview);
    return;
  }
  const made = await client.design.importMaps({
    design: {...design, sources},
    name: options.name,
    folder: resolve(options.out ?? ''),
    command: `d2nn-bench ${context.argv.join(' ')}`,
  });
  output.log(`The design ${made.name} (${made.contentHash}) is in ${connection.pathText(made.folder)}.`);
  output.result(made);
}

function sourcesFrom(
  files: readonly string[],
  {arrays}: ImportOptions,
): ApiInputs['design']['previewMaps']['sources'] {
  if (arrays && files.length > 1)
    throw usage('Arrays are named for one file: give that file alone, or no --arrays');
  return files.map((path) => ({path: resolve(path), ...(arrays ? {arrays: [...arrays]} : {})}));
}

const neededNames = [
  '--as',
  '--unit',
  '--first-row',
  '--seen-from',
  '--pitch-mm',
  'of a phase --sign',
  'of transmissions no --unit',
  'of masks beside reliefs --mask-arrays and --masks-as',
];

function designFrom(files: readonly string[], options: ImportOptions): MapDesignInput {
  const {levels, maskLevels, highestMm, sliceMm, dpi, thinnestMm, notPrinted} = options;
  if (highestMm !== undefined && levels === undefined) throw usage('--highest-mm is of --levels: give both');
  return {
    answers: answersFrom(options),
    masks: masksFrom(files, options),
    geometry: geometryFrom(options),
    levels: levels === undefined ? null : {count: levels, maximumMm: highestMm},
    maskLevels: maskLevels ?? null,
    printer: notPrinted === true ? null : {sliceMm, lateralDpi: dpi, thinnestMm},
  };
}

function geometryFrom(options: ImportOptions): Geometry {
  const {like, frequencyGhz, count, platePitchMm, gapMm, regionMm, objectSideMm, object, phaseTurns} =
    options;
  const {index, extinction, baseMm} = options;
  const own = {
    frequencyHz: frequencyGhz === undefined ? undefined : frequencyGhz * 1e9,
    count,
    pitchMm: platePitchMm,
    gapMm,
    regionMm,
    objectSideMm,
    objectKind: object,
    phaseTurns,
    refractiveIndex: index,
    extinction,
    baseMm,
  };
  const isNew = Object.values(own).some((value) => value !== undefined);
  if (isNew && like !== undefined)
    throw usage('The geometry is that of --like FOLDER or one of its own: give one or the other');
  if (isNew) return {kind: 'new', ...own};
  return {kind: 'like', folder: like === undefined ? undefined : resolve(like)};
}

/** What files hold and what the plates would be, a line each. */
function printPreview({arrays, notes, plates, warnings}: MapPreview, log: (text: string) => void): void {
  for (const array of arrays) log(arrayText(array));
  for (const note of notes) log(note);
  for (const plate of plates) log(plateText(plate));
  for (const warning of warnings) log(`To know before printing: ${warning}`);
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

function arrayText({
  file,
  name,
  shape,
  dtype,
  min,
  max,
  mean,
  missingCount,
  infiniteCount,
}: MapArrayFacts): string {
  const range =
    min === null || max === null || mean === null
      ? 'no numbers'
      : `${short(min)} to ${short(max)}, mean ${short(mean)}`;
  const others = [
    ...(missingCount > 0 ? [`${missingCount} missing (NaN)`] : []),
    ...(infiniteCount > 0 ? [`${infiniteCount} infinite`] : []),
  ];
  const title = name === '' ? file : `${file}: ${name}`;
  return [`${title}: ${shape.join(' x ') || 'one number'} (${dtype}), ${range}`, ...others].join(', ');
}

function plateText(plate: MapPlate): string {
  const {neurons, from, mask, firstNumberAt, firstRowEndsAt} = plate;
  const parts = [
    ...(neurons === 'amplitude' ? [] : [reliefText(plate)]),
    ...(mask ? [maskText(mask)] : []),
    `its first row runs from ${firstNumberAt} to ${firstRowEndsAt} as seen from the detector`,
  ];
  return `plate ${plate.plate} of ${from}: ${parts.join('; ')}`;
}

function reliefText({minMm, maxMm, heightCount, rounding}: MapPlate): string {
  const cost = rounding
    ? `, whole slices cost ${short(rounding.rmsMm)} mm, ${short(rounding.rmsRad)} rad RMS`
    : '';
  return `relief ${short(minMm)} to ${short(maxMm)} mm, ${heightCount} heights${cost}`;
}

const maskText = ({from, min, max, passedRatio, levels}: NonNullable<MapPlate['mask']>): string =>
  `mask of ${from}, amplitude ${short(min)} to ${short(max)}, ${levels === 2 ? 'open or closed' : levels === null ? 'any transmission' : `${levels} levels`}, ${short(100 * passedRatio)} % of the power passes`;
