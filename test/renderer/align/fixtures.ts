import type {AlignmentResult} from '../../../src/contract/alignment.ts';
import type {AlignDetail, AlignSummary, Plane} from '../../../src/contract/api/index.ts';

const parameter = (
  name: string,
  value: number,
  sigma: number | null,
  identifiable = true,
): AlignmentResult['parameters'][number] => ({
  name,
  value,
  sigma,
  unit: name.endsWith('.rotation') ? 'deg' : name.endsWith('.n') ? '1' : 'mm',
  identifiable,
});

/** Two plates, of which the second one's place along the beam is not told. */
export const result: AlignmentResult = {
  format: 'd2nn-bench/alignment',
  version: 1,
  designHash: 'sha256:d',
  origin: 'object',
  parameters: [
    parameter('plate1.dx', 0.3104, 0.0196),
    parameter('plate1.dy', -0.12, 0.02),
    parameter('plate1.dz', 0.5, 0.04),
    parameter('plate1.rotation', -0.4, 0.05),
    parameter('plate2.dx', -0.05, 0.02),
    parameter('plate2.dy', 0, 0.02),
    parameter('plate2.dz', 1.7, 6, false),
    parameter('plate2.rotation', 0.1, 0.05),
    parameter('frame.dx', 0.4, 0.03),
    parameter('frame.dy', 0.2, 0.03),
    parameter('frame.rotation', 0.02, 0.01),
  ],
  degeneracies: [
    {
      text: 'plate2.dz and frame.scale make up for each other and cannot be told apart with these planes at all.',
      parameters: ['plate2.dz', 'frame.scale'],
      sigma: null,
    },
  ],
  orientation: [{text: 'as designed', unexplainedRatio: 0.03, isChosen: true}],
  before: {correlation: 0.8, shareError: 0.01, matchCount: 1, planeCount: 2, unexplainedRatio: 0.48},
  after: {correlation: 0.99, shareError: 0.0004, matchCount: 2, planeCount: 2, unexplainedRatio: 0.004},
  planes: [
    {
      label: '7',
      pointCount: 400,
      excludedCount: 0,
      gain: 1,
      background: 0,
      correlationBefore: 0.75,
      correlationAfter: 0.985,
    },
    {
      label: '2',
      pointCount: 400,
      excludedCount: 20,
      gain: 1,
      background: 0,
      correlationBefore: 0.85,
      correlationAfter: 0.995,
    },
  ],
  verdict: 'trusted',
  reasons: [],
  placement: {
    layers: [
      {dxMm: 0.3104, dyMm: -0.12, dzMm: 0.5, rotationDeg: -0.4, flipX: false, flipY: false},
      {dxMm: -0.05, dyMm: 0, dzMm: 1.7, rotationDeg: 0.1, flipX: true, flipY: false},
    ],
    object: {dxMm: 0, dyMm: 0, dzMm: 0, rotationDeg: 0, flipX: false, flipY: false},
    output: {dxMm: 0.4, dyMm: 0.2, dzMm: 0, rotationDeg: 0.02, flipX: false, flipY: false},
  },
  illumination: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
  refractiveIndex: 1.7,
  heightErrorMm: 0.01,
  seconds: 9,
};

export const summary: AlignSummary = {
  uid: 'a1',
  timeS: 1_800_000_000,
  sessionUid: 's1',
  otherSessionTitles: [],
  sessionTitle: 'batch 7',
  benchName: 'bench',
  designHash: 'sha256:d',
  designName: 'digits',
  planeCount: 2,
  verdict: 'trusted',
  correlationBefore: 0.8,
  correlationAfter: 0.99,
  unexplainedRatio: 0.004,
  seconds: 9,
  status: 'proposed',
  statusText: 'Nobody has accepted it.',
  validUntilS: null,
  placementUid: null,
};

const plane: Plane = {
  rows: 1,
  columns: 2,
  values: new Float32Array([0, 1]),
  xMm: [-1, 1],
  yMm: [0, 0],
  unit: 'V',
};

export const detail: AlignDetail = {
  summary,
  result,
  convergence: [
    {iteration: 1, unexplainedRatio: 0.4},
    {iteration: 2, unexplainedRatio: 0.07},
  ],
  ellipses: [
    {part: 'plate1', majorMm: 0.021, minorMm: 0.018, angleDeg: 30},
    {part: 'plate2', majorMm: 0.02, minorMm: 0.02, angleDeg: 0},
  ],
  pictures: [
    {
      runUid: 'r1',
      scanId: 12,
      label: '7',
      sample: 'digit 7',
      mask: {count: 4, pitchMm: 11.2, amplitude: new Float32Array(16)},
      measured: plane,
      aligned: plane,
      residual: plane,
    },
  ],
  regions: [{label: '7', centerXMm: 20, centerYMm: -20, widthMm: 5, heightMm: 5}],
  frame: {dxMm: 0.4, dyMm: 0.2, rotationDeg: 0.02, scale: 1},
  stack: {
    plates: [
      {zMm: 30, sideMm: 80},
      {zMm: 60, sideMm: 80},
    ],
    detectorZMm: 90,
  },
};
