import {assertTellsClasses} from '../../contract/read-out.ts';
import {BenchError} from '../../contract/errors.ts';
import type {PlanSpec} from '../../contract/plan-spec.ts';
import type {CampaignOutcome} from '../campaign/run-campaign.ts';
import {digitIdOf} from '../campaign/digits.ts';
import {alignCampaignOf, chooseObjectsApart} from '../probes/align-objects.ts';
import {keepProbeOrder} from '../probes/probe-order.ts';
import type {GridPlan} from '../probes/probe-scans.ts';
import type {HostServices} from '../services.ts';
import {dataServicesOf} from './data-services.ts';
import {designFolderFor} from './design-of-bench.ts';
import {os} from './procedures.ts';

/** What is measured for an alignment; part of `align`. */
export const alignMeasureApi = (services: HostServices) => {
  const {store, bench} = services;
  const threads = dataServicesOf(services);
  return {
    digits: os.align.digits.handler(async ({input: {names, designFolder}, signal}) => {
      const {file: design} = await threads.designs.open(designFolderFor(bench, designFolder));
      const digits = await threads.analysis.ask('namedDigits', {names, design}, signal);
      return {digits: digits.map((digit) => ({...digit, id: digitIdOf(digit)}))};
    }),

    measure: os.align.measure.handler(async ({input, context, signal}) => {
      const {digits: names, objectCount, seed} = input;
      const designFolder = designFolderFor(bench, input.designFolder);
      const scan = gridFrom(input.scan);
      const open = bench.requireOpen();
      const design = await threads.designs.open(designFolder);
      assertTellsClasses(design.file, 'Nothing was moved.');
      // A wrong name is refused here, before the campaign begins.
      await threads.analysis.ask('namedDigits', {names, design: design.file}, signal);
      const operator = input.operator || context.operator();
      const {illumination = design.file.illumination, probe} = open.file;
      const {id} = bench.startJob({
        kind: 'campaign',
        settingsPolicy: input.onSettings,
        isAttended: input.isAttended,
        title: input.title || 'campaign for an alignment',
        async run(onBench, hooks) {
          const objects = {objectCount, names, hasOwnScan: scan === undefined};
          const chosen = await chooseObjectsApart(
            {databasePath: store.path, seen: {design, illumination, probe}, objects},
            {signal: hooks.signal, onProgress: hooks.onText},
          );
          const {digits} = chosen;
          const request = {
            ...alignCampaignOf(chosen, scan),
            ...(input.title ? {title: input.title} : {}),
            ...(operator === '' ? {} : {operator}),
            ...{design, designFolder, digits, digitCount: digits.length, seed},
          };
          await threads.campaignJobs.run(onBench, request, {
            ...hooks,
            onSession: (uid) => chosen.unkept && keepProbeOrder(store, uid, chosen.unkept),
            onOutcome: (outcome: CampaignOutcome) => threads.campaignOutcomes.keep(id, outcome),
          });
        },
      });
      return {id};
    }),
  };
};

function gridFrom(spec: PlanSpec | undefined): GridPlan | undefined {
  if (spec === undefined || spec.plan === 'grid') return spec;
  throw new BenchError(
    'plan/invalid',
    `An alignment measures planes: the plan is "${spec.plan}" and has to be a grid. Nothing was started.`,
  );
}
