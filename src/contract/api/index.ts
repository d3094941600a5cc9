import type {InferContractRouterInputs, InferContractRouterOutputs} from '@orpc/contract';
import {align} from './align.ts';
import {alignGuide} from './align-guide.ts';
import {app} from './app.ts';
import {bench} from './bench.ts';
import {calibrate} from './calibrate.ts';
import {campaign} from './campaign.ts';
import {compare} from './compare.ts';
import {computations} from './computations.ts';
import {correction} from './correction.ts';
import {data} from './data.ts';
import {design} from './design.ts';
import {gpu} from './gpu.ts';
import {instruments} from './instruments.ts';
import {detector, mount, source, stage} from './manual-control.ts';
import {queue} from './queue.ts';
import {run, runs} from './runs.ts';
import {scan} from './scan.ts';
import {sessions} from './sessions.ts';
import {twin} from './twin.ts';

/**
 * The one contract: window, browser, HTTP and tests are typed from it. A feature is a map of procedures here and a
 * file of the same name in host/api.
 */
export const apiContract = {
  app,
  bench,
  instruments,
  detector,
  source,
  stage,
  mount,
  scan,
  run,
  runs,
  campaign,
  queue,
  compare,
  align,
  alignGuide,
  correction,
  calibrate,
  design,
  sessions,
  twin,
  gpu,
  computations,
  data,
};

/** Type of the whole contract. */
export type ApiContract = typeof apiContract;
/** What each procedure takes, by feature and name, before defaults are filled in. */
export type ApiInputs = InferContractRouterInputs<ApiContract>;
/** What each procedure answers, by feature and name. */
export type ApiOutputs = InferContractRouterOutputs<ApiContract>;

export * from './align.ts';
export * from './align-shapes.ts';
export * from './align-guide.ts';
export * from './app.ts';
export * from './bench-choice.ts';
export * from './bench-status.ts';
export * from './data.ts';
export * from './bench.ts';
export * from './calibrate.ts';
export * from './calibrate-in-place.ts';
export * from './campaign.ts';
export * from './compare.ts';
export * from './computations.ts';
export * from './correction.ts';
export * from './design.ts';
export * from './compare.ts';
export * from './feed.ts';
export * from './gpu.ts';
export * from './map-preview.ts';
export * from './instruments.ts';
export * from './manual-control.ts';
export * from './procedure.ts';
export * from './queue.ts';
export * from './run-status.ts';
export * from './runs.ts';
export * from './scan.ts';
export * from './sessions.ts';
export * from './twin.ts';
export * from './serializers.ts';
export * from './training-feed.ts';
