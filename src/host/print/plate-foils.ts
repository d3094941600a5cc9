import type {DesignFile} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import {frequenciesOf} from '../../contract/spectrum.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import type {Design} from '../../twin/design/load.ts';
import type {CutDrawing} from '../../twin/print/cut-drawing.ts';
import {glyphCorners} from '../../twin/print/glyphs.ts';
import {cutLoops, maskPixelsFrom} from '../../twin/print/mask-cut.ts';
import type {PlateShape} from '../../twin/print/plate-shape.ts';

/** The mask of a plate as a film of metal: what is cut is where the metal is taken away. */
export interface PlateFoil {
  /** Of its files, without extension. */
  readonly name: string;
  /** Counted from 1. */
  readonly plate: number;
  readonly drawing: CutDrawing;
  /** Part of the pixels that is open. */
  readonly openRatio: number;
}

/** Whether plates of a design carry masks. */
export const hasPlateMasks = ({layers}: Pick<DesignFile, 'layers'>): boolean =>
  layers.some(({mask}) => mask !== undefined);

/** Throws `plan/invalid` for masks with transmissions between open and closed. */
export function assertOpenOrClosed({name, layers}: DesignFile): void {
  const grey = layers.findIndex(({mask}) => mask !== undefined && mask.levels !== 2);
  if (grey >= 0)
    throw new BenchError(
      'plan/invalid',
      `The mask of plate ${grey + 1} of ${name} has transmissions between open and closed, which no cut in metal can show. Nothing was written. Train with two mask levels, or leave out svg and dxf.`,
    );
}

/** What metal does worse than designed, each in a sentence. */
export function foilWarnings(file: DesignFile): string[] {
  const halfMm = wavelengthMmFromHz(Math.min(...frequenciesOf(file))) / 2;
  return file.layers.flatMap(({mask, pitchMm}, i) =>
    mask?.levels === 2 && pitchMm < halfMm - 1e-6
      ? [
          `Openings of one pixel of the mask of plate ${i + 1} are ${pitchMm} mm wide, below half a wavelength (${Number(halfMm.toPrecision(3))} mm): they are cut off and pass much less light than was simulated.`,
        ]
      : [],
  );
}

/**
 * A drawing for the mask of each plate that has one, seen from the detector: outline, notch and handle of the plates, holes
 * for the pins of their frames, an L with the plate's number, and the outlines of the open pixels. No bridges hold the
 * closed pixels that touch no others: they would change what was trained, and the film carries them.
 */
export function plateFoils({file, masks}: Design, shape: PlateShape): PlateFoil[] {
  return file.layers.flatMap((_, i) => {
    const mask = masks?.[i];
    if (!mask) return [];
    const pixels = maskPixelsFrom(mask.grid, mask.values);
    const openCount = pixels.isOpen.reduce((sum, open) => sum + open, 0);
    return [
      {
        name: `foil-${i + 1}`,
        plate: i + 1,
        drawing: {
          title: `${file.name} foil of plate ${i + 1}, seen from the detector`,
          cut: [shape.outline, ...cutLoops(pixels)],
          holes: shape.registrationHoles,
          marks: glyphCorners(`L${i + 1}`, shape.handle),
        },
        openRatio: openCount / pixels.isOpen.length,
      },
    ];
  });
}
