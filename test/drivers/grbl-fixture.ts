import {duplexPair} from 'node:stream';
import {afterEach} from 'vitest';
import {createClock} from '../../src/base/clock.ts';
import {stageSchema} from '../../src/contract/bench-file.ts';
import type {StageConfig} from '../../src/contract/bench-file.ts';
import {byteLinkFromStream} from '../../src/host/serial/byte-link.ts';
import {createLineLink} from '../../src/host/serial/line-link.ts';
import {connectGrbl, grbl} from '../../drivers/stage/grbl.ts';
import type {GrblStage} from '../../drivers/stage/grbl-stage.ts';
import {FakeGrbl} from './fake-grbl.ts';
import type {FakeGrblOptions} from './fake-grbl.ts';

export const axis = (machineAxis: string, more: object = {}) => ({machineAxis, limitsMm: [-50, 50], ...more});
export const configWith = (more: object = {}): StageConfig =>
  stageSchema.parse({
    driver: 'grbl',
    link: {port: 'fake'},
    axes: {x: axis('x'), y: axis('y')},
    homeAtStart: false,
    ...more,
  });

/** Closed after each test. */
export const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0)) await resource[Symbol.asyncDispose]();
});

interface Setup {
  readonly stage: GrblStage;
  readonly fake: FakeGrbl;
  /** What the controller got since the stage was connected. */
  readonly sent: () => readonly string[];
}

/** A stage on a controller that is a fake. */
export async function setUp(
  fakeOptions: FakeGrblOptions = {},
  config = configWith(),
  speed = 1,
): Promise<Setup> {
  const [hostEnd, deviceEnd] = duplexPair();
  const fake = new FakeGrbl(deviceEnd, fakeOptions);
  const link = createLineLink(byteLinkFromStream(hostEnd, {name: 'fake'}), grbl.link, {
    clock: createClock(speed),
    shortestLimitRealMs: 250,
  });
  open.push(link);
  const stage = await connectGrbl(link, config);
  open.push({
    async [Symbol.asyncDispose]() {
      fake.dispose();
    },
  });
  const before = fake.received.length;
  return {stage, fake, sent: () => fake.received.slice(before)};
}
