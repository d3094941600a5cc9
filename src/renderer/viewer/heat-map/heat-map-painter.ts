import {addLayer, placeLayer, watchSize, type CanvasLayer} from '../canvas-layer.ts';
import type {MmView} from '../canvas-geometry.ts';
import type {CellRules, NeutralPixels} from '../colour/cell-class.ts';
import {packRgb} from '../colour/colour-maps.ts';
import {autoRange, rangeOfExtremes, type ValueRange} from '../colour/value-scale.ts';
import {createFrameGate} from '../frame-gate.ts';
import {paintAxes} from '../map/axes.ts';
import {paintOverlays} from '../map/overlays.ts';
import {TrackPainter} from '../map/track-painter.ts';
import {LivePlane} from '../plane/live-plane.ts';
import {LivePoint} from '../plane/live-track.ts';
import {pitchMm, planeBoundsMm, type Plane} from '../plane/plane.ts';
import {cssColourToRgb, subscribeTheme, themeTokens} from '../theme-tokens.ts';
import {CellsView} from './cells-view.ts';
import {layoutHeatMap, type HeatMapLayout} from './heat-map-layout.ts';
import type {HeatMapClassNames, HeatMapScene, PlotPlace, ShownRanges} from './heat-map-scene.ts';
import {MapElements} from './map-elements.ts';
import {paintProfiles} from './profile-strips.ts';

/** An automatic range follows a growing map this often, so that colours and colour bar change together. */
const autoRangeIntervalMs = 250;

/** The track's canvas covers the whole map: each new end of it costs a copy of all. */
const trackIntervalMs = 120;

interface Surface {
  readonly root: HTMLElement;
  readonly cells: CellsView;
  readonly lines: CanvasLayer;
  readonly profiles: CanvasLayer;
  readonly elements: MapElements;
}

/**
 * Draws a heat-map into an element, at most once a frame and only what changed: rows of cells, the new end
 * of the track, the cursor. Cells, lines and profiles are canvases of their own; cursor and stage marker
 * are elements that only move.
 */
export class HeatMapPainter {
  #surface: Surface | null = null;
  #scene: HeatMapScene | null = null;
  #layout: HeatMapLayout | null = null;
  #size = {widthPx: 0, heightPx: 0, ratio: 1};
  #rules: CellRules | null = null;
  #ranges: ShownRanges | null = null;
  #plotPx: PlotPlace | null = null;
  #neutral: NeutralPixels | null = null;
  #rangeAtMs = -Infinity;
  #trackAtMs = -Infinity;
  #hasProfiles = false;
  #isStripDrawn = false;
  #areLinesStale = true;
  #wasOnPicture = true;
  #areProfilesStale = true;
  readonly #track = new TrackPainter();
  readonly #gate = createFrameGate((nowMs) => this.#draw(nowMs));
  readonly #listeners = new Set<() => void>();
  #releaseSources: (() => void) | null = null;

  /** Starts drawing into an element, which must be positioned. Returns the way to end it. */
  attach(root: HTMLElement, classNames: HeatMapClassNames): () => void {
    const surface: Surface = {
      root,
      cells: new CellsView(root, classNames.hatch),
      lines: addLayer(root),
      profiles: addLayer(root),
      elements: new MapElements(root, classNames),
    };
    this.#surface = surface;
    const stopSize = watchSize(root, (widthPx, heightPx, ratio) => {
      this.#size = {widthPx, heightPx, ratio};
      this.#stale();
    });
    const stopTheme = subscribeTheme(() => {
      this.#neutral = null;
      this.#stale();
    });
    this.#subscribeSources();
    this.#stale();
    return () => {
      stopSize();
      stopTheme();
      this.#releaseSources?.();
      this.#releaseSources = null;
      this.#gate.cancel();
      root.replaceChildren();
      this.#surface = null;
    };
  }

