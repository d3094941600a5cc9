/** Drawing components of the window: typed arrays and plain props in, pictures out. */
export {HeatMap, type HeatMapProps} from './heat-map/HeatMap.tsx';
export {ColourBar, type ColourBarProps} from './heat-map/ColourBar.tsx';
export {LivePlane, type PlaneFrame} from './plane/live-plane.ts';
export {LivePoint, LiveTrack} from './plane/live-track.ts';
export {
  cellAtMm,
  cellCentreMm,
  pitchMm,
  planeBoundsMm,
  valueAtMm,
  type Cell,
  type Plane,
  type PointMm,
  type RectMm,
} from './plane/plane.ts';
export type {Overlay, OverlayTone, PathMm, PointShape, Region} from './map/overlays.ts';
export {colourMapLabels, colourMapNames, type ColourMapName} from './colour/colour-maps.ts';
export {
  autoRange,
  valueScaleLabels,
  valueScales,
  type ValueRange,
  type ValueScale,
} from './colour/value-scale.ts';
export {cellClass, classifyCell, type CellClass, type CellRules} from './colour/cell-class.ts';
export {formatReading, scaledUnit, type Reading} from './reading-format.ts';
export {wilsonInterval, type RateInterval} from './wilson.ts';
