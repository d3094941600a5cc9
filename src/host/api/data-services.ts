import type {Computation} from '../../contract/api/index.ts';
import type {Probe} from '../../contract/illumination.ts';
import {createAlignJobService, type AlignJobService} from '../jobs/align-job-service.ts';
import {createComputationJobs, type ComputationJobs} from '../jobs/computation-jobs.ts';
import {createGpuOffers, type GpuOffers} from '../gpu/gpu-offers.ts';
import {createInPlaceFollowing, type InPlaceFollowing} from '../jobs/in-place-progress.ts';
import {createTrainingFeeds, type TrainingFeeds} from '../jobs/training-feeds.ts';
import {createProbeCache, type ProbeCache} from '../probes/probe-cache.ts';
import {createSensitivityCache, type SensitivityCache} from '../probes/sensitivity-cache.ts';
import {createDesignCache, type DesignCache} from '../designs/design-cache.ts';
import type {Design} from '../../twin/design/load.ts';
import {createCampaignJobService, type CampaignJobService} from '../jobs/campaign-job-service.ts';
import {createAnalysisThread, type AnalysisThread} from '../analysis/analysis-thread.ts';
import {createTwinThread, type TwinThread} from '../campaign/twin-thread.ts';
import type {AlignSessionOutcome} from '../alignment/align-session.ts';
import type {ReprintOutput} from '../calibrate/reprint-protocol.ts';
import type {correctAndCheck} from '../corrections/correct-bench.ts';
import type {CampaignOutcome} from '../campaign/run-campaign.ts';
import type {ScanSummary} from '../scan/run-scan.ts';
import type {HostServices} from '../services.ts';
import {createOutcomes, type Outcomes} from './outcomes.ts';

/** What the latest jobs have come to, by the ids that their starts gave. */
interface JobOutcomes {
  readonly scanOutcomes: Outcomes<ScanSummary>;
  readonly campaignOutcomes: Outcomes<CampaignOutcome>;
  readonly correctionOutcomes: Outcomes<Awaited<ReturnType<typeof correctAndCheck>>>;
  readonly inPlaceOutcomes: Outcomes<ReprintOutput>;
  readonly inPlaceFollowing: InPlaceFollowing;
  readonly alignOutcomes: Outcomes<AlignSessionOutcome & {readonly sessionUid: string}>;
}

/** Everything that the API computes without instruments, with the threads and caches for it. `dispose` ends them. */
export interface DataServices extends JobOutcomes {
  readonly analysis: AnalysisThread;
  /** The same for lists and searches, so that none waits until a report is written. */
  readonly lookups: AnalysisThread;
  /** Designs that were asked for, read on threads of their own. */
  readonly designs: DesignCache;
  /** Alignments of stored sessions, one at a time. */
  readonly alignJobs: AlignJobService;
  /** Trainings, classifications and what else is long and uses no instrument, one at a time. */
  readonly computations: ComputationJobs;
  /** What the last trainings have told. */
  readonly trainingFeeds: TrainingFeeds;
  readonly gpuOffers: GpuOffers;
  readonly sensitivities: SensitivityCache;
  readonly probes: ProbeCache;
  /** Campaigns on the open bench, one at a time. */
  readonly campaignJobs: CampaignJobService;
  /**
   * Does something with the twin of a design seen by a probe. Its thread is kept for the next time; another design's
   * takes its place once it has nothing more to answer.
   */
  withTwin<Value>(design: Design, probe: Probe, work: (twin: TwinThread) => Promise<Value>): Promise<Value>;
  /** Winners that the nominal twin was asked for, by `<design hash> <digit id>`. */
  readonly predictedWinners: Map<string, string>;
  dispose(): Promise<void>;
}

const all = new WeakMap<HostServices, DataServices>();

/** The shared threads of a host. */
export function dataServicesOf(services: HostServices): DataServices {
  let own = all.get(services);
  if (!own) all.set(services, (own = createDataServices(services)));
  return own;
}

/** Ends the threads of a host. They hold nothing that would be lost. */
export const disposeDataServices = async (services: HostServices): Promise<void> => {
  await all.get(services)?.dispose();
  all.delete(services);
};

