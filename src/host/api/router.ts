import type {Router} from '@orpc/server';
import {apiContract} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import {appApi, type AppFacts} from './app.ts';
import {benchApi} from './bench.ts';
import {campaignApi} from './campaign.ts';
import {compareApi} from './compare.ts';
import {designApi} from './design.ts';
import {instrumentsApi} from './instruments.ts';
import {os, type ApiContext} from './procedures.ts';
import {runApi} from './run.ts';
import {runsApi} from './runs.ts';
import {scanApi} from './scan.ts';
import {sessionsApi} from './sessions.ts';
import {sourceApi} from './source.ts';
import {stageApi} from './stage.ts';

/** All procedures of the contract, to be served by any transport. */
export type ApiRouter = Router<typeof apiContract, ApiContext>;

/** Assembles the features of the API over the host's services. */
export function createRouter(services: LiveServices, facts: AppFacts): ApiRouter {
  const features: Record<keyof typeof apiContract, object> = {
    app: appApi(services, facts),
    bench: benchApi(services),
    instruments: instrumentsApi(services),
    source: sourceApi(services),
    stage: stageApi(services),
    scan: scanApi(services),
    run: runApi(services),
    runs: runsApi(services),
    campaign: campaignApi(services),
    compare: compareApi(services),
    design: designApi(services),
    sessions: sessionsApi(services),
  };
  const names = Object.keys(apiContract) as (keyof typeof apiContract)[];
  return os.router(
    Object.fromEntries(
      names.map((name) => [name, {...missingProcedures(name), ...features[name]}]),
    ) as unknown as ApiRouter,
  );
}

/** Procedures that are not implemented yet answer with `internal`. */
function missingProcedures(name: keyof typeof apiContract): Record<string, unknown> {
  const feature = os[name] as unknown as Record<string, {handler(handler: () => never): unknown}>;
  return Object.fromEntries(
    Object.keys(apiContract[name]).map((procedure) => [
      procedure,
      feature[procedure]?.handler(() => {
        throw new BenchError(
          'internal',
          `${name}.${procedure} is not part of this program yet. Nothing was done.`,
        );
      }),
    ]),
  );
}
