import type {ColourMapName} from '../colour/colour-maps.ts';
import type {ValueRange, ValueScale} from '../colour/value-scale.ts';
import type {Overlay} from '../map/overlays.ts';
import type {LivePlane} from '../plane/live-plane.ts';
import type {LivePoint, LiveTrack} from '../plane/live-track.ts';
import type {Plane, PointMm, RectMm} from '../plane/plane.ts';

/** Everything that one picture of a plane shows. */
export interface HeatMapScene {
  readonly plane: Plane | LivePlane;
  readonly unit: string;
  readonly colourMap: ColourMapName;
  readonly scale: ValueScale;
  readonly range: ValueRange | 'auto';
  readonly clipPercent: number;
  readonly saturationLevel: number | undefined;
  readonly zoomMm: RectMm | null;
  readonly extentMm: RectMm | null;
  readonly cursorMm: PointMm | null;
  readonly overlays: readonly Overlay[];
  readonly track: LiveTrack | null;
  readonly presentMm: PointMm | LivePoint | null;
  readonly hasProfiles: boolean;
  readonly axisLabels: {readonly x: string; readonly y: string};
}

/** Classes of the elements that a painter makes. */
export interface HeatMapClassNames {
  readonly marker: string;
  readonly cursorLine: string;
  readonly hatch: string;
}

/** Ranges that a colour bar needs, in the unit of the plane. */
export interface ShownRanges {
  /** Ends of the colour map. */
  readonly shown: ValueRange;
  /** What an automatic range would take, nothing clipped. */
  readonly data: ValueRange;
}

/** What a colour bar has to know to stand beside a map, drawing pixels. */
export interface PlotPlace {
  readonly top: number;
  readonly height: number;
  /** Room at the right of the map, up to the edge of its element. */
  readonly spareRight: number;
}
