/**
 * Carries out a correction of two plates on mounts of a simulated chain with the database named on the command line, as a
 * host does for the window; ends the earlier one first where one was cut off.
 */
import {join} from 'node:path';
import {zaber} from '../../drivers/mount/zaber.ts';
import {createClock} from '../../src/base/clock.ts';
import type {AlignmentResult} from '../../src/contract/alignment.ts';
import {mountSchema} from '../../src/contract/bench-file.ts';
import {virtualBenchFile} from '../../src/host/bench/open-bench.ts';
import {applyCorrection} from '../../src/host/corrections/correct-plates.ts';
import {
  placeOfBench,
  type CorrectionBench,
  type CorrectionSource,
} from '../../src/host/corrections/correct-plan.ts';
import {byteLinkFromStream} from '../../src/host/serial/byte-link.ts';
import {createLineLink} from '../../src/host/serial/line-link.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {asDesigned} from '../../src/twin/alignment/arrangement.ts';
import {noFaults, withFaults} from '../../src/virtual/faults.ts';
import {Zaber} from '../../src/virtual/instruments/zaber.ts';
import {createDuplex} from '../../src/virtual/port.ts';
import {createVirtualTime} from '../../src/virtual/time.ts';

const speed = 50;
const mmPerStep = 0.000047625;
const degPerStep = 0.000234375;
const store = openStore(join(process.env['D2NN_BENCH_DATA'] ?? '', 'bench.sqlite'));
const time = createVirtualTime(speed);
const body = {unitPerStep: mmPerStep, travel: 12.7, start: 6.35};
const turn = {unitPerStep: degPerStep, travel: 20, start: 10};
const chain = new Zaber({time, devices: [1, 2].map(() => [body, body, body, turn])});
const linear = (axis: number): object => ({axis, mmPerStep, limitsMm: [-3, 3]});
const rotation = {axis: 4, degPerStep, limitsDeg: [-5, 5]};
const config = mountSchema.parse({
  driver: 'zaber',
  link: {port: 'simulated'},
  plates: [1, 2].map((address) => ({
    plate: address + 1,
    address,
    axes: {x: linear(1), y: linear(2), z: linear(3), rotation},
  })),
});
const clock = createClock(speed);
const link = createLineLink(
  byteLinkFromStream(createDuplex(withFaults(chain, noFaults())), {name: 'simulated'}),
  zaber.link,
  {
    clock,
    shortestLimitRealMs: 250,
  },
);
const mount = await zaber.connect(link, config);
const places = ['stage', 'lockin', 'source'].map((role) => ({
  role,
  path: '/dev/null',
  ...(role === 'lockin' && {detector: {driver: 'sr830', settings: {}}}),
}));
const bench: CorrectionBench = {file: virtualBenchFile(places), clock, seed: 4, devices: {mount}};
const {uid: sessionUid} = store.createSession({
  title: 'planes',
  operator: 'Ada',
  benchName: bench.file.name,
  details: {kind: 'session', benchSeed: 4},
});
const parameter = (name: string, value: number) => ({
  name,
  unit: 'mm' as const,
  value,
  sigma: 0.01,
  identifiable: true,
});
const source: CorrectionSource = {
  ...placeOfBench(bench),
  alignmentUid: null,
  sessionUid,
  arrangement: asDesigned(3),
  firstScanId: store.recorder(sessionUid).allocateScanId(),
  design: {
    frequencyHz: 4e11,
    grid: {count: 40, pitchMm: 0.4},
    // Only how many there are matters.
    layers: Array.from<CorrectionSource['design']['layers'][number]>({length: 3}),
  },
  // As far as a correction looks at it.
  result: {
    verdict: 'trusted',
    reasons: [],
    orientation: [],
    parameters: [parameter('plate2.dx', 0.4), parameter('plate3.dy', -0.3)],
  } as unknown as AlignmentResult,
};
const {correctionUid} = await applyCorrection(store, bench, source, {by: 'Ada'});
process.stdout.write(`${correctionUid}\n`);
await mount[Symbol.asyncDispose]();
chain.dispose();
time.dispose();
store.close();
