import type {LiveTrack} from '../plane/live-track.ts';
import {strokeWithRim, toneColour, tracePath, type OverlayTone, type PaintKit} from './overlays.ts';

/** Paints a growing track by adding only its new end to what is on the canvas already. */
export class TrackPainter {
  #drawn = 0;
  #generation = -1;
  readonly #tone: OverlayTone;

  constructor(tone: OverlayTone = 'plain') {
    this.#tone = tone;
  }

  /** Number of points that are on the canvas. */
  get drawn(): number {
    return this.#drawn;
  }

  /** Forgets what was painted: the canvas was cleared. */
  restart(): void {
    this.#drawn = 0;
    this.#generation = -1;
  }

  /** Whether points that are on the canvas have gone, so that it must be cleared first. */
  needsClearing(track: LiveTrack): boolean {
    return this.#drawn > 0 && track.generation !== this.#generation;
  }

  /** Paints what was appended since the last time, `widthPx` drawing pixels wide. */
  paint(kit: PaintKit, track: LiveTrack, widthPx = 1): void {
    this.#generation = track.generation;
    if (track.length <= this.#drawn) return;
    const {context, view} = kit;
    const from = Math.max(0, this.#drawn - 1);
    const path = {xMm: track.xMm, yMm: track.yMm};
    context.save();
    context.beginPath();
    context.rect(view.px.left, view.px.top, view.px.width, view.px.height);
    context.clip();
    // Whole tracks are thin and quiet: they must not hide the cells that they ran over.
    context.globalAlpha = 0.4;
    const colour = toneColour(this.#tone, kit);
    strokeWithRim({...kit, isOnPicture: false}, colour, widthPx, () =>
      tracePath({context, view}, path, from, track.length),
    );
    context.restore();
    this.#drawn = track.length;
  }
}
