/** Messages a second through the run engine on empty devices (issue 3 asks for at least 200,000). */
import {sr830} from '../drivers/lockin/sr830.ts';
import type {Clock} from '../src/base/clock.ts';
import type {BenchDevice, Detector, Stage} from '../src/contract/devices.ts';
import type {Msg, Plan} from '../src/contract/messages.ts';
import {createEngine} from '../src/host/engine/engine.ts';
import {createMemoryRecorder} from '../src/host/engine/recorder.ts';
import type {BenchResult} from './figures.ts';

const clock: Clock = {speed: 1, nowMs: () => 0, sleepMs: () => Promise.resolve()};
const identity = {maker: '', model: '', serialNumber: '', firmware: '', text: ''};
const common = {
  identity,
  readSettings: () => Promise.resolve({}),
  isLineOpen: true,
  onLineEnd: () => () => undefined,
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

const stage: Stage = {
  ...common,
  kind: 'stage',
  role: 'stage',
  model: 'empty',
  axes: ['x', 'y'],
  limitsMm: {},
  checkMove: () => undefined,
  assertPositionTrusted: () => undefined,
  estimateMoveMs: () => 0,
  home: () => Promise.resolve(),
  moveTo: (targetMm) => Promise.resolve(targetMm),
  readPosition: () => Promise.resolve({}),
  readCondition: () => Promise.resolve({facts: [], positionMm: {}, controllerState: 'idle'}),
  stop: () => Promise.resolve(),
};
const reading = {xV: 1e-3, yV: 0, rV: 1e-3, thetaDeg: 0};
const lockIn: Detector = {
  ...common,
  kind: 'detector',
  role: 'lockin',
  model: 'empty',
  declaration: sr830.declaration,
  read: () => Promise.resolve(reading),
  readCondition: () => Promise.resolve({facts: []}),
  settleMs: () => 0,
  applySettings: () => Promise.resolve(),
  autoPhase: () => Promise.resolve(),
  autoRange: () => Promise.resolve(1),
};
const devices = new Map<string, BenchDevice>([
  ['stage', stage],
  ['lockin', lockIn],
]);

function* pointPlan(pointCount: number): Plan<void> {
  yield {type: 'open-run', run: {planName: 'bench', planArgs: {}}};
  const columns = ['x_mm', 'x_v'].map((name) => ({name, unit: '', label: name}));
  yield {type: 'declare-stream', stream: 'primary', columns, devices: ['stage', 'lockin']};
  for (let i = 0; i < pointCount; i++) {
    yield {type: 'move', device: 'stage', targetMm: {x: i, y: 0}};
    yield {type: 'settle', device: 'lockin', residualRatio: 0.01};
    yield {type: 'read', device: 'lockin'};
    yield {type: 'record', stream: 'primary', data: {x_mm: i, x_v: 1e-3}};
    yield {type: 'progress', label: 'bench', done: i, total: pointCount};
    yield {type: 'checkpoint'};
  }
  yield {type: 'close-run', exitStatus: 'success', reason: ''};
}

function* emptyPlan(messageCount: number): Plan<void> {
  const message: Msg = {type: 'checkpoint'};
  for (let i = 0; i < messageCount; i++) yield message;
}

async function measure(createPlan: () => Plan<void>, messageCount: number): Promise<number> {
  let best = 0;
  for (let attempt = 0; attempt < 3; attempt++) {
    // Documents are counted, not kept: the engine is measured, not the garbage collector.
    const recorder = {...createMemoryRecorder(), write: () => undefined};
    const engine = createEngine({devices, clock, recorder});
    const beganMs = performance.now();
    await engine.run(createPlan());
    best = Math.max(best, messageCount / ((performance.now() - beganMs) / 1000));
  }
  return Math.round(best);
}

export async function run(): Promise<BenchResult[]> {
  const pointCount = 100_000;
  return [
    {
      name: 'engine, messages a second on empty devices',
      figures: {
        wholePoints: await measure(() => pointPlan(pointCount), pointCount * 6),
        checkpointsOnly: await measure(() => emptyPlan(2_000_000), 2_000_000),
        wanted: 200_000,
      },
    },
  ];
}
