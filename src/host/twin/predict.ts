import {readFile} from 'node:fs/promises';
import {benchPlacementSchema, type BenchPlacement} from '../../contract/placement.ts';
import {BenchError} from '../../contract/errors.ts';
import {firstIssueText} from '../../contract/schema-issue.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import {modelFrom, type Design} from '../../twin/design/load.ts';
import {createOpticalSystem, type OpticalSystem, type SystemOptions} from '../../twin/layers/system.ts';

/** The bench of a design with its parts placed; throws `twin/invalid` when the placement names too many plates. */
export function createDesignSystem(
  design: Design,
  placement: BenchPlacement,
  options: SystemOptions,
): OpticalSystem {
  const model = modelFrom(design);
  const layers = placement.layers ?? [];
  if (layers.length > model.plates.length) {
    throw new BenchError(
      'twin/invalid',
      `The placement names ${layers.length} layers, but the design has ${model.plates.length}. Nothing was computed.`,
    );
  }
  return createOpticalSystem(
    {
      ...model,
      plates: model.plates.map((plate, i) => ({...plate, placement: layers[i]})),
      placement: {object: placement.object, source: placement.source, output: placement.output},
    },
    options,
  );
}

/** Reads placements of a bench's parts (JSON); throws `file/invalid` with the field's path. */
export async function readPlacement(path: string): Promise<BenchPlacement> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new BenchError('file/not-found', `${path} cannot be read. Nothing was computed; check the path.`, {
      cause: error,
    });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BenchError('file/invalid', `${path} is not JSON. Nothing was computed.`, {cause: error});
  }
  const parsed = benchPlacementSchema.safeParse(json);
  if (!parsed.success) {
    throw new BenchError('file/invalid', `${path}: ${firstIssueText(parsed.error)}. Nothing was computed.`);
  }
  return parsed.data;
}

/** Refuses an object that is not on the design's grid. */
export function assertObjectFits(object: ComplexPlane, design: Design, path: string): void {
  const {count} = design.file.grid;
  if (object.grid.count !== count) {
    throw new BenchError(
      'file/invalid',
      `${path} has ${object.grid.count} x ${object.grid.count} samples; the design ${design.file.name} needs ${count} x ${count} ` +
        `at ${design.file.grid.pitchMm} mm. Nothing was computed.`,
    );
  }
}
