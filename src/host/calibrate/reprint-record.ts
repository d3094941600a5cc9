import type {ReprintLineage} from '../../contract/reprint.ts';
import type {Design} from '../../twin/design/load.ts';
import {computeConfusion, computeRate, createReadOut} from '../../twin/metrics/index.ts';
import {judge} from '../../twin/training/batch.ts';
import {saveDesign, savedLayersOf} from '../designs/design-folder.ts';
import type {RecordedBench} from './recorded-bench.ts';
import type {ReprintRequest} from './reprint-protocol.ts';
import type {AsBuiltBench} from './reprint.ts';

/** The design that a plate is replaced of, and what that was found from. */
export const originOf = ({bench, uid, record}: RecordedBench) => ({
  parentName: bench.design.file.name,
  parentHash: bench.design.file.contentHash,
  asBuiltUid: uid,
  asBuiltVersion: record.version,
  alignmentUid: record.alignmentUid,
  benchName: record.benchName,
  benchSeed: record.benchSeed,
});

/** What is read right of objects by winners that were judged, and the confusion of the classes. */
export function rateOfJudged(
  {file}: Design,
  judgements: readonly {readonly label: number; readonly winner: number}[],
): {readonly rate: ReprintLineage['before']; readonly confusion: number[][]} {
  const right = judgements.filter(({label, winner}) => label === winner).length;
  const {counts} = computeConfusion(
    createReadOut(file.detector).labels.length,
    judgements.map(({label}) => label),
    judgements.map(({winner}) => (winner < 0 ? null : winner)),
  );
  return {rate: computeRate(right, judgements.length), confusion: counts.map((row) => [...row])};
}

/** What is read right of objects by the energies of their regions. */
export function rateOf(
  design: Design,
  labels: readonly number[],
  energies: readonly ArrayLike<number>[],
): ReturnType<typeof rateOfJudged> {
  const readOut = createReadOut(design.file.detector);
  return rateOfJudged(
    design,
    labels.map((label, i) => ({label, winner: judge(readOut, energies[i], label).winner})),
  );
}

/** Writes the design with its new plate; returns its hash. */
export async function writeReprint(
  {design}: AsBuiltBench,
  {lineage, heightsMm}: {readonly lineage: ReprintLineage; readonly heightsMm: Float32Array},
  {folder, name, command}: Pick<ReprintRequest, 'folder' | 'name' | 'command'>,
): Promise<string> {
  const {format, version, frequencyHz, grid, illumination, object, detector, plateOptics} = design.file;
  const layers = savedLayersOf(design).map((layer, place) =>
    place === lineage.plate - 1 ? {...layer, heightsMm} : layer,
  );
  const training = {command, reprint: lineage};
  const kept = {format, version, frequencyHz, grid, illumination, object, detector};
  const file = await saveDesign(folder, {...kept, ...(plateOptics && {plateOptics}), name, training}, layers);
  return file.contentHash;
}
