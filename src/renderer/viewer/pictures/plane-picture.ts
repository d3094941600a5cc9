import {contextOf} from '../canvas-layer.ts';
import {CellsPicture} from '../heat-map/cells-picture.ts';
import type {CellRules} from '../colour/cell-class.ts';
import {packRgb, type ColourMapName} from '../colour/colour-maps.ts';
import {autoRange, type ValueRange, type ValueScale} from '../colour/value-scale.ts';
import {createHatch} from '../map/hatch.ts';
import type {Plane} from '../plane/plane.ts';
import {cssColourToRgb, type ThemeTokens} from '../theme-tokens.ts';

/** How a small picture of a plane is coloured. */
export interface PictureStyle {
  readonly colourMap: ColourMapName;
  readonly scale: ValueScale;
  readonly range: ValueRange | 'auto';
  readonly unit: string;
  /** Whether the picture is mirrored in x: seen from the other side. */
  readonly isMirrored: boolean;
}

/**
 * Paints a plane over a whole canvas (device pixels), unmeasured cells hatched, y up. Small pictures of many
 * cells are averaged, large ones keep sharp cells.
 */
export function paintPlanePicture(
  canvas: HTMLCanvasElement,
  plane: Plane,
  style: PictureStyle,
  {tokens, ratio}: {readonly tokens: ThemeTokens; readonly ratio: number},
): void {
  const {colourMap, scale, unit} = style;
  const range = style.range === 'auto' ? autoRange(plane.values, {scale, colourMap, unit}) : style.range;
  const rules: CellRules = {colourMap, scale, range};
  const picture = new CellsPicture();
  picture.update(plane, rules, {
    unmeasured: 0,
    notInLog: packRgb(cssColourToRgb(tokens.surface2)),
    saturated: packRgb(cssColourToRgb(tokens.attention)),
  });
  const context = contextOf(canvas);
  context.fillStyle = createHatch(context, tokens, ratio);
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = canvas.width < plane.columns;
  context.imageSmoothingQuality = 'medium';
  const isFlipped = style.isMirrored !== plane.xMm[1] < plane.xMm[0];
  context.save();
  if (isFlipped) {
    context.translate(canvas.width, 0);
    context.scale(-1, 1);
  }
  context.drawImage(picture.canvas, 0, 0, canvas.width, canvas.height);
  context.restore();
}
