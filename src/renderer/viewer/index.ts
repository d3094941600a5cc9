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
export {formatReading, type Reading} from './reading-format.ts';
export {wilsonInterval, type RateInterval} from '../../base/wilson.ts';
export {StripChart, type StripChartProps} from './charts/StripChart.tsx';
export type {StripSeries} from './charts/strip-chart-painter.ts';
export {SeriesRing} from './charts/series-ring.ts';
export {LineChart, type LineChartProps, type LineSeries} from './charts/LineChart.tsx';
export {ScatterChart, type ScatterChartProps} from './charts/ScatterChart.tsx';
export {Histogram, type HistogramProps} from './charts/Histogram.tsx';
export {RegionBars, type RegionBarsProps} from './charts/RegionBars.tsx';
export {ConfusionMatrix, type ConfusionMatrixProps} from './charts/ConfusionMatrix.tsx';
export {RateGauge, type RateGaugeProps} from './charts/RateGauge.tsx';
export type {ChartAxis, SeriesTone} from './charts/chart-setup.ts';
export {MaskPicture, type MaskPictureProps, type NotchPlace} from './pictures/MaskPicture.tsx';
export {Thumbnail, type ThumbnailProps} from './pictures/Thumbnail.tsx';
export {PlaneLegend, type PlaneLegendProps} from './pictures/PlaneLegend.tsx';
export {StackDrawing, type StackDrawingProps} from './drawing/StackDrawing.tsx';
export type {StackPart} from './drawing/stack-layout.ts';
export {PlacementSide, type PlacementSideProps} from './drawing/PlacementSide.tsx';
export {PlacementFace, type PlacementFaceProps, type SeenFrom} from './drawing/PlacementFace.tsx';
export {ShiftTarget, type ShiftTargetProps} from './drawing/ShiftTarget.tsx';
export {
  findExaggeration,
  targetErrorFactor,
  type EllipseMm,
  type Exaggeration,
  type Found,
  type PlacedPart,
} from './drawing/placement-geometry.ts';
export {StageMap, type StageMapProps} from './drawing/StageMap.tsx';
