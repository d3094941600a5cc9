import {contextOf} from '../canvas-layer.ts';
import type {ThemeTokens} from '../theme-tokens.ts';

/** A neutral hatch for what was not measured; the same on every map and in every theme. */
export function createHatch(
  context: CanvasRenderingContext2D,
  tokens: ThemeTokens,
  ratio: number,
): CanvasPattern {
  const size = Math.max(4, Math.round(7 * ratio));
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const ink = contextOf(tile);
  ink.fillStyle = tokens.surface1;
  ink.fillRect(0, 0, size, size);
  ink.strokeStyle = tokens.hatch;
  ink.lineWidth = Math.max(1, ratio);
  ink.beginPath();
  // Three strokes, so that the lines go on across the edges of the tile.
  for (const shift of [-size, 0, size]) {
    ink.moveTo(shift - 1, size + 1);
    ink.lineTo(shift + size + 1, -1);
  }
  ink.stroke();
  const pattern = context.createPattern(tile, 'repeat');
  if (!pattern) throw new Error('This browser makes no canvas pattern, so the hatch cannot be drawn.');
  return pattern;
}
