import type {z} from 'zod';
import {assertTellsClasses} from '../../contract/read-out.ts';
import type {scanRequestSchema} from '../../contract/api/index.ts';
import type {PositionMm} from '../../contract/devices.ts';
import {planTitle} from '../../contract/plan-span.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import {pointsFileFrom} from '../scan/export-points.ts';
import {isPlanFile, readPlanSpec} from '../scan/read-plan.ts';
import {dryRunScan, rangeOf, runScan, type ScanRequest} from '../scan/run-scan.ts';
import {findSession} from '../find-session.ts';
import {dataServicesOf} from './data-services.ts';
import {designFolderFor} from './design-of-bench.ts';
import {namedPath} from './named-paths.ts';
import {os} from './procedures.ts';

type RequestInput = z.output<typeof scanRequestSchema>;

const longestPath = 20_000;

/** Scans on the open bench. */
export const scanApi = (services: LiveServices) => {
  const {bench, store} = services;
  const {scanOutcomes: outcomes} = dataServicesOf(services);
  return {
    dryRun: dryRunHandler(services),
    start: os.scan.start.handler(async ({input, signal}) => {
      const request = await requestFrom(services, input);
      // Told now and not after the run has begun.
      if (request.sessionUid !== undefined) findSession(store, request.sessionUid);
      // A scan that leaves the limits is refused here, so that the caller gets the error.
      const checked = bench.isBusy
        ? undefined
        : await dryRunScan(bench.requireOpen(), request, {fromMm: bench.positionMm(), signal});
      if (checked?.refusal) throw checked.refusal;
      const {id} = bench.startJob({
        kind: 'scan',
        isAttended: input.isAttended,
        settingsPolicy: input.onSettings,
        title: request.title ?? planTitle(request.spec),
        async run(open, hooks) {
          const {summary, endedEarly} = await runScan({bench: open, store}, request, hooks, checked?.walked);
          outcomes.keep(id, summary);
          if (endedEarly) throw endedEarly;
        },
      });
      return {id};
    }),
    readPlan: os.scan.readPlan.handler(({input: {text, fields}, context}) =>
      readPlanSpec(isPlanFile(text) ? namedPath(text, {within: [], subject: 'plan'}, context) : text, fields),
    ),
    outcome: os.scan.outcome.handler(({input: {id, quantity}}) => {
      const summary = outcomes.get(id);
      return {...summary, runs: [...summary.runs], ...rangeOf(store, summary, quantity)};
    }),
    pointsFile: os.scan.pointsFile.handler(({input: {runUid, ...how}}) => {
      const {content, head} = pointsFileFrom(store.getRun(runUid), store.readPoints(runUid), how);
      return {content: Uint8Array.from(content), head};
    }),
  };
};

async function requestFrom(services: LiveServices, input: RequestInput): Promise<ScanRequest> {
  const {plan, designFolder, isLockInSetUp, isDetectorSetUp = isLockInSetUp} = input;
  // The regions belong to a design; without one named those of the plates on the bench.
  const folder = designFolder ?? (plan.plan === 'regions' ? designFolderFor(services.bench) : undefined);
  const design = folder === undefined ? undefined : await dataServicesOf(services).designs.open(folder);
  if (design && plan.plan === 'regions') assertTellsClasses(design.file, 'Nothing was moved.');
  return {
    spec: plan,
    design,
    sessionUid: input.sessionUid ?? services.bench.sessionUid,
    title: input.title,
    operator: input.operator || services.settings.get().operator || undefined,
    sample: input.sample || undefined,
    purpose: input.purpose || undefined,
    startIndex: input.startIndex,
    isDetectorSetUp,
  };
}

/** What a scan would take, and whether the bench allows it; nothing moves. */
const dryRunHandler = (services: LiveServices) => {
  const {bench} = services;
  return os.scan.dryRun.handler(async ({input, signal}) => {
    const open = bench.requireOpen();
    const {dryRun, refusal, walked} = await dryRunScan(open, await requestFrom(services, input), {
      fromMm: bench.positionMm(),
      signal,
    });
    return {
      isAllowed: refusal === null,
      refusal: refusal?.message ?? '',
      refusalCode: refusal?.code ?? '',
      points: dryRun.points,
      pathLengthMm: dryRun.pathLengthMm,
      seconds: dryRun.seconds / open.clock.speed,
      limitsMm: dryRun.limitsMm,
      extentMm: dryRun.extentMm,
      pathMm: thinned(walked.path),
      violations: dryRun.violations.map(({message, ...violation}) => ({text: message, ...violation})),
      violationCount: dryRun.violationCount,
      refusedMm: thinned(walked.refusedMm),
      notes: [...dryRun.notes],
    };
  });
};

/** x and y in turn; every n-th position and the last one when there are more than a map can show. */
function thinned(path: readonly PositionMm[]): Float32Array<ArrayBuffer> {
  const every = Math.max(1, Math.ceil(path.length / (longestPath - 1)));
  const xy: number[] = [];
  for (let index = 0; index < path.length; index = nextIndex(index, every, path.length)) {
    const {x = Number.NaN, y = Number.NaN} = path[index];
    xy.push(x, y);
  }
  return Float32Array.from(xy);
}

/** In equal strides, and the last one in any case. */
const nextIndex = (index: number, every: number, count: number): number =>
  index === count - 1 ? count : Math.min(index + every, count - 1);
