import type {z} from 'zod';
import {assertTellsClasses} from '../../contract/read-out.ts';
import type {scanRequestSchema} from '../../contract/api/index.ts';
import type {PositionMm} from '../../contract/devices.ts';
import {planTitle} from '../../contract/plan-span.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import {pointsFileFrom} from '../scan/export-points.ts';
import {isPlanFile, readPlanSpec} from '../scan/read-plan.ts';
import {dryRunScan, type ScanRequest} from '../scan/run-scan.ts';
import {rangeOf} from '../scan/scan-range.ts';
import {dataServicesOf} from './data-services.ts';
import {designFolderFor} from './design-of-bench.ts';
import {namedPath} from './named-paths.ts';
import {os} from './procedures.ts';
import {scanResumeApi} from './scan-resume.ts';
import {startScan} from './start-scan.ts';
import {readWholeRun} from '../runs/whole-run.ts';

type RequestInput = z.output<typeof scanRequestSchema>;

const longestPath = 20_000;

/** Scans on the open bench. */
export const scanApi = (services: LiveServices) => {
  const {store} = services;
  const {scanOutcomes: outcomes} = dataServicesOf(services);
  return {
    dryRun: dryRunHandler(services),
    start: os.scan.start.handler(async ({input, signal}) => {
      const request = await scanRequestFrom(services, input);
      const {onSettings, isAttended, suspenders} = input;
      const title = request.title ?? planTitle(request.spec);
      return startScan(services, {request, title, onSettings, isAttended, suspenders, signal});
    }),
    ...scanResumeApi(services),
    readPlan: os.scan.readPlan.handler(({input: {text, fields}, context}) =>
      readPlanSpec(isPlanFile(text) ? namedPath(text, {within: [], subject: 'plan'}, context) : text, fields),
    ),
    outcome: os.scan.outcome.handler(({input: {id, quantity}}) => {
      const summary = outcomes.get(id);
      return {...summary, runs: [...summary.runs], ...rangeOf(store, summary, quantity)};
    }),
    pointsFile: os.scan.pointsFile.handler(({input: {runUid, ...how}}) => {
      const {run, pointsOf} = readWholeRun(store, runUid);
      const {content, head} = pointsFileFrom(run, pointsOf(), how);
      return {content: Uint8Array.from(content), head};
    }),
  };
};

/** What a request of the API asks for, with what it leaves to the program. */
export async function scanRequestFrom(services: LiveServices, input: RequestInput): Promise<ScanRequest> {
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
  const {bench, store} = services;
  return os.scan.dryRun.handler(async ({input, signal}) => {
    const open = bench.requireOpen();
    const {dryRun, refusal, walked} = await dryRunScan(
      {bench: open, store},
      await scanRequestFrom(services, input),
      {
        fromMm: bench.positionMm(),
        signal,
      },
    );
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
