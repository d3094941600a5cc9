import {countOf} from '../../base/count-text.ts';
import {decodeUtf8Text} from '../../base/text-encoding.ts';
import {alignmentResultSchema} from '../../contract/alignment.ts';
import {benchPlacementSchema, type BenchPlacement, type Placement} from '../../contract/placement.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Illumination} from '../../contract/illumination.ts';
import {thinPlates, type PlateOptics} from '../../contract/plate-optics.ts';
import {firstIssueText} from '../../contract/schema-issue.ts';
import {renameFields} from '../../contract/stored/record.ts';
import {positionMm, type ComplexPlane} from '../../contract/optics.ts';
import {arrangeObject, arrangePlates, orientPoint, orientValues} from '../../twin/alignment/arrangement.ts';
import {arrangementFrom} from '../../twin/alignment/placement.ts';
import {withPrints, type PrintHeights} from '../../twin/alignment/print-heights.ts';
import {modelFrom, type Design} from '../../twin/design/load.ts';
import {createProbeReader} from '../../twin/layers/probe.ts';
import {
  createOpticalSystem,
  intensityOf,
  type OpticalSystem,
  type SystemOptions,
} from '../../twin/layers/system.ts';

import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded} from '../files/read-bounded.ts';

/** How a bench differs from its design; what is not named is as designed. */
export interface FoundBench {
  readonly placement?: BenchPlacement | undefined;
  readonly illumination?: Illumination | undefined;
  /** Of all plates. */
  readonly refractiveIndex?: number | undefined;
  /** How the plates act on light. */
  readonly plateOptics?: PlateOptics | undefined;
  /** Height errors of the prints, place after place as the plates stand. */
  readonly prints?: PrintHeights | undefined;
}

/**
 * The bench of a design with its parts placed: each plate in its place and put in as the placement says, the object
 * likewise. Throws `twin/invalid` when the placement names plates that the design has not.
 */
export function createDesignSystem(
  design: Design,
  {placement = {}, illumination, refractiveIndex, plateOptics, prints}: FoundBench,
  options: SystemOptions,
): OpticalSystem {
  const model = modelFrom(design);
  const {layers = [], object, source, output} = placement;
  const plateCount = model.plates.length;
  const refuse = (what: string): never => {
    throw new BenchError(
      'twin/invalid',
      `The placement names ${what}, but the design has ${plateCount}. Nothing was computed.`,
    );
  };
  if (layers.length > plateCount) refuse(countOf(layers.length, 'layer'));
  const arrangement = arrangementFrom(placement, plateCount);
  for (const {plate} of arrangement.plates) if (plate >= plateCount) refuse(`plate ${plate + 1}`);
  const plates = withPrints(arrangePlates(model.plates, arrangement), prints).map((plate, i) => ({
    ...plate,
    ...(refractiveIndex === undefined ? {} : {refractiveIndex}),
    placement: withoutTurns(layers[i]),
  }));
  const system = createOpticalSystem(
    {
      ...model,
      ...(illumination ? {illumination} : {}),
      ...(plateOptics ? {plateOptics} : {}),
      plates,
      placement: {object: withoutTurns(object), source, output: withoutTurns(output)},
    },
    options,
  );
  return {
    ...system,
    propagate: (own) => system.propagate(arrangeObject(own, arrangement)),
    inputPower: (own) => system.inputPower(arrangeObject(own, arrangement)),
  };
}

/** A placement without its flips: the parts are flipped before they are placed, and would be flipped twice. */
const withoutTurns = <Own extends Partial<Placement>>(own: Own | undefined) => ({
  ...own,
  flipX: false,
  flipY: false,
});

/**
 * Intensity at the samples of an output field as the scan counts them: its axes may be seen otherwise than designed,
 * and its millimetres be longer or shorter (`output` of a placement; shift and turn are in the field already).
 */
export function intensityOfScan(
  field: ComplexPlane,
  wavelengthMm: number,
  placement: BenchPlacement = {},
): Float64Array {
  const {scan} = arrangementFrom(placement, 0);
  const scale = placement.output?.scale ?? 1;
  if (scale === 1) return orientValues(intensityOf(field), field.grid.count, scan);
  const {count} = field.grid;
  const [xMm, yMm] = [new Float64Array(count * count), new Float64Array(count * count)];
  for (let i = 0; i < xMm.length; i++) {
    const [x, y] = orientPoint(
      positionMm(field.grid, i % count),
      positionMm(field.grid, Math.floor(i / count)),
      scan,
    );
    [xMm[i], yMm[i]] = [scale * x, scale * y];
  }
  return createProbeReader(field, wavelengthMm, {kind: 'point'})({xMm, yMm});
}

/**
 * Reads how a bench differs from its design (JSON): placements of its parts, or the result of an alignment. Throws
 * `file/invalid` with the field's path, also for an alignment that found nothing.
 */
export async function readPlacement(path: string): Promise<FoundBench> {
  const bytes = await readBounded(path, fileLimitBytes.placement, {
    subject: path,
    whenMissing: 'Nothing was computed; check the path.',
    whenUnusable: 'Nothing was computed.',
  });
  let json: unknown;
  try {
    json = JSON.parse(decodeUtf8Text(bytes));
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new BenchError('file/invalid', `${path} is not JSON: ${what}. Nothing was computed.`, {
      cause: error,
    });
  }
  const invalid = (what: string): BenchError =>
    new BenchError('file/invalid', `${path}: ${what}. Nothing was computed.`);
  if (typeof json === 'object' && json !== null && 'format' in json) {
    // Files of earlier versions have the former name of a field.
    const found = alignmentResultSchema.safeParse(renameFields({lackRatio: 'unexplainedRatio'})({...json}));
    if (!found.success) throw invalid(firstIssueText(found.error));
    const {placement, illumination, refractiveIndex, plateOptics = thinPlates, verdict} = found.data;
    if (verdict === 'failed') throw invalid('this alignment failed, its values mean nothing');
    return {placement, illumination, refractiveIndex, plateOptics};
  }
  const parsed = benchPlacementSchema.safeParse(json);
  if (!parsed.success) throw invalid(firstIssueText(parsed.error));
  return {placement: parsed.data};
}