  /** Sets what is shown; parts that are the same objects as before are not drawn again. */
  show(scene: HeatMapScene): void {
    const before = this.#scene;
    this.#scene = scene;
    if (before?.plane !== scene.plane || before.track !== scene.track || before.presentMm !== scene.presentMm)
      this.#subscribeSources();
    const isLaidOutAnew =
      before?.plane !== scene.plane ||
      before.zoomMm !== scene.zoomMm ||
      before.extentMm !== scene.extentMm ||
      before.hasProfiles !== scene.hasProfiles;
    const isColouredAnew =
      before?.plane !== scene.plane ||
      before.colourMap !== scene.colourMap ||
      before.scale !== scene.scale ||
      before.range !== scene.range ||
      before.clipPercent !== scene.clipPercent ||
      before.unit !== scene.unit ||
      before.saturationLevel !== scene.saturationLevel;
    if (isLaidOutAnew) this.#stale();
    if (isColouredAnew) this.#renewRange();
    if (before?.overlays !== scene.overlays || before.track !== scene.track) this.#areLinesStale = true;
    if (before?.axisLabels !== scene.axisLabels) this.#areLinesStale = true;
    if (before?.cursorMm !== scene.cursorMm) this.#areProfilesStale = true;
    this.#gate.request();
  }

  /** Which millimetres are where now; null before the first drawing. */
  get view(): MmView | null {
    return this.#layout?.view ?? null;
  }

  /** The ranges in use and of the data; the same object until one changes, null before the first scene. */
  get ranges(): ShownRanges | null {
    return this.#ranges;
  }

  /** Where the map itself lies in its element, with its profile beside it; the same object until it moves. */
  get plotPx(): PlotPlace | null {
    return this.#plotPx;
  }

