import {snapLinePx, xToPx, yToPx, type MmView, type RectPx} from '../canvas-geometry.ts';
import {linearTicks} from '../ticks.ts';
import type {ThemeTokens} from '../theme-tokens.ts';

/** Room around a map for its axes, drawing pixels. */
export const axisRoomPx = {left: 46, right: 10, top: 20, bottom: 36} as const;

interface AxesKit {
  readonly context: CanvasRenderingContext2D;
  readonly view: MmView;
  readonly tokens: ThemeTokens;
  /** Device pixels per drawing pixel. */
  readonly ratio: number;
}

/** Paints ticks, labels and units of both axes around a view, and its frame. */
export function paintAxes(
  {context, view, tokens, ratio}: AxesKit,
  labels: {readonly x: string; readonly y: string},
): void {
  const {px, mm} = view;
  const hair = 1 / ratio;
  context.font = `11px ${tokens.fontFamily}`;
  context.fillStyle = tokens.text2;
  context.strokeStyle = tokens.text2;
  context.lineWidth = Math.max(1, Math.round(ratio)) * hair;
  const bottom = px.top + px.height;
  const xTicks = linearTicks(mm.xMm[0], mm.xMm[1], px.width / 64);
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  context.beginPath();
  xTicks.values.forEach((value, i) => {
    const x = snapLinePx(xToPx(view, value), ratio);
    context.moveTo(x, bottom);
    context.lineTo(x, bottom + 4);
    context.fillText(xTicks.labels[i], x, bottom + 16);
  });
  const yTicks = linearTicks(mm.yMm[0], mm.yMm[1], px.height / 44);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  yTicks.values.forEach((value, i) => {
    const y = snapLinePx(yToPx(view, value), ratio);
    context.moveTo(px.left - 4, y);
    context.lineTo(px.left, y);
    context.fillText(yTicks.labels[i], px.left - 7, y + 0.5);
  });
  context.stroke();
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  context.fillText(`${labels.x} (mm)`, px.left + px.width / 2, bottom + 31);
  context.textAlign = 'right';
  context.fillText(`${labels.y} (mm)`, px.left - 7, px.top - 9);
  paintFrame(context, px, tokens.line, ratio);
}

/** A sharp frame just outside a rectangle. */
export function paintFrame(
  context: CanvasRenderingContext2D,
  px: RectPx,
  colour: string,
  ratio: number,
): void {
  const half = 0.5 / ratio;
  context.strokeStyle = colour;
  context.lineWidth = 1 / ratio;
  context.strokeRect(px.left - half, px.top - half, px.width + 2 * half, px.height + 2 * half);
}
