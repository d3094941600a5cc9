import type {
  Instrument,
  Plane,
  RunStatus,
  RunSummary,
  SessionSummary,
  Status,
} from '../../src/contract/api/index.ts';

const utc = '2026-01-01T00:00:00Z';

/** A virtual bench, open and at rest, that measures nothing. */
export const status: Status = {
  hostId: '',
  last: 1,
  lostCount: 0,
  utc,
  bench: {
    state: 'open',
    kind: 'virtual',
    name: 'virtual bench',
    path: null,
    seed: 1,
    speed: 1,
    isRobotMounting: true,
    design: null,
    suspenders: [],
    text: '',
    problem: null,
  },
  instruments: [],
  stage: null,
  detector: null,
  lockin: null,
  source: null,
  mount: null,
  run: null,
  prompt: null,
  session: null,
  saved: {lastCommitUtc: null, pointCount: 0, diskFreeBytes: 1e12, problem: '', damage: ''},
  clientCount: 1,
};

/** A stage whose port does not answer any more. */
export const lostStage: {readonly status: Status['instruments'][number]; readonly declared: Instrument} = {
  status: {
    role: 'stage',
    kind: 'stage',
    driver: 'grbl',
    model: 'Grbl 1.1',
    identity: '',
    link: '/dev/ttyUSB0',
    light: 'fault',
    label: 'not connected',
    problem: 'The stage does not answer at /dev/ttyUSB0 any more. Look at its cable, then connect it again.',
    settingsRevision: 0,
  },
  declared: {
    role: 'stage',
    kind: 'stage',
    driver: 'grbl',
    title: 'Raster stage with Grbl',
    parameters: [],
    mainParameters: [],
    actions: [],
    columns: [],
  },
};

/** A stage at rest in the middle of its limits. */
export const stage: NonNullable<Status['stage']> = {
  axes: ['x', 'y'],
  positionMm: {x: 0, y: 0},
  targetMm: null,
  isMoving: false,
  isHomed: true,
  trustBasis: 'homing',
  distrust: '',
  lastTrustedMm: {x: 0, y: 0},
  limitsMm: {x: [-50, 50], y: [-50, 50]},
  keepOut: [],
  envelopeMm: null,
  utc,
};

export const runStatus: RunStatus = {
  id: 'job-1',
  kind: 'scan',
  title: 'Output plane',
  state: 'running',
  exitStatus: null,
  reason: '',
  sessionUid: 'session-1',
  runUid: 'run-1',
  scanId: 12,
  planName: 'grid',
  label: 'grid 4 x 4: row 2 of 4',
  done: 4,
  total: 16,
  pointCount: 4,
  totalPointCount: 4,
  startedUtc: utc,
  endedUtc: null,
  elapsedS: 10,
  timeLeftS: 30,
  runTimeLeftS: 30,
  wait: null,
  grid: null,
  sample: '',
  suspenders: [],
  suspension: null,
  campaign: null,
};

export const session: SessionSummary = {
  uid: 'session-1',
  title: 'Plates of May',
  operator: 'Ada',
  benchName: 'virtual bench',
  designHash: null,
  designName: '',
  kind: 'campaign',
  createdAt: utc,
  closedAt: null,
  runCount: 1,
  pointCount: 4,
  noteCount: 0,
  tags: [],
  isArchived: false,
  damage: '',
};

/** A finished plane of a digit. */
export const run: RunSummary = {
  uid: 'run-1',
  scanId: 12,
  sessionUid: session.uid,
  timeS: 1_767_225_600,
  planName: 'grid',
  operator: 'Ada',
  sample: 'digit 7',
  purpose: '',
  designHash: null,
  campaignIndex: 0,
  exitStatus: 'success',
  reason: '',
  pointCount: 4,
  isGrid: true,
  continuesUid: null,
};

export const plane: Plane = {
  rows: 2,
  columns: 2,
  values: Float32Array.of(1, 2, 3, 4),
  xMm: [-1, 1],
  yMm: [-1, 1],
  unit: 'V',
};
