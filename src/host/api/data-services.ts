import type {Probe} from '../../contract/illumination.ts';
import type {Design} from '../../twin/design/load.ts';
import {createAnalysisThread, type AnalysisThread} from '../workers/analysis-thread.ts';
import {createTwinThread, type TwinThread} from '../workers/twin-thread.ts';
import type {HostServices} from './services.ts';

/** Threads that the data side of the API shares, started when they are first needed. */
export interface DataServices {
  readonly analysis: AnalysisThread;
  /** The twin of a design seen by a probe; one is kept, the one before it is let go when it has answered. */
  twinOf(design: Design, probe: Probe): TwinThread;
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

function createDataServices({store}: HostServices): DataServices {
  let analysis: AnalysisThread | undefined;
  let twin: {readonly key: string; readonly thread: TwinThread} | undefined;
  return {
    predictedWinners: new Map(),
    get analysis() {
      // One that failed is replaced: it holds nothing that the store does not.
      if (!analysis || analysis.hasEnded) analysis = createAnalysisThread(store.path);
      return analysis;
    },
    twinOf(design, probe) {
      const key = `${design.file.contentHash} ${JSON.stringify(probe)}`;
      if (twin?.key !== key) {
        void twin?.thread[Symbol.asyncDispose]();
        twin = {key, thread: createTwinThread({design, probe})};
      }
      return twin.thread;
    },
    async dispose() {
      await Promise.all([analysis?.[Symbol.asyncDispose](), twin?.thread[Symbol.asyncDispose]()]);
      analysis = undefined;
      twin = undefined;
    },
  };
}
