import {isCampaignScan} from '../plans/object-scans.ts';
import type {z} from 'zod';
import type {resumeRequestSchema} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import {planTitle} from '../../contract/plan-span.ts';
import {overlapPasses} from '../../contract/resume-check.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import {readWholeRun} from '../runs/whole-run.ts';
import {planOfStart, planResume, type ResumePlan} from '../scan/resume-plan.ts';
import {dryRunScan, type ScanRequest} from '../scan/run-scan.ts';
import {os} from './procedures.ts';
import {startScan} from './start-scan.ts';

type ResumeInput = z.output<typeof resumeRequestSchema>;

/** Runs that were cut off and go on, and runs once more. */
export const scanResumeApi = (services: LiveServices) => {
  const {store, settings} = services;
  return {
    resumePlan: os.scan.resumePlan.handler(async ({input, signal}) => {
      try {
        return await walkResume(services, input, signal);
      } catch (error) {
        if (!(error instanceof BenchError) || error.code !== 'plan/invalid') throw error;
        return refusedPlan(services, input.runUid, error);
      }
    }),

    resume: os.scan.resume.handler(async ({input, signal}) => {
      const resume = planResume(store, input);
      if (isCampaignScan(resume.start.plan_name))
        throw new BenchError(
          'plan/invalid',
          `Run ${resume.start.scan_id} is a digit of a campaign. Nothing was moved; go on with the campaign, which goes on with its digit.`,
        );
      const request = requestFrom(resume, {
        ...input,
        operator: input.operator || settings.get().operator || undefined,
      });
      return startScan(services, {
        request,
        title: `run ${resume.start.scan_id} goes on: ${planTitle(resume.spec)}`,
        suspenders: input.suspenders,
        onSettings: input.onSettings,
        isAttended: input.isAttended,
        signal,
      });
    }),

    resumeChecks: os.scan.resumeChecks.handler(({input: {runUid}}) => {
      const segments = new Set(readWholeRun(store, runUid).segments.map(({start}) => start.uid));
      const {sessionUid} = store.getRunSummary(runUid);
      return store
        .listResults(sessionUid, 'resume-check')
        .filter(({value}) => segments.has(value.runUid) || value.checkUid === runUid)
        .sort((one, other) => one.timeS - other.timeS)
        .map(({value}) => ({...value, failed: [...value.failed]}));
    }),

    again: againHandler(services),
  };
};

/** The plan of a run once more. */
const againHandler = (services: LiveServices) => {
  const {store, bench, settings} = services;
  return os.scan.again.handler(async ({input, signal}) => {
    const {start} = store.getRun(input.runUid);
    if (isCampaignScan(start.plan_name))
      throw new BenchError(
        'plan/invalid',
        `Run ${start.scan_id} is a digit of a campaign, whose mask has to stand there. Nothing was moved; run the campaign again, or repeat the digit in it.`,
      );
    const {spec, regions} = planOfStart(start);
    const {sample, purpose, design_hash: designHash, detector_set_up: isDetectorSetUp} = start;
    return startScan(services, {
      request: {
        spec,
        regions,
        designHash,
        sample,
        purpose,
        isDetectorSetUp,
        sessionUid: input.sessionUid ?? bench.sessionUid,
        operator: input.operator || settings.get().operator || undefined,
      },
      title: planTitle(spec),
      suspenders: input.suspenders,
      onSettings: input.onSettings,
      isAttended: input.isAttended,
      signal,
    });
  });
};

function requestFrom(
  resume: ResumePlan,
  {
    operator,
    isHomedFirst,
    isDetectorSetUp,
  }: Pick<ResumeInput, 'operator' | 'isHomedFirst'> & Partial<Pick<ResumeInput, 'isDetectorSetUp'>>,
): ScanRequest {
  const {spec, regions, firstIndex, start} = resume;
  const {
    sample,
    purpose,
    design_hash: designHash,
    session_uid: sessionUid,
    detector_set_up: wasSetUp,
  } = start;
  return {
    spec,
    regions,
    designHash,
    sample,
    purpose,
    sessionUid,
    startIndex: firstIndex,
    operator,
    isHomedFirst,
    isDetectorSetUp: isDetectorSetUp === true || wasSetUp === true,
    resume,
  };
}

async function walkResume(
  {store, bench}: LiveServices,
  input: Pick<ResumeInput, 'runUid' | 'significance' | 'allowedRatio' | 'isHomedFirst'>,
  signal: AbortSignal | undefined,
) {
  const resume = planResume(store, input);
  const {start, storedCount, firstIndex, pointsLeft, spots, countReason, allowedRatio} = resume;
  const open = bench.openBench;
  const walked =
    open &&
    (await dryRunScan({bench: open, store}, requestFrom(resume, {...input, operator: undefined}), {
      fromMm: bench.positionMm(),
      signal,
    }));
  const refusal = walked?.refusal ?? null;
  return {
    isAllowed: refusal === null,
    refusal: refusal?.message ?? '',
    refusalCode: refusal?.code ?? '',
    runUid: start.uid,
    scanId: start.scan_id,
    storedCount,
    firstIndex,
    pointsLeft,
    overlapCount: spots.length,
    passCount: overlapPasses,
    countReason,
    allowedRatio,
    seconds: walked && open ? walked.dryRun.seconds / open.clock.speed : 0,
  };
}

const refusedPlan = ({store}: LiveServices, runUid: string, error: BenchError) => ({
  isAllowed: false,
  refusal: error.message,
  refusalCode: error.code,
  runUid,
  scanId: store.getRunSummary(runUid).scanId,
  storedCount: 0,
  firstIndex: 0,
  pointsLeft: 0,
  overlapCount: 0,
  passCount: overlapPasses,
  countReason: '',
  allowedRatio: 0,
  seconds: 0,
});
