import type {Router} from '@orpc/server';
import {apiContract} from '../../contract/api/index.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import {appApi, type AppFacts} from './app.ts';
import {benchApi} from './bench.ts';
import {detectorApi} from './detector.ts';
import {instrumentsApi} from './instruments.ts';
import {assertAllDeclared, os, type ApiContext} from './procedures.ts';
import {mountApi} from './mount.ts';
import {runApi} from './run.ts';
import {sourceApi} from './source.ts';
import type {HostServices} from '../services.ts';
import {stageApi} from './stage.ts';

/** All procedures of the contract, to be served by any transport. */
export type ApiRouter = Router<typeof apiContract, ApiContext>;

/**
 * Assembles the features of the API over the host's services. What the frame of a window and STOP need is there at
 * once; what belongs to a page is loaded when it is first asked for, or by `preloadFeatures`.
 */
export function createRouter(services: LiveServices, facts: AppFacts): ApiRouter {
  assertAllDeclared(apiContract);
  return os.router({
    app: appApi(services, facts),
    bench: benchApi(services),
    instruments: instrumentsApi(services),
    detector: detectorApi(services),
    source: sourceApi(services),
    stage: stageApi(services),
    mount: mountApi(services),
    run: runApi(services),
    queue: os.queue.lazy(once(async () => ({default: (await import('./queue.ts')).queueApi(services)}))),
    scan: os.scan.lazy(once(async () => ({default: (await import('./scan.ts')).scanApi(services)}))),
    ...pageFeatures(services),
  });
}

/** Features that belong to pages and need the store and whichever bench is open. */
export const pageFeatures = (services: HostServices) => ({
  runs: os.runs.lazy(once(async () => ({default: (await import('./runs.ts')).runsApi(services)}))),
  sessions: os.sessions.lazy(
    once(async () => ({default: (await import('./sessions.ts')).sessionsApi(services)})),
  ),
  campaign: os.campaign.lazy(
    once(async () => ({default: (await import('./campaign.ts')).campaignApi(services)})),
  ),
  compare: os.compare.lazy(
    once(async () => ({default: (await import('./compare.ts')).compareApi(services)})),
  ),
  align: os.align.lazy(
    once(async () => {
      const {alignApi} = await import('./align.ts');
      const {alignComputationsApi} = await import('./align-computations.ts');
      const {alignMeasureApi} = await import('./align-measure.ts');
      const {alignStartApi} = await import('./align-start.ts');
      return {
        default: {
          ...alignApi(services),
          ...alignStartApi(services),
          ...alignComputationsApi(services),
          ...alignMeasureApi(services),
        },
      };
    }),
  ),
  alignGuide: os.alignGuide.lazy(
    once(async () => ({default: (await import('./align-guide.ts')).alignGuideApi(services)})),
  ),
  correction: os.correction.lazy(
    once(async () => {
      const {correctionApi} = await import('./correction.ts');
      const {checkedCorrections} = await import('./checked-corrections.ts');
      return {default: {...correctionApi(services), ...checkedCorrections(services)}};
    }),
  ),
  calibrate: os.calibrate.lazy(
    once(async () => ({default: (await import('./calibrate.ts')).calibrateApi(services)})),
  ),
  twin: os.twin.lazy(once(async () => ({default: (await import('./twin.ts')).twinApi(services)}))),
  computations: os.computations.lazy(
    once(async () => ({default: (await import('./computations.ts')).computationsApi(services)})),
  ),
  gpu: os.gpu.lazy(once(async () => ({default: (await import('./gpu.ts')).gpuApi(services)}))),
  data: os.data.lazy(once(async () => ({default: (await import('./data.ts')).dataApi(services)}))),
  design: os.design.lazy(once(async () => ({default: (await import('./design.ts')).designApi(services)}))),
});

/** The library loads a lazy feature anew at every call; a feature keeps state between calls, so it is made once. */
function once<Feature>(load: () => Promise<Feature>): () => Promise<Feature> {
  let loaded: Promise<Feature> | undefined;
  return () => (loaded ??= load());
}

/** Loads what the pages need while nobody waits for it. */
export async function preloadFeatures(): Promise<void> {
  await import('./runs.ts');
  await import('./scan.ts');
  await import('./queue.ts');
  await import('./sessions.ts');
  await import('./campaign.ts');
  await import('./design.ts');
  await import('./compare.ts');
  await import('./align.ts');
  await import('./correction.ts');
  await import('./align-guide.ts');
  await import('./calibrate.ts');
  await import('./twin.ts');
  await import('./computations.ts');
  await import('./gpu.ts');
  await import('./data.ts');
}
