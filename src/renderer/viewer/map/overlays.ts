import type {ThemeColour, ThemeTokens} from '../theme-tokens.ts';
import type {PointMm, RectMm} from '../plane/plane.ts';
import {snapLinePx, xToPx, yToPx, type MmView} from '../canvas-geometry.ts';

/** Meaning of an overlay; the theme gives its colour. `plain` is readable on any picture. */
export type OverlayTone =
  | 'plain'
  | 'measured'
  | 'simulated'
  | 'accent'
  | 'source'
  | 'attention'
  | 'fault'
  | 'good'
  | 'quiet';

/** Places of a path, mm: a list of points, or two arrays of one length. */
export type PathMm = readonly PointMm[] | {readonly xMm: ArrayLike<number>; readonly yMm: ArrayLike<number>};

interface OverlayCommon {
  readonly tone?: OverlayTone;
  readonly label?: string;
}

/** Something drawn over a map, in mm. */
export type Overlay =
  | (OverlayCommon & {
      readonly kind: 'rect';
      readonly rectMm: RectMm;
      readonly isDashed?: boolean;
      readonly isShaded?: boolean;
    })
  | (OverlayCommon & {
      readonly kind: 'circle';
      readonly centreMm: PointMm;
      readonly radiusMm: number;
      readonly isDashed?: boolean;
    })
  | (OverlayCommon & {
      readonly kind: 'path';
      readonly pathMm: PathMm;
      readonly isDashed?: boolean;
      readonly hasEnds?: boolean;
    })
  | (OverlayCommon & {readonly kind: 'point'; readonly atMm: PointMm; readonly shape?: PointShape});

/** A named rectangle of the plane, e.g. a detector region. */
export interface Region {
  readonly label: string;
  readonly rectMm: RectMm;
  /** Drawn stronger, e.g. the winner. */
  readonly isEmphasised?: boolean;
}

/** Shapes tell points apart where colours cannot. */
export type PointShape = 'cross' | 'ring' | 'dot' | 'square' | 'plus';

/** Number of places of a path. */
export const pathLength = (path: PathMm): number => ('xMm' in path ? path.xMm.length : path.length);

/** One place of a path, mm. */
export const pathPoint = (path: PathMm, index: number): PointMm =>
  'xMm' in path ? {xMm: path.xMm[index], yMm: path.yMm[index]} : path[index];

/** What overlays are painted with. */
export interface PaintKit {
  readonly context: CanvasRenderingContext2D;
  readonly view: MmView;
  readonly tokens: ThemeTokens;
  readonly ratio: number;
  /** Whether a coloured picture lies beneath: lines then get a dark rim, or they vanish on some colours. */
  readonly isOnPicture: boolean;
}

const toneToken: Readonly<Record<OverlayTone, ThemeColour>> = {
  plain: 'text1',
  measured: 'measured',
  simulated: 'simulated',
  accent: 'accent',
  source: 'sourceOn',
  attention: 'attention',
  fault: 'fault',
  good: 'good',
  quiet: 'text2',
};

/** Colour of a tone; on a picture it is lightened whatever the theme, since it has a dark rim there. */
export function toneColour(tone: OverlayTone, kit: Pick<PaintKit, 'tokens' | 'isOnPicture'>): string {
  if (kit.isOnPicture && (tone === 'plain' || tone === 'quiet')) return '#ffffff';
  const colour = kit.tokens[toneToken[tone]];
  return kit.isOnPicture ? `color-mix(in oklab, ${colour} 45%, #fff7df)` : colour;
}

const rim = 'rgb(0 0 0 / 0.5)';

/** Strokes what `trace` lays down, with the rim first. */
export function strokeWithRim(kit: PaintKit, colour: string, widthPx: number, trace: () => void): void {
  const {context} = kit;
  context.lineJoin = 'round';
  if (kit.isOnPicture) {
    context.beginPath();
    trace();
    context.strokeStyle = rim;
    context.lineWidth = widthPx + 1.5;
    context.stroke();
  }
  context.beginPath();
  trace();
  context.strokeStyle = colour;
  context.lineWidth = widthPx;
  context.stroke();
}

/** Paints overlays in their order, cut at the edge of the view. */
export function paintOverlays(kit: PaintKit, overlays: readonly Overlay[]): void {
  const {context, view} = kit;
  context.save();
  context.beginPath();
  context.rect(view.px.left, view.px.top, view.px.width, view.px.height);
  context.clip();
  for (const overlay of overlays) paintOverlay(kit, overlay);
  context.restore();
}

function paintOverlay(kit: PaintKit, overlay: Overlay): void {
  switch (overlay.kind) {
    case 'rect':
      return paintRect(kit, overlay);
    case 'circle':
      return paintCircle(kit, overlay);
    case 'path':
      return paintPath(kit, overlay);
    case 'point':
      return paintPoint(kit, overlay);
  }
}

const dash: readonly number[] = [5, 4];

function paintRect(kit: PaintKit, overlay: Extract<Overlay, {kind: 'rect'}>): void {
  const {context, view, ratio} = kit;
  const colour = toneColour(overlay.tone ?? 'plain', kit);
  const left = snapLinePx(xToPx(view, overlay.rectMm.xMm[0]), ratio);
  const right = snapLinePx(xToPx(view, overlay.rectMm.xMm[1]), ratio);
  const top = snapLinePx(yToPx(view, overlay.rectMm.yMm[1]), ratio);
  const bottom = snapLinePx(yToPx(view, overlay.rectMm.yMm[0]), ratio);
  if (overlay.isShaded) {
    context.fillStyle = colour;
    context.globalAlpha = 0.16;
    context.fillRect(left, top, right - left, bottom - top);
    context.globalAlpha = 1;
  }
  context.setLineDash(overlay.isDashed ? [...dash] : []);
  strokeWithRim(kit, colour, 1, () => context.rect(left, top, right - left, bottom - top));
  context.setLineDash([]);
  // A box outside what is shown has no name at its edge.
  const {px} = view;
  const isInView =
    right > px.left && left < px.left + px.width && bottom > px.top && top < px.top + px.height;
  if (overlay.label && isInView) paintLabel(kit, overlay.label, [left + 3, top + 3], colour);
}

