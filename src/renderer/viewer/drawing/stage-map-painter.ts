import {addLayer, placeLayer, watchSize, type CanvasLayer} from '../canvas-layer.ts';
import {aspectOf, fitAspect, snapLinePx, snapRect, xToPx, yToPx, type MmView} from '../canvas-geometry.ts';
import {createFrameGate} from '../frame-gate.ts';
import {axisRoomPx, paintAxes} from '../map/axes.ts';
import {paintOverlays, type Overlay} from '../map/overlays.ts';
import {TrackPainter} from '../map/track-painter.ts';
import {linearTicks} from '../ticks.ts';
import {LivePoint, type LiveTrack} from '../plane/live-track.ts';
import type {PointMm, RectMm} from '../plane/plane.ts';
import {remOf, subscribeTheme, themeTokens} from '../theme-tokens.ts';

/** Everything that a map of the stage shows. */
export interface StageScene {
  readonly shownMm: RectMm;
  readonly overlays: readonly Overlay[];
  readonly trail: LiveTrack | null;
  readonly presentMm: PointMm | LivePoint | null;
  readonly axisLabels: {readonly x: string; readonly y: string};
}

/** Draws the stage's area; lines only when they change, the trail only at its new end, the stage by moving. */
export class StageMapPainter {
  #layer: CanvasLayer | null = null;
  #marker: HTMLElement | null = null;
  #scene: StageScene | null = null;
  #view: MmView | null = null;
  #size = {widthPx: 0, heightPx: 0, ratio: 1};
  #areLinesStale = true;
  #stopSources: (() => void) | null = null;
  readonly #track = new TrackPainter('quiet');
  readonly #gate = createFrameGate(() => this.#draw());

  /** Starts drawing into a positioned element. Returns the way to end it. */
  attach(root: HTMLElement, markerClassName: string): () => void {
    this.#layer = addLayer(root);
    const marker = document.createElement('div');
    marker.className = markerClassName;
    marker.style.cssText = 'position:absolute;left:0;top:0;pointer-events:none;visibility:hidden';
    root.append(marker);
    this.#marker = marker;
    const renew = () => {
      this.#view = null;
      this.#areLinesStale = true;
      this.#gate.request();
    };
    const stopSize = watchSize(root, (widthPx, heightPx, ratio) => {
      this.#size = {widthPx, heightPx, ratio};
      renew();
    });
    const stopTheme = subscribeTheme(renew);
    this.#subscribe();
    return () => {
      stopSize();
      stopTheme();
      this.#stopSources?.();
      this.#stopSources = null;
      this.#gate.cancel();
      root.replaceChildren();
      this.#layer = null;
      this.#marker = null;
    };
  }

  show(scene: StageScene): void {
    const before = this.#scene;
    this.#scene = scene;
    if (before?.trail !== scene.trail || before.presentMm !== scene.presentMm) this.#subscribe();
    if (before?.shownMm !== scene.shownMm) this.#view = null;
    if (
      before?.shownMm !== scene.shownMm ||
      before.overlays !== scene.overlays ||
      before.trail !== scene.trail ||
      before.axisLabels !== scene.axisLabels
    )
      this.#areLinesStale = true;
    this.#gate.request();
  }

  get view(): MmView | null {
    return this.#view;
  }

  #subscribe(): void {
    this.#stopSources?.();
    this.#stopSources = null;
    if (!this.#layer || !this.#scene) return;
    const request = () => this.#gate.request();
    const {trail, presentMm} = this.#scene;
    const stopTrail = trail?.subscribe(request);
    const stopPoint = presentMm instanceof LivePoint ? presentMm.subscribe(request) : undefined;
    this.#stopSources = () => {
      stopTrail?.();
      stopPoint?.();
    };
  }

  #draw(): void {
    const layer = this.#layer;
    const scene = this.#scene;
    const {widthPx, heightPx, ratio} = this.#size;
    if (!layer || !scene || widthPx < 20 || heightPx < 20) return;
    const view = (this.#view ??= this.#place(scene.shownMm));
    const {context} = layer;
    const kit = {context, view, tokens: themeTokens(), ratio, isOnPicture: false};
    if (this.#areLinesStale || (scene.trail && this.#track.needsClearing(scene.trail))) {
      this.#areLinesStale = false;
      placeLayer(layer, {left: 0, top: 0, width: widthPx, height: heightPx}, ratio);
      context.clearRect(0, 0, widthPx, heightPx);
      context.fillStyle = kit.tokens.surface0;
      context.fillRect(view.px.left, view.px.top, view.px.width, view.px.height);
      this.#paintGrid(context, view);
      paintAxes({context, view, tokens: kit.tokens, ratio}, scene.axisLabels);
      paintOverlays(kit, scene.overlays);
      this.#track.restart();
    }
    if (scene.trail) this.#track.paint(kit, scene.trail);
    this.#moveMarker(view, scene);
  }

  #place(shownMm: RectMm): MmView {
    const {widthPx, heightPx, ratio} = this.#size;
    const outer = {
      left: axisRoomPx.left,
      top: axisRoomPx.top,
      width: Math.max(1, widthPx - axisRoomPx.left - axisRoomPx.right),
      height: Math.max(1, heightPx - axisRoomPx.top - axisRoomPx.bottom),
    };
    return {mm: shownMm, px: snapRect(fitAspect(outer, aspectOf(shownMm)), ratio)};
  }

  #paintGrid(context: CanvasRenderingContext2D, view: MmView): void {
    const {ratio} = this.#size;
    const {px, mm} = view;
    context.strokeStyle = themeTokens().line;
    context.globalAlpha = 0.45;
    context.lineWidth = 1 / ratio;
    context.beginPath();
    for (const value of linearTicks(mm.xMm[0], mm.xMm[1], px.width / 64).values) {
      const x = snapLinePx(xToPx(view, value), ratio);
      context.moveTo(x, px.top);
      context.lineTo(x, px.top + px.height);
    }
    for (const value of linearTicks(mm.yMm[0], mm.yMm[1], px.height / 44).values) {
      const y = snapLinePx(yToPx(view, value), ratio);
      context.moveTo(px.left, y);
      context.lineTo(px.left + px.width, y);
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  #moveMarker(view: MmView, {presentMm}: StageScene): void {
    if (!this.#marker) return;
    const at = presentMm instanceof LivePoint ? presentMm.value : presentMm;
    this.#marker.style.visibility = at ? 'visible' : 'hidden';
    if (!at) return;
    const {ratio} = this.#size;
    const {left, top, width, height} = view.px;
    // A stage that stands outside what is shown is marked at the edge, not lost.
    const x = Math.min(Math.max(snapLinePx(xToPx(view, at.xMm), ratio), left), left + width);
    const y = Math.min(Math.max(snapLinePx(yToPx(view, at.yMm), ratio), top), top + height);
    this.#marker.style.transform = `translate(${remOf(x)}, ${remOf(y)})`;
  }
}
