import {createRouterClient} from '@orpc/server';
import type {ApiInputs} from '../../src/contract/api/index.ts';
import type {AlignmentResult} from '../../src/contract/alignment.ts';
import {createCallerContext} from '../../src/host/api/clients.ts';
import {createRouter} from '../../src/host/api/router.ts';
import {until} from '../host/bench-service/bench-fixture.ts';
import {smallTraining} from '../host/designs/small-training.ts';
import {storeAlignment} from '../host/corrections/stored-alignment.ts';
import {seed, speed, type FaultBench, type Role} from './fault-bench.ts';
import type {Fault} from './fault-list.ts';
import type {StateName} from './state-names.ts';

/** Instruments of which something can go wrong in a state that has to do with them. */
export const atWork: Readonly<Record<StateName, readonly Role[]>> = {
  idle: ['stage', 'lockin', 'source'],
  home: ['stage'],
  move: ['stage', 'lockin', 'source'],
  dwell: ['stage', 'lockin', 'source'],
  read: ['stage', 'lockin', 'source'],
  pause: ['stage', 'lockin', 'source'],
  abort: ['stage', 'lockin', 'source'],
  'correction by mounts': ['mount'],
  training: ['stage', 'lockin', 'source'],
};

/** Everything that a client of the host may ask for. */
export const clientOf = ({on}: FaultBench) =>
  createRouterClient(createRouter(on.services, {links: () => [], openApiPath: '/openapi.json'}), {
    context: createCallerContext(on.services, {scope: 'admin', client: 'test'}),
  });
export type Client = ReturnType<typeof clientOf>;

/** What is under way when the fault comes, and how it is waited for. */
export interface UnderWay {
  /** Resolves when the fault has to come. */
  readonly moment: Promise<void>;
  /** What a person does then: STOP, or going on after a pause. */
  readonly after?: () => Promise<void>;
  /** A run that has to end. */
  readonly isRun: boolean;
  /** Settled when what was asked for is over, with what it said. */
  readonly work?: Promise<string>;
}

export const planOf = ({needsVisits}: Fault): ApiInputs['scan']['start']['plan'] => ({
  plan: 'grid',
  widthMm: 4,
  heightMm: 4,
  stepMm: 1,
  ...(needsVisits === true && {
    referenceEvery: 6,
    referenceMm: {xMm: 3, yMm: 3},
    referencePatchMm: 2,
    positionLimitMm: 0.3,
  }),
});

/** Points of the plan after which the fault of a scan may come: some have to be kept. */
const pointsBefore = 4;

/** Brings the bench into a state. What comes after `moment` is up to the cell. */
export async function bringInto(state: StateName, bench: FaultBench, fault: Fault): Promise<UnderWay> {
  const client = clientOf(bench);
  const {wires} = bench;
  const heard = (role: Role, pattern: RegExp): Promise<void> =>
    new Promise((resolve) => {
      wires[role].middle.onLine = (line) => (pattern.test(line) ? resolve() : undefined);
    });
  switch (state) {
    case 'idle':
      return {moment: Promise.resolve(), isRun: false};
    case 'home': {
      const moment = heard('stage', /^\$H/);
      return {moment, isRun: false, work: sentenceOf(client.stage.home({}))};
    }
    case 'move':
      await scanUnderWay(bench, client, fault);
      return {moment: heard('stage', /^G21G90/), isRun: true};
    case 'dwell': {
      await scanUnderWay(bench, client, fault);
      await heard('stage', /^G21G90/);
      return {
        // The stage has just told that it stands; the filter settles.
        moment: new Promise((resolve) => {
          wires.stage.middle.onReply = (reply) => (/^<Idle/.test(reply) ? resolve() : undefined);
        }),
        isRun: true,
      };
    }
    case 'read':
      await scanUnderWay(bench, client, fault);
      return {moment: heard('lockin', /SNAP/), isRun: true};
    case 'pause':
      await scanUnderWay(bench, client, fault);
      await client.run.pause();
      await until(async () => (await client.bench.status({})).run?.state === 'paused');
      return {
        moment: Promise.resolve(),
        isRun: true,
        async after() {
          // It may have ended by itself, which is as good.
          await client.run.resume().catch(() => undefined);
          // Before it goes on it asks the instruments, which may take its time.
          await until(async () => (await client.bench.status({})).run?.state !== 'paused');
        },
      };
    case 'abort':
      await scanUnderWay(bench, client, fault);
      return {
        moment: heard('stage', /^G21G90/),
        isRun: true,
        async after() {
          await client.app.halt({});
        },
      };
    case 'correction by mounts':
      return correctionUnderWay(client, bench);
    case 'training':
      return trainingUnderWay(client);
  }
}

const sentenceOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => '',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

async function scanUnderWay({on}: FaultBench, client: Client, fault: Fault): Promise<void> {
  await client.scan.start({plan: planOf(fault), onSettings: 'keep'});
  const status = await until(async () => {
    const {run} = await client.bench.status({});
    if (!run || run.state === 'ended' || run.runUid === null) return run?.state === 'ended' && run;
    return on.services.store.readPoints(run.runUid).count >= pointsBefore && run;
  }, 5);
  if (status.state === 'ended') throw new Error(`The scan ended before the fault: ${status.reason}`);
}

async function correctionUnderWay(client: Client, bench: FaultBench): Promise<UnderWay> {
  const alignmentUid = await storeAlignment(bench.on.services.store, bench.small, {
    benchSeed: seed,
    parameters: {'plate1.dx': -2, 'plate2.dy': 0.3},
    verdict: 'trusted' satisfies AlignmentResult['verdict'],
  });
  const {moves, refusal} = await client.correction.plan({alignmentUid});
  if (refusal !== '') throw new Error(refusal);
  const moment = new Promise<void>((resolve) => {
    bench.wires.mount.middle.onLine = (line) => (/ move /.test(line) ? resolve() : undefined);
  });
  await client.correction.apply({alignmentUid, shown: moves});
  return {moment, isRun: true};
}

/** Nothing of it needs the bench; the bench is open beside it. */
async function trainingUnderWay(client: Client): Promise<UnderWay> {
  const settings = {name: 'Small digits', epochs: 2, ...smallTraining, trainingCount: 32};
  const {id} = await client.twin.train({settings, workerCount: 1});
  const ended = async (): Promise<string> => {
    const done = await until(async () => {
      const {computations} = await client.computations.status({});
      const found = computations.find((one) => one.id === id);
      return found && found.state !== 'running' && found;
    });
    return done.state === 'done' ? '' : `the training ended as ${done.state}`;
  };
  return {moment: Promise.resolve(), isRun: false, work: ended()};
}

/** Opens the bench, homes it, and puts it where a scan begins. */
export async function openBench(
  bench: FaultBench,
  {hasMounts}: {readonly hasMounts: boolean},
): Promise<void> {
  const client = clientOf(bench);
  await client.bench.open({
    kind: 'virtual',
    speed,
    seed,
    isNoisy: false,
    hasMounts,
    designFolder: bench.small.folder,
  });
  await client.stage.home({});
  await client.stage.moveTo({targetMm: {x: 0, y: 0}});
}
