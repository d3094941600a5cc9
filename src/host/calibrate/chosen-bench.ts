import type {AsBuiltChoice, AsBuiltSource} from '../../contract/as-built.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {thinPlates} from '../../contract/plate-optics.ts';
import {getAlignment, listAlignments, type StoredAlignment} from '../placements/alignment-records.ts';
import {asBuiltOf, asBuiltPrints, getAsBuilt, type StoredAsBuilt} from '../placements/as-built-records.ts';
import {activePlacement} from '../placements/placements.ts';
import type {Store} from '../store/open-store.ts';
import type {FoundBench} from '../twin/predict.ts';
import {benchOfAlignment, printsOf} from './recorded-bench.ts';
import type {AsBuiltBench} from './reprint.ts';

/** A network as built that a prediction is of, and what that was taken from. */
export interface ChosenBench {
  readonly source: AsBuiltSource;
  /** As a placement of the design's parts, in the frame of the design. */
  readonly found: FoundBench;
  /** As the campaign of its alignment read it. Throws where that was no campaign. */
  readonly read: () => Promise<AsBuiltBench>;
}

type Design = Pick<DesignFile, 'name' | 'contentHash'>;

/**
 * The network as built that a prediction of a design is to be of. Throws `store/not-found` for a record that is not there,
 * and `plan/invalid` for one of another design, where no placement is accepted for the design, or on several benches.
 */
export function chosenBench(
  store: Store,
  choice: AsBuiltChoice,
  {design, atS}: {readonly design: Design; readonly atS: number},
): ChosenBench {
  const {alignment, record} = chosenRecords(store, choice, design, atS);
  const prints = record ? printsOf(store, record.value) : asBuiltPrints(store, alignment);
  const active = activePlacement(store, alignment, atS);
  const isAccepted = active.placementUid !== null && active.alignment.uid === alignment.uid;
  const {benchName, benchSeed, uid: alignmentUid, result} = alignment;
  const {placement, illumination, refractiveIndex, plateOptics = thinPlates} = result;
  const version = record?.value.version ?? null;
  const named = benchSeed === null ? benchName : `${benchName} of seed ${benchSeed}`;
  return {
    source: {
      ...{alignmentUid, asBuiltUid: record?.uid ?? null, version, benchName, benchSeed, isAccepted},
      text: `As built on ${named}, ${version === null ? 'as aligned, without a record of its heights' : `record version ${version}`}; its placement is ${isAccepted ? '' : 'not '}accepted.`,
    },
    found: {
      // Where the scan stood is no part of the network: its plane is shown where the design has it.
      placement: {...placement, output: {dzMm: placement.output?.dzMm ?? 0}},
      ...{illumination, refractiveIndex, plateOptics, prints},
    },
    read: async () => ({...(await benchOfAlignment(store, alignment)), prints}),
  };
}

/** The alignment, and the as-built record where there is one. */
function chosenRecords(
  store: Store,
  choice: AsBuiltChoice,
  {name, contentHash}: Design,
  atS: number,
): {readonly alignment: StoredAlignment; readonly record: StoredAsBuilt | undefined} {
  const refuse = (why: string): BenchError =>
    new BenchError('plan/invalid', `${why} Nothing was computed.`, {details: {designHash: contentHash}});
  if (choice.kind === 'record') {
    const record = getAsBuilt(store, choice.uid);
    if (record.value.designHash !== contentHash)
      throw refuse(
        `The as-built record ${choice.uid} is of another design (${record.value.designName}) than ${name}.`,
      );
    return {alignment: getAlignment(store, record.value.alignmentUid), record};
  }
  const accepted = new Map(
    listAlignments(store)
      .filter(({designHash}) => designHash === contentHash)
      .map((place) => activePlacement(store, place, atS))
      .flatMap((own) => (own.placementUid === null ? [] : [[own.alignment.uid, own.alignment] as const])),
  );
  const [alignment, ...others] = accepted.values();
  if (alignment === undefined)
    throw refuse(
      `No placement is accepted for ${name}, so nobody knows how it was built. Align its planes and accept what was found, or name an as-built record.`,
    );
  if (others.length > 0)
    throw refuse(
      `Placements of ${name} are accepted on several benches (${[alignment, ...others].map(({benchName}) => benchName).join(', ')}). Name an as-built record.`,
    );
  return {alignment, record: asBuiltOf(store, alignment)};
}
