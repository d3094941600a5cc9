import {countOf} from '../../base/count-text.ts';
import {BenchError} from '../../contract/errors.ts';
import {frameAxes, type FrameState} from '../../twin/alignment/state.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import type {RegionSpec} from '../plans/geometry.ts';
import type {RecordedBench} from './recorded-bench.ts';
import {assertCanBeReprinted, printablePlaces} from './reprint.ts';

/**
 * Throws `plan/invalid` for a plate (from 1) that cannot be learnt on a bench: the bench exchanges no plates, is another
 * one than the record's, has the plates of another design, or no plate of this network can be designed again.
 */
export function assertCanLearnInPlace(
  {file, isVirtual, seed, design}: OpenBench,
  {bench, record}: RecordedBench,
  plate: number,
): void {
  const refuse = (why: string): never => {
    throw new BenchError(
      'plan/invalid',
      `Plate ${plate} of ${record.designName} cannot be learnt in place: ${why} Nothing was moved.`,
      {details: {plate, bench: file.name}},
    );
  };
  assertCanBeReprinted(bench);
  const places = printablePlaces(bench.design);
  if (!places.includes(plate - 1))
    refuse(
      `of ${countOf(bench.design.layers.length, 'plate')} those with a relief are ${places.map((place) => place + 1).join(', ')}.`,
    );
  const nameOf = (name: string, own: number | null | undefined): string =>
    own === null || own === undefined ? name : `${name} of seed ${own}`;
  if (file.name !== record.benchName || (seed ?? null) !== (record.benchSeed ?? null))
    refuse(
      `its record was made on ${nameOf(record.benchName, record.benchSeed)}, and ${nameOf(file.name, seed)} is open.`,
    );
  if (design !== undefined && design.contentHash !== record.designHash)
    refuse(`the plates of another design stand on the bench (${design.name}).`);
  if (!isVirtual && !(file.exchangeablePlates ?? []).includes(plate))
    refuse(
      'the bench cannot exchange it by itself. Each step shows another relief: with printed plates that is one print a step, so it takes a changer or a modulator in the place of the plate, which the bench file names (exchangeablePlates). Without one, design the plate again by the twin (calibrate reprint).',
    );
}

/** The regions of a design where they lie in the frame of a scan; each is taken to stand straight in it. */
export function scanRegionsOf(regions: readonly RegionSpec[], frame: FrameState): RegionSpec[] {
  const {xx, xy, yx, yy} = frameAxes(frame);
  const determinant = xx * yy - xy * yx;
  return regions.map(({label, centerXMm, centerYMm, widthMm, heightMm}) => {
    const [x, y] = [centerXMm - frame.dxMm, centerYMm - frame.dyMm];
    return {
      ...{label, widthMm, heightMm},
      centerXMm: (x * yy - y * yx) / determinant,
      centerYMm: (y * xx - x * xy) / determinant,
    };
  });
}