  /** Calls back when the ranges or the place of the map changed. Returns the way to end it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #stale(): void {
    this.#layout = null;
    this.#isStripDrawn = false;
    this.#areLinesStale = true;
    this.#areProfilesStale = true;
    this.#gate.request();
  }

  #subscribeSources(): void {
    this.#releaseSources?.();
    this.#releaseSources = null;
    if (!this.#surface || !this.#scene) return;
    const request = () => this.#gate.request();
    const {plane, track, presentMm} = this.#scene;
    const stops = [
      plane instanceof LivePlane ? plane.subscribe(request) : null,
      track?.subscribe(request) ?? null,
      presentMm instanceof LivePoint ? presentMm.subscribe(request) : null,
    ];
    this.#releaseSources = () => stops.forEach((stop) => stop?.());
  }

  #renewRange(): void {
    const scene = this.#scene;
    if (!scene) return;
    const {plane, scale, colourMap, unit, clipPercent, saturationLevel} = scene;
    const options = {scale, colourMap, unit};
    const data =
      plane instanceof LivePlane
        ? rangeOfExtremes(plane.extremes, options)
        : autoRange(plane.values, options);
    const clipped = clipPercent > 0 ? autoRange(plane.values, {...options, clipPercent}) : data;
    const range = scene.range === 'auto' ? clipped : scene.range;
    const before = this.#rules;
    const isSameRange = before !== null && isSame(before.range, range);
    const areSameRules =
      isSameRange &&
      before.scale === scale &&
      before.colourMap === colourMap &&
      before.saturationLevel === saturationLevel;
    if (!areSameRules) {
      this.#rules = {scale, colourMap, range, saturationLevel};
      this.#areProfilesStale = true;
    }
    if (isSameRange && this.#ranges && isSame(this.#ranges.data, data)) return;
    this.#ranges = {shown: range, data};
    for (const listener of this.#listeners) listener();
  }

  #draw(nowMs: number): void {
    const surface = this.#surface;
    const scene = this.#scene;
    if (!surface || !scene || this.#size.widthPx < 20 || this.#size.heightPx < 20) return;
    const isFollowing = scene.plane instanceof LivePlane;
    if (isFollowing && nowMs - this.#rangeAtMs >= autoRangeIntervalMs) {
      this.#rangeAtMs = nowMs;
      this.#renewRange();
    }
    const layout = (this.#layout ??= this.#place(surface, scene));
    this.#drawCells(surface, scene);
    this.#drawLines(surface, scene, layout.view, nowMs);
    this.#drawProfiles(surface, scene, layout);
    surface.elements.move(scene, layout.view, this.#size.ratio);
    // A range that was left behind by the last points must catch up although nothing changes any more.
    if (isFollowing && nowMs - this.#rangeAtMs > 0 && this.#isRangeBehind(scene)) this.#gate.request();
  }

  #isRangeBehind({plane, scale, colourMap, unit}: HeatMapScene): boolean {
    if (!(plane instanceof LivePlane) || !this.#ranges) return false;
    return !isSame(rangeOfExtremes(plane.extremes, {scale, colourMap, unit}), this.#ranges.data);
  }

  #place(surface: Surface, scene: HeatMapScene): HeatMapLayout {
    const {widthPx, heightPx, ratio} = this.#size;
    const fullMm = scene.extentMm ?? planeBoundsMm(scene.plane);
    const layout = layoutHeatMap(
      {widthPx, heightPx, hasProfiles: scene.hasProfiles, ratio},
      fullMm,
      scene.zoomMm,
    );
    const {px} = layout.view;
    surface.cells.place(scene.plane, layout.view);
    surface.elements.size(px);
    const {sidePx} = layout;
    const right = sidePx ? sidePx.left + sidePx.width : px.left + px.width;
    const plot = {top: px.top, height: px.height, spareRight: widthPx - right};
    if (!this.#plotPx || !isSamePlot(this.#plotPx, plot)) {
      this.#plotPx = plot;
      for (const listener of this.#listeners) listener();
    }
    const whole = {left: 0, top: 0, width: widthPx, height: heightPx};
    placeLayer(surface.lines, whole, ratio);
    surface.profiles.canvas.style.display = scene.hasProfiles ? '' : 'none';
    if (scene.hasProfiles) placeLayer(surface.profiles, whole, ratio);
    return layout;
  }

  #drawCells({cells}: Surface, {plane}: HeatMapScene): void {
    const rules = this.#rules;
    if (!rules) return;
    const tokens = themeTokens();
    this.#neutral ??= {
      unmeasured: 0,
      notInLog: packRgb(cssColourToRgb(tokens.surface2)),
      saturated: packRgb(cssColourToRgb(tokens.attention)),
    };
    if (cells.draw(plane, rules, this.#neutral)) this.#areProfilesStale = true;
  }

  #drawLines({lines}: Surface, scene: HeatMapScene, view: MmView, nowMs: number): void {
    const {context} = lines;
    const {widthPx, heightPx, ratio} = this.#size;
    const isOnPicture = hasPicture(scene.plane);
    // The first measured cell makes a picture of an empty map; lines look different on it.
    if (isOnPicture !== this.#wasOnPicture) this.#areLinesStale = true;
    this.#wasOnPicture = isOnPicture;
    const kit = {context, view, tokens: themeTokens(), ratio, isOnPicture};
    if (this.#areLinesStale || (scene.track && this.#track.needsClearing(scene.track))) {
      this.#areLinesStale = false;
      context.clearRect(0, 0, widthPx, heightPx);
      paintAxes({context, view, tokens: kit.tokens, ratio}, scene.axisLabels);
      paintOverlays(kit, scene.overlays);
      this.#track.restart();
      this.#trackAtMs = -Infinity;
    }
    if (!scene.track || scene.track.length === this.#track.drawn) return;
    // The marker shows where the stage is; the line behind it may follow a little later.
    if (nowMs - this.#trackAtMs < trackIntervalMs) return this.#gate.request();
    this.#trackAtMs = nowMs;
    this.#track.paint(kit, scene.track, trackWidthPx(scene.plane, view));
  }

  #drawProfiles({profiles}: Surface, scene: HeatMapScene, {view, topPx, sidePx}: HeatMapLayout): void {
    if (!this.#areProfilesStale || !topPx || !sidePx || !this.#rules) return;
    this.#areProfilesStale = false;
    // Without a cursor there is nothing to draw anew when cells change.
    if (!scene.cursorMm && !this.#hasProfiles && this.#isStripDrawn) return;
    this.#hasProfiles = scene.cursorMm !== null;
    this.#isStripDrawn = true;
    const {context} = profiles;
    const kit = {context, plane: scene.plane, rules: this.#rules, view, tokens: themeTokens()};
    paintProfiles({...kit, ratio: this.#size.ratio}, topPx, sidePx, scene.cursorMm);
  }
}

/** Whether a plane has colours at all: on an empty one lines take the theme's own. */
const hasPicture = (plane: Plane | LivePlane): boolean =>
  !(plane instanceof LivePlane) || plane.measuredCount > 0;

/** A track as thin as the cells ask for: it must not hide them. */
function trackWidthPx(plane: Plane, {mm, px}: MmView): number {
  const cellPx = (Math.abs(pitchMm(plane).xMm) / (mm.xMm[1] - mm.xMm[0])) * px.width;
  return Math.min(1, Math.max(0.3, cellPx / 10));
}

const isSamePlot = (a: PlotPlace, b: PlotPlace): boolean =>
  a.top === b.top && a.height === b.height && a.spareRight === b.spareRight;

const isSame = (a: ValueRange, b: ValueRange): boolean => a[0] === b[0] && a[1] === b[1];
