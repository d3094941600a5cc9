import {parseBoundedJson} from '../../base/bounded-json.ts';
import {decodeNpy} from '../../base/npy.ts';
import {designSchema, hasRelief, type DesignFile} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {planeCountOf, readOutProblem} from '../../contract/read-out.ts';
import {firstIssueText} from '../../contract/schema-issue.ts';
import type {RealPlane} from '../../contract/optics.ts';
import type {PlateOptics} from '../../contract/plate-optics.ts';
import {spectrumProblem} from '../../contract/spectrum.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import type {OpticalModel} from '../layers/system.ts';
import {assertHeights, assertSquare, assertTransmissions} from '../field/array-values.ts';
import {canonicalJson} from './canonical.ts';

/** A network as made: its description, the relief of each plate in mm, and the masks on them. */
export interface Design {
  readonly file: DesignFile;
  readonly layers: readonly RealPlane[];
  /** Transmission 0..1 of the mask of each plate, null where it has none; absent where no plate has one. */
  readonly masks?: readonly (RealPlane | null)[];
}

/** How the files of a design are read and hashed; given by the caller, as this code runs in the page and in Node. */
export interface DesignReader {
  /** Bytes of a file of the design's folder. */
  readonly readFile: (name: string) => Promise<Uint8Array>;
  /** SHA-256 of bytes, hex. */
  readonly sha256: (bytes: Uint8Array) => string;
}

/**
 * Reads and checks a design folder: schema, hashes, shape and range of each height map and mask. Throws `file/invalid` naming
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
  const readMap = async (name: string, hash: string): Promise<Uint8Array> => {
    const bytes = await readFile(name);
    if (sha256 && sha256(bytes) !== hash) throw invalid(name, 'its SHA-256 is not the one in design.json');
    return bytes;
  };
  const layers: RealPlane[] = [];
  const masks: (RealPlane | null)[] = [];
  for (const [i, layer] of file.layers.entries()) {
    layers.push(parseHeightMap(file, i, await readMap(layer.heightMap, layer.sha256)));
    const {mask} = layer;
    masks.push(mask ? parseMask(file, i, await readMap(mask.transmissionMap, mask.sha256)) : null);
  }
  return {file, layers, ...(masks.some((mask) => mask !== null) && {masks})};
}

/** Largest design.json, bytes; the shipped one has 4 kB. */
export const designLimitBytes = 2 ** 20;

/** Samples of all plates of a design together: 1 GB in double precision. */
const largestSampleCount = 2 ** 27;

/** Parses design.json; throws `file/invalid` with the path of the first wrong field. */
export function parseDesign(text: string): DesignFile {
  let json: unknown;
  try {
    json = parseBoundedJson(text, designLimitBytes);
  } catch (error) {
    throw invalid(
      'design.json',
      `it is not JSON that can be used (${error instanceof Error ? error.message : String(error)})`,
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
  const sampleCount = design.layers.reduce((sum, {pitchMm}) => sum + samplesOf(design, pitchMm) ** 2, 0);
  if (sampleCount > largestSampleCount)
    throw invalid(
      'design.json',
      `its plates have ${sampleCount} samples together; at most ${largestSampleCount} can be held`,
    );
  if (design.detector.zMm <= design.layers[design.layers.length - 1].zMm) {
    throw invalid(
      'design.json',
      `field detector.zMm: ${design.detector.zMm} mm is not behind the last layer`,
    );
  }
  const {readOut, regions, image, frequenciesHz} = design.detector;
  const problem =
    (frequenciesHz && spectrumProblem(design.frequencyHz, frequenciesHz, design.object.kind)) ??
    (readOut && readOutProblem(readOut, regions.length * planeCountOf(design.detector)));
  if (problem !== undefined) throw invalid('design.json', problem);
  const half = (design.grid.count * design.grid.pitchMm) / 2;
  if (image && image.widthMm / 2 > half + 1e-9)
    throw invalid(
      'design.json',
      `field detector.image.widthMm: the window of ${image.widthMm} mm is wider than the plane of ${2 * half} mm`,
    );
  regions.forEach((region, i) => {
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

/** Beyond this nothing of a plate is thin, mm. */
const thickestMm = 100;

function parseHeightMap(file: DesignFile, index: number, bytes: Uint8Array): RealPlane {
  const {heightMap, pitchMm, levels, refractiveIndex, zMm, neurons} = file.layers[index];
  const count = samplesOf(file, pitchMm);
  const behindMm = (file.layers.at(index + 1) ?? file.detector).zMm;
  const gapMm = Math.min(behindMm - zMm, thickestMm);
  try {
    const array = decodeNpy(bytes);
    assertSquare(array, count);
    assertHeights(array, {
      largestMm: levels?.maximumMm ?? gapMm,
      largestText: levels
        ? 'levels.maximumMm of design.json'
        : `the next part is ${behindMm - zMm} mm behind it`,
      wavelengthMm: wavelengthMmFromHz(file.frequencyHz),
      refractiveIndex,
    });
    if (neurons === 'amplitude' && array.re.some((height) => height !== 0))
      throw new Error('plates of amplitude neurons have no relief, and its heights are not all 0');
    return {grid: {count, pitchMm}, values: array.re};
  } catch (error) {
    throw invalid(heightMap, error instanceof Error ? error.message : String(error), error);
  }
}

/** The mask of a plate, on the pixels of its relief. */
function parseMask(file: DesignFile, index: number, bytes: Uint8Array): RealPlane {
  const {pitchMm, mask} = file.layers[index];
  const count = samplesOf(file, pitchMm);
  try {
    const array = decodeNpy(bytes);
    assertSquare(array, count);
    assertTransmissions(array, mask?.levels ?? null);
    return {grid: {count, pitchMm}, values: array.re};
  } catch (error) {
    throw invalid(
      mask?.transmissionMap ?? 'design.json',
      error instanceof Error ? error.message : String(error),
      error,
    );
  }
}

/** Samples along a side of a plate of a design. */
const samplesOf = ({grid}: DesignFile, pitchMm: number): number =>
  Math.round((grid.count * grid.pitchMm) / pitchMm);

function invalid(name: string, what: string, cause?: unknown): BenchError {
  return new BenchError('file/invalid', `The design cannot be used: ${name}: ${what}. Nothing was started.`, {
    details: {file: name},
    cause,
  });
}

/** The same design with plates that act on light as asked; itself where nothing is. */
export const withPlateOptics = (design: Design, plateOptics: PlateOptics | undefined): Design =>
  plateOptics === undefined ? design : {...design, file: {...design.file, plateOptics}};

/** The optical model of a design with everything where the design puts it. */
export function modelFrom({file, layers, masks}: Design): Omit<OpticalModel, 'object'> {
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
      reliefFaces: layer.reliefFaces,
      ...(masks?.[i] && {mask: masks[i], isFoil: !hasRelief(layer)}),
    })),
    plateOptics: file.plateOptics,
    outputZMm: file.detector.zMm,
  };
}
