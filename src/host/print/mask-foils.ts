import type {DesignFile} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import type {PlateFrame} from '../../contract/plate-export.ts';
import type {RealPlane} from '../../contract/optics.ts';
import type {CutDrawing} from '../../twin/print/cut-drawing.ts';
import {glyphCorners} from '../../twin/print/glyphs.ts';
import {hasPlateMasks} from './plate-foils.ts';
import {bridgeIslands, cutLoops, maskPixelsFrom} from '../../twin/print/mask-cut.ts';
import type {PlateShape} from '../../twin/print/plate-shape.ts';

/** A digit to be cut out of foil, as the twin shows it to the design. */
export interface MaskObject {
  readonly label: string;
  readonly sample: string;
  readonly transmission: RealPlane;
}

/** A foil and what its bridges cost. */
export interface MaskFoil {
  /** Of its files, without extension. */
  readonly name: string;
  readonly label: string;
  readonly sample: string;
  readonly drawing: CutDrawing;
  /** Part of the open pixels that the bridges cover. */
  readonly bridgedRatio: number;
  readonly warnings: readonly string[];
}

/** Throws `plan/invalid` for a design whose objects are no cut-outs, unless its plates have masks to be cut. */
export function assertCutOuts({name, object, layers}: DesignFile): void {
  if (object.kind !== 'binary-mask' && !hasPlateMasks({layers}))
    throw new BenchError(
      'plan/invalid',
      `The objects of ${name} are ${object.kind === 'phase' ? 'phase objects' : 'grey amplitudes'}, which no cut in a foil can show. Nothing was written. Leave out svg and dxf.`,
    );
}

/** Throws `plan/invalid` when no digit was named, and no plate has a mask of its own to be cut. */
export function assertNamed(masks: readonly MaskObject[], file: DesignFile): void {
  if (masks.length === 0 && !hasPlateMasks(file))
    throw new BenchError(
      'plan/invalid',
      'No digit was named for the mask foils. Nothing was written. Name digits, or leave out svg and dxf.',
    );
}

/**
 * Foil with a digit cut out along its pixels, seen from the detector: outline, notch and handle of the plates, holes for
 * the pins of the mask frame, and an engraved L with the digit.
 */
export function maskFoil(object: MaskObject, shape: PlateShape, {bridgeMm}: PlateFrame): MaskFoil {
  const {label, sample, transmission} = object;
  const pixels = maskPixelsFrom(transmission.grid, transmission.values);
  const openCount = pixels.isOpen.reduce((sum, open) => sum + open, 0);
  const bridged = bridgeIslands(pixels, bridgeMm);
  const title = `mask ${label} (${sample}), seen from the detector`;
  return {
    name: `mask-${label}-${sample}`.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/-+$/, ''),
    label,
    sample,
    drawing: {
      title,
      cut: [shape.outline, ...cutLoops(bridged)],
      holes: shape.registrationHoles,
      marks: glyphCorners(`L${label}`, shape.handle),
    },
    bridgedRatio: bridged.bridgedCount / Math.max(1, openCount),
    warnings: [
      ...(openCount === 0 ? [`Mask ${label} (${sample}) has nothing cut out of it.`] : []),
      ...(bridged.islandCount > 0
        ? [
            `Mask ${label} (${sample}) has ${bridged.islandCount} islands that nothing holds: cut it on a carrier film, or ask for bridges.`,
          ]
        : []),
    ],
  };
}