function createDataServices({store, data, log, settings}: HostServices): DataServices {
  let analysis: AnalysisThread | undefined;
  let lookups: AnalysisThread | undefined;
  const twin = createTwinKeeper();
  let campaignJobs: CampaignJobService | undefined;
  const outcomes = createJobOutcomes();
  const {alignJobs, computations} = createJobs({store, log, settings}, outcomes.alignOutcomes);
  const sensitivities = createSensitivityCache(store);
  const probes = createProbeCache(store);
  const gpuOffers = createGpuOffers();
  const services: DataServices = {
    designs: createDesignCache(),
    computations,
    trainingFeeds: createTrainingFeeds(),
    gpuOffers,
    sensitivities,
    probes,
    get campaignJobs() {
      campaignJobs ??= createCampaignJobService({
        store,
        data,
        analysis: () => services.analysis,
        hours: () => settings.get().calibrationHours,
      });
      return campaignJobs;
    },
    ...outcomes,
    predictedWinners: new Map(),
    alignJobs,
    get analysis() {
      // One that failed is replaced: it holds nothing that the store does not.
      if (!analysis || analysis.hasEnded) analysis = createAnalysisThread(store.path);
      return analysis;
    },
    get lookups() {
      if (!lookups || lookups.hasEnded) lookups = createAnalysisThread(store.path);
      return lookups;
    },
    withTwin: (design, probe, work) => twin.withTwin(design, probe, work),
    async dispose() {
      gpuOffers[Symbol.dispose]();
      await Promise.all([
        alignJobs[Symbol.asyncDispose](),
        computations[Symbol.asyncDispose](),
        sensitivities[Symbol.asyncDispose](),
        probes[Symbol.asyncDispose](),
      ]);
      await Promise.all([
        analysis?.[Symbol.asyncDispose](),
        lookups?.[Symbol.asyncDispose](),
        twin[Symbol.asyncDispose](),
      ]);
      analysis = undefined;
      lookups = undefined;
    },
  };
  return services;
}

interface KeptTwin {
  readonly key: string;
  readonly thread: TwinThread;
  jobCount: number;
}

/** Keeps the thread of the twin that was used last; one that is replaced ends with its last job. */
function createTwinKeeper(): Pick<DataServices, 'withTwin'> & AsyncDisposable {
  let twin: KeptTwin | undefined;
  const letGo = (kept: KeptTwin): void => {
    if (kept !== twin && kept.jobCount === 0) void kept.thread[Symbol.asyncDispose]();
  };
  const twinOf = (design: Design, probe: Probe): KeptTwin => {
    const key = `${design.file.contentHash} ${JSON.stringify(probe)}`;
    if (twin?.key === key) return twin;
    const before = twin;
    twin = {key, thread: createTwinThread({design, probe}), jobCount: 0};
    if (before) letGo(before);
    return twin;
  };
  return {
    async withTwin(design, probe, work) {
      const own = twinOf(design, probe);
      own.jobCount++;
      try {
        return await work(own.thread);
      } finally {
        own.jobCount--;
        letGo(own);
      }
    },
    async [Symbol.asyncDispose]() {
      await twin?.thread[Symbol.asyncDispose]();
      twin = undefined;
    },
  };
}

/** What the latest jobs have come to. */
const createJobOutcomes = (): JobOutcomes => ({
  scanOutcomes: createOutcomes('scan'),
  campaignOutcomes: createOutcomes('campaign'),
  alignOutcomes: createOutcomes('alignment'),
  correctionOutcomes: createOutcomes('correction'),
  inPlaceOutcomes: createOutcomes('learning in place'),
  inPlaceFollowing: createInPlaceFollowing(),
});

/** Long computations of this host, and where their outcomes are kept for the caller. */
function createJobs(
  {store, log, settings}: Pick<HostServices, 'store' | 'log' | 'settings'>,
  outcomes: DataServices['alignOutcomes'],
) {
  const now = (): Date => new Date();
  const onEndOf =
    (source: string) =>
    ({state, problem}: Pick<Computation, 'state' | 'problem'>, text: string): void =>
      log.add({
        level: state === 'failed' ? 'attention' : 'info',
        source,
        text,
        code: problem?.code ?? null,
      });
  return {
    alignJobs: createAlignJobService({
      store,
      now,
      hours: () => settings.get().calibrationHours,
      onOutcome: ({id, sessionUid}, outcome) => outcomes.keep(id, {...outcome, sessionUid}),
      onEnd: onEndOf('align'),
    }),
    computations: createComputationJobs({now, onEnd: onEndOf('twin')}),
  };
}
