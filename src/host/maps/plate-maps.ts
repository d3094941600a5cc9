import {countOf} from '../../base/count-text.ts';
import {BenchError} from '../../contract/errors.ts';
import {isTransmission, type MapDesign, type MapMasks, type MapSources} from '../../contract/map-import.ts';
import {chosenPlanes, mapRefused, type ChosenPlane} from './chosen-planes.ts';
import type {MapFile} from './read-map-file.ts';

/** The maps of one plate: at least one of them. */
export type PlateMaps =
  | {readonly relief: ChosenPlane; readonly mask: ChosenPlane | null}
  | {readonly relief: null; readonly mask: ChosenPlane};

/** All files of an import. */
export const allSourcesOf = ({sources, masks}: Pick<MapDesign, 'sources' | 'masks'>): MapSources => [
  ...sources,
  ...(masks?.sources ?? []),
];

/**
 * Which maps belong to which plate. Throws `plan/invalid` for masks named twice, another number of masks than of plates,
 * and levels of what there is not; `file/invalid` for arrays of which nobody has said whether they are reliefs or masks,
 * and as `chosenPlanes`.
 */
export function planesOfPlates(design: MapDesign, files: ReadonlyMap<string, MapFile>): PlateMaps[] {
  const {sources, answers, masks, levels, maskLevels} = design;
  const areMasks = isTransmission(answers.quantity);
  if (areMasks && masks)
    throw refused(
      'The maps are transmissions, and masks are named beside them: of which relief would they be? Name heights or phases, or the masks alone',
    );
  if (areMasks && levels) throw refused('Levels of heights were named, and plates of masks alone have none');
  if (!areMasks && !masks && maskLevels !== null)
    throw refused('Levels of masks were named, and no map is one of a mask');
  if (masks) assertToldApart(sources, masks.sources, files);
  const planes = chosenPlanes(sources, files, answers);
  if (areMasks) return planes.map((mask) => ({relief: null, mask}));
  const maskOf = masks && maskOfPlate(masks, chosenPlanes(masks.sources, files, answers), planes.length);
  return planes.map((relief, i) => ({relief, mask: maskOf?.(i + 1) ?? null}));
}

/** The mask of a plate, counted from 1. */
function maskOfPlate(
  {plates}: MapMasks,
  masks: readonly ChosenPlane[],
  plateCount: number,
): (plate: number) => ChosenPlane | null {
  const numbers = plates ?? Array.from({length: plateCount}, (_, i) => i + 1);
  const beyond = numbers.find((plate) => plate > plateCount);
  if (beyond !== undefined)
    throw refused(
      `Plate ${beyond} is to have a mask, and the maps make ${countOf(plateCount, 'plate')}; plates are counted from 1`,
    );
  if (new Set(numbers).size !== numbers.length)
    throw refused(`A plate is named twice among those that have masks (${numbers.join(', ')})`);
  if (masks.length !== numbers.length)
    throw refused(
      `${countOf(numbers.length, 'plate is', 'plates are')} to have a mask (${numbers.join(', ')}), and the files hold ${countOf(masks.length, 'mask')} (${masks.map(({from}) => from).join(', ')}); name an array for each, in their order`,
    );
  return (plate) => {
    const at = numbers.indexOf(plate);
    return at < 0 ? null : masks[at];
  };
}

/** Arrays of a file that holds both are named for both, so that no mask is taken for a relief. */
function assertToldApart(
  sources: MapSources,
  maskSources: MapSources,
  files: ReadonlyMap<string, MapFile>,
): void {
  for (const source of sources) {
    const same = maskSources.find(({path}) => path === source.path);
    if (!same || (source.arrays && same.arrays)) continue;
    const file = files.get(source.path);
    throw mapRefused(
      file?.name ?? source.path,
      `it is to hold reliefs and masks, and nobody has said which of its arrays are which; name those of both (it holds ${file?.arrays.map(({name}) => `"${name}"`).join(', ') ?? 'none'})`,
    );
  }
}

const refused = (what: string): BenchError =>
  new BenchError('plan/invalid', `${what}. Nothing was imported.`);