function paintCircle(kit: PaintKit, overlay: Extract<Overlay, {kind: 'circle'}>): void {
  const {context, view} = kit;
  const colour = toneColour(overlay.tone ?? 'plain', kit);
  const x = xToPx(view, overlay.centreMm.xMm);
  const y = yToPx(view, overlay.centreMm.yMm);
  const radius = Math.abs(xToPx(view, overlay.centreMm.xMm + overlay.radiusMm) - x);
  context.setLineDash(overlay.isDashed ? [...dash] : []);
  strokeWithRim(kit, colour, 1, () => context.arc(x, y, radius, 0, 2 * Math.PI));
  context.setLineDash([]);
  if (overlay.label) paintLabel(kit, overlay.label, [x + radius + 4, y - 8], colour);
}

/** Lays down the lines of a path from one index to the end; gaps (NaN) lift the pen. */
export function tracePath(
  {context, view}: Pick<PaintKit, 'context' | 'view'>,
  path: PathMm,
  from: number,
  to: number,
): void {
  let isDown = false;
  for (let i = from; i < to; i++) {
    const {xMm, yMm} = pathPoint(path, i);
    if (!Number.isFinite(xMm) || !Number.isFinite(yMm)) {
      isDown = false;
      continue;
    }
    if (isDown) context.lineTo(xToPx(view, xMm), yToPx(view, yMm));
    else context.moveTo(xToPx(view, xMm), yToPx(view, yMm));
    isDown = true;
  }
}

function paintPath(kit: PaintKit, overlay: Extract<Overlay, {kind: 'path'}>): void {
  const count = pathLength(overlay.pathMm);
  if (count === 0) return;
  const {context, view} = kit;
  const tone = overlay.tone ?? 'plain';
  const colour = toneColour(tone, kit);
  context.setLineDash(overlay.isDashed ? [3, 3] : []);
  strokeWithRim(kit, colour, 1.25, () => tracePath({context, view}, overlay.pathMm, 0, count));
  context.setLineDash([]);
  if (!overlay.hasEnds) return;
  const start = pathPoint(overlay.pathMm, 0);
  const end = pathPoint(overlay.pathMm, count - 1);
  paintPoint(kit, {kind: 'point', atMm: end, shape: 'square', tone, label: 'end'});
  paintPoint(kit, {kind: 'point', atMm: start, shape: 'ring', tone, label: 'start'});
}

function paintPoint(kit: PaintKit, overlay: Extract<Overlay, {kind: 'point'}>): void {
  const {context, view, ratio} = kit;
  const colour = toneColour(overlay.tone ?? 'plain', kit);
  const x = snapLinePx(xToPx(view, overlay.atMm.xMm), ratio);
  const y = snapLinePx(yToPx(view, overlay.atMm.yMm), ratio);
  strokeWithRim(kit, colour, 1.75, () => traceShape(context, overlay.shape ?? 'ring', x, y));
  if (overlay.label) paintLabel(kit, overlay.label, [x + 8, y - 18], colour);
}

/** Lays down the outline of a mark about 10 px wide. */
export function traceShape(context: CanvasRenderingContext2D, shape: PointShape, x: number, y: number): void {
  const r = 5;
  switch (shape) {
    case 'cross':
      context.moveTo(x - r, y - r);
      context.lineTo(x + r, y + r);
      context.moveTo(x - r, y + r);
      context.lineTo(x + r, y - r);
      return;
    case 'plus':
      context.moveTo(x - r - 1, y);
      context.lineTo(x + r + 1, y);
      context.moveTo(x, y - r - 1);
      context.lineTo(x, y + r + 1);
      return;
    case 'square':
      context.rect(x - r + 1, y - r + 1, 2 * r - 2, 2 * r - 2);
      return;
    case 'dot':
      context.moveTo(x + 2, y);
      context.arc(x, y, 2, 0, 2 * Math.PI);
      return;
    case 'ring':
      context.moveTo(x + r, y);
      context.arc(x, y, r, 0, 2 * Math.PI);
  }
}

function paintLabel(
  kit: PaintKit,
  text: string,
  [left, top]: readonly [leftPx: number, topPx: number],
  colour: string,
): void {
  const {context, tokens, view} = kit;
  context.font = `600 11px ${tokens.fontFamily}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const width = context.measureText(text).width + 6;
  // A label stays in the picture: moved in from the right and the top edge.
  const x = Math.max(view.px.left + 1, Math.min(left, view.px.left + view.px.width - width - 1));
  const y = Math.max(view.px.top + 1, Math.min(top, view.px.top + view.px.height - 16));
  context.fillStyle = kit.isOnPicture ? 'rgb(0 0 0 / 0.55)' : tokens.surface1;
  context.globalAlpha = kit.isOnPicture ? 1 : 0.85;
  context.beginPath();
  context.roundRect(x, y, width, 15, 3);
  context.fill();
  context.globalAlpha = 1;
  context.fillStyle = colour;
  context.fillText(text, x + 3, y + 8);
}
