import {decodeNpy} from '../../base/npy.ts';
import {designSchema, type DesignFile} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {firstIssueText} from '../../contract/schema-issue.ts';
import type {RealPlane} from '../../contract/optics.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import type {OpticalModel} from '../layers/system.ts';
import {canonicalJson} from './canonical.ts';

/** A network as printed: its description and the relief of each plate, mm. */
export interface Design {
  readonly file: DesignFile;
  readonly layers: readonly RealPlane[];
}

export interface DesignReader {
  /** Bytes of a file of the design's folder. */
  readonly readFile: (name: string) => Promise<Uint8Array>;
  /** SHA-256 of bytes, hex. */
  readonly sha256: (bytes: Uint8Array) => string;
}

/**
 * Reads and checks a design folder: schema, hashes, shape and range of each height map. Throws `file/invalid` naming
 * the field or file.
 */
export async function loadDesign(
  readFile: DesignReader['readFile'],
  sha256?: DesignReader['sha256'],
): Promise<Design> {
  const file = parseDesign(new TextDecoder().decode(await readFile('design.json')));
  if (sha256 && designHash(file, sha256) !== file.contentHash) {
    throw invalid(
      'design.json',
      'its contentHash does not belong to its content: it was changed by hand or damaged',
    );
  }
  const layers: RealPlane[] = [];
  for (const layer of file.layers) {
    const bytes = await readFile(layer.heightMap);
    if (sha256 && sha256(bytes) !== layer.sha256) {
      throw invalid(layer.heightMap, 'its SHA-256 is not the one in design.json');
    }
    layers.push(parseHeightMap(layer.heightMap, bytes, file, layer.pitchMm));
  }
  return {file, layers};
}

/** Parses design.json; throws `file/invalid` with the path of the first wrong field. */
export function parseDesign(text: string): DesignFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid(
      'design.json',
      `it is not JSON (${error instanceof Error ? error.message : String(error)})`,
    );
  }
  const parsed = designSchema.safeParse(json);
  if (!parsed.success) {
    throw invalid('design.json', firstIssueText(parsed.error));
  }
  const design = parsed.data;
  design.layers.forEach((layer, i) => {
    const before = i === 0 ? 0 : design.layers[i - 1].zMm;
    if (layer.zMm <= before) {
      throw invalid('design.json', `field layers.${i}.zMm: ${layer.zMm} mm is not behind ${before} mm`);
    }
  });
  if (design.detector.zMm <= design.layers[design.layers.length - 1].zMm) {
    throw invalid(
      'design.json',
      `field detector.zMm: ${design.detector.zMm} mm is not behind the last layer`,
    );
  }
  const half = (design.grid.count * design.grid.pitchMm) / 2;
  design.detector.regions.forEach((region, i) => {
    const reach = Math.max(
      Math.abs(region.centerXMm) + region.widthMm / 2,
      Math.abs(region.centerYMm) + region.heightMm / 2,
    );
    if (reach > half + 1e-9) {
      throw invalid(
        'design.json',
        `field detector.regions.${i}: region ${region.label} reaches ${reach} mm, beyond the plane's ${half} mm`,
      );
    }
  });
  return design;
}

/** `sha256:` of the canonical JSON without the hash itself. */
export function designHash(file: DesignFile, sha256: DesignReader['sha256']): string {
  const content = {...file, contentHash: undefined};
  return `sha256:${sha256(new TextEncoder().encode(canonicalJson(content)))}`;
}

function parseHeightMap(name: string, bytes: Uint8Array, file: DesignFile, pitchMm: number): RealPlane {
  let array;
  try {
    array = decodeNpy(bytes);
  } catch (error) {
    throw invalid(name, error instanceof Error ? error.message : String(error), error);
  }
  const count = Math.round((file.grid.count * file.grid.pitchMm) / pitchMm);
  if (array.im || array.shape.length !== 2 || array.shape[0] !== count || array.shape[1] !== count) {
    throw invalid(
      name,
      `its shape is ${array.shape.join(' x ')}${array.im ? ' complex' : ''}, not ${count} x ${count} real`,
    );
  }
  for (let i = 0; i < array.re.length; i++) {
    const height = array.re[i];
    if (height >= 0 && height <= 100) continue;
    const [row, column] = [Math.floor(i / count), i % count];
    throw invalid(name, `its value at row ${row}, column ${column} is ${height}; heights are 0 to 100 mm`);
  }
  return {grid: {count, pitchMm}, values: array.re};
}

function invalid(name: string, what: string, cause?: unknown): BenchError {
  return new BenchError('file/invalid', `The design cannot be used: ${name}: ${what}. Nothing was started.`, {
    details: {file: name},
    cause,
  });
}

/** The optical model of a design with everything where the design puts it. */
export function modelFrom({file, layers}: Design): Omit<OpticalModel, 'object'> {
  return {
    wavelengthMm: wavelengthMmFromHz(file.frequencyHz),
    grid: file.grid,
    illumination: file.illumination,
    plates: file.layers.map((layer, i) => ({
      relief: layers[i],
      baseMm: layer.baseMm,
      refractiveIndex: layer.refractiveIndex,
      extinction: layer.extinction,
      zMm: layer.zMm,
    })),
    outputZMm: file.detector.zMm,
  };
}
