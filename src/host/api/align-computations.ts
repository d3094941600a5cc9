import {assertTellsClasses} from '../../contract/read-out.ts';
import {percentText} from '../../base/number-format.ts';
import {hasCode} from '../../contract/errors.ts';
import {alignDataApart} from '../alignment/align-data-apart.ts';
import type {AnalysisThread} from '../analysis/analysis-thread.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import type {ComputationHooks} from '../jobs/computation-jobs.ts';
import {planProbesApart, type ProbePlanSubject} from '../probes/plan-probes-apart.ts';
import {findAlignment} from '../probes/probe-plan-on-bench.ts';
import {timeScans, type ScanTimes} from '../probes/probe-scans.ts';
import type {HostServices} from '../services.ts';
import type {AlignProgress} from '../../twin/alignment/align.ts';
import type {Design} from '../../twin/design/load.ts';
import {dataServicesOf} from './data-services.ts';
import {designFolderFor} from './design-of-bench.ts';
import {namedPath} from './named-paths.ts';
import {os} from './procedures.ts';

/** Alignments of planes in files and plans of what to measure; part of `align`. */
export const alignComputationsApi = (services: HostServices) => {
  const {computations} = dataServicesOf(services);
  return {
    data: os.align.data.handler(({input: {folder, ...choices}, context}) => {
      const path = namedPath(folder, {within: [], subject: 'align.data'}, context);
      return computations.start({
        kind: 'align-data',
        title: `alignment of ${path}`,
        whenStopped: 'Nothing of it is kept.',
        async run(hooks) {
          const onProgress = (progress: AlignProgress): void => reportAlignment(progress, hooks);
          const request = {folder: path, ...choices};
          const alignment = await alignDataApart(request, {signal: hooks.signal, onProgress});
          return {kind: 'align-data', alignment};
        },
      });
    }),

    plan: os.align.plan.handler(({input}) => {
      const {uid, designFolder, objectCount, pointCount, targetMm, ...rest} = input;
      const subjectOf =
        uid === undefined
          ? firstMeasurement(services, designFolderFor(services.bench, designFolder), objectCount)
          : furtherMeasurement(services, uid, objectCount);
      const choices = {...rest, objectCount, wish: {pointCount, targetMm}};
      return computations.start({
        kind: 'plan-probes',
        title: 'plan of what to measure',
        whenStopped: 'Nothing of it is kept.',
        async run({signal, onProgress}) {
          const plan = await planProbesApart(
            {subject: await subjectOf(signal), choices},
            {
              signal,
              onProgress: ({doneRatio, text}) =>
                onProgress({done: 100 * doneRatio, total: 100, unit: '%'}, text),
            },
          );
          return {kind: 'plan-probes', plan};
        },
      });
    }),
  };
};

/** The scans of a design with their times on a bench. */
async function timesOn(
  bench: OpenBench,
  design: Pick<Design, 'file'>,
  {objectCount, analysis, signal}: TimesOptions,
): Promise<ScanTimes[]> {
  // Any two of its digits: which ones they are says nothing of the time.
  const two = {ids: [], count: 2, seed: 1, design: design.file};
  const digits = await analysis.ask('chooseDigits', two, signal);
  return await timeScans(bench, {design, digits, objectCount}, signal);
}

interface TimesOptions {
  readonly objectCount: number;
  readonly analysis: AnalysisThread;
  readonly signal: AbortSignal;
}

/** Finds what a plan is made for, once it is under way: walking scans dry takes its time. */
type FindSubject = (signal: AbortSignal) => Promise<ProbePlanSubject>;

/** A first measurement on the open bench. Throws `bench/closed` without one. */
function firstMeasurement(services: HostServices, designFolder: string, objectCount: number): FindSubject {
  const bench = services.bench.requireOpen();
  const {analysis, designs} = dataServicesOf(services);
  const {illumination = null, probe} = bench.file;
  return async (signal) => {
    const design = await designs.open(designFolder);
    assertTellsClasses(design.file, 'Nothing was computed.');
    const scans = await timesOn(bench, design, {objectCount, analysis, signal});
    return {kind: 'first', designFolder, illumination, probe, scans};
  };
}

/** A measurement beside those of an alignment, named by the beginning of its uid. Throws `store/not-found`. */
function furtherMeasurement(services: HostServices, uid: string, objectCount: number): FindSubject {
  const {uid: alignmentUid, sessionUid} = findAlignment(services.store, uid);
  const {analysis} = dataServicesOf(services);
  const bench = openBenchOf(services);
  const subject = {kind: 'next', databasePath: services.store.path, alignmentUid} as const;
  return async (signal) => {
    if (!bench) return {...subject, scans: null};
    const file = await analysis.ask('sessionDesign', {sessionUid}, signal);
    return {...subject, scans: await timesOn(bench, {file}, {objectCount, analysis, signal})};
  };
}

/** The bench that is open, or null. */
function openBenchOf({bench}: HostServices): OpenBench | null {
  try {
    return bench.requireOpen();
  } catch (error) {
    if (hasCode(error, 'bench/closed')) return null;
    throw error;
  }
}

/** What an alignment is at, in a line. */
export const alignStepText = ({
  stage,
  text,
  unexplainedRatio,
}: Pick<AlignProgress, 'stage' | 'text' | 'unexplainedRatio'>): string =>
  `${stage}: ${text}${unexplainedRatio === undefined ? '' : `, ${percentText(unexplainedRatio, 2)} of the light unexplained`}`;

/** Before the fit the search may take one round or eight, so that the part done cannot be estimated. */
function reportAlignment(progress: AlignProgress, {onNote, onProgress}: ComputationHooks): void {
  const {stage, doneRatio} = progress;
  onNote(alignStepText(progress));
  if (stage === 'fit' || stage === 'error-bars') onProgress({done: 100 * doneRatio, total: 100, unit: '%'});
}
