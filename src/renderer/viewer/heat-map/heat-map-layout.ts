import {aspectOf, expandToAspect, fitAspect, snapRect, type MmView, type RectPx} from '../canvas-geometry.ts';
import {axisRoomPx} from '../map/axes.ts';
import type {RectMm} from '../plane/plane.ts';

/** Where the parts of a heat-map lie, drawing pixels. */
export interface HeatMapLayout {
  readonly view: MmView;
  /** Strip above the map: the profile along the cursor's row; null without profiles. */
  readonly topPx: RectPx | null;
  /** Strip beside the map: the profile along the cursor's column. */
  readonly sidePx: RectPx | null;
}

export interface HeatMapRoom {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly hasProfiles: boolean;
  /** Device pixels per drawing pixel. */
  readonly ratio: number;
}

const stripPx = 56;
const gapPx = 6;

/**
 * Lays out a map of equal aspect with room for its axes. A zoomed rectangle is widened to the map's own
 * aspect, so that axes and strips stay where they are.
 */
export function layoutHeatMap(room: HeatMapRoom, fullMm: RectMm, zoomMm: RectMm | null): HeatMapLayout {
  const {widthPx, heightPx, hasProfiles, ratio} = room;
  const strip = hasProfiles ? stripPx + gapPx : 0;
  const outer: RectPx = {
    left: axisRoomPx.left,
    top: axisRoomPx.top + strip,
    width: Math.max(1, widthPx - axisRoomPx.left - axisRoomPx.right - strip),
    height: Math.max(1, heightPx - axisRoomPx.top - axisRoomPx.bottom - strip),
  };
  const px = snapRect(fitAspect(outer, aspectOf(fullMm), 'centre'), ratio);
  const mm = zoomMm ? expandToAspect(zoomMm, aspectOf(fullMm)) : fullMm;
  return {
    view: {mm, px},
    topPx: hasProfiles ? {left: px.left, top: px.top - strip, width: px.width, height: stripPx} : null,
    sidePx: hasProfiles
      ? {left: px.left + px.width + gapPx, top: px.top, width: stripPx, height: px.height}
      : null,
  };
}
