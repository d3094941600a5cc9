import {correctAndCheck, loadCorrectionSource} from '../corrections/correct-bench.ts';
import type {AlignProgress} from '../../twin/alignment/align.ts';
import type {HostServices} from '../services.ts';
import {alignStepText} from './align-computations.ts';
import {dataServicesOf} from './data-services.ts';
import {os} from './procedures.ts';

/** Corrections that measure again and decide by themselves; part of `correction`. */
export const checkedCorrections = (services: HostServices) => {
  const {store, bench, data, settings} = services;
  const {analysis, correctionOutcomes} = dataServicesOf(services);
  return {
    correctAndCheck: os.correction.correctAndCheck.handler(async ({input, context}) => {
      const {alignmentUid, allowDoubtful, free, orientation, plateOptics} = input;
      bench.requireOpen();
      await loadCorrectionSource(store, alignmentUid);
      const by = input.operator ?? (context.operator() || context.client);
      const {id} = bench.startJob({
        kind: 'correction',
        settingsPolicy: input.onSettings,
        isAttended: input.isAttended,
        title: 'correction by the mounts, measured again',
        async run(onBench, hooks) {
          const request = {alignmentUid, by, allowDoubtful, align: {free, orientation, plateOptics}};
          const corrected = await correctAndCheck({bench: onBench, store, data}, request, {
            ...hooks,
            hours: settings.get().calibrationHours,
            onProgress: (progress: AlignProgress) => hooks.onText(alignStepText(progress)),
            evaluate: (sessionUid) => analysis.ask('evaluate', {sessionUid, reportFolder: data.reportFolder}),
          });
          correctionOutcomes.keep(id, corrected);
        },
      });
      return {id};
    }),
    outcome: os.correction.outcome.handler(({input: {id}}) => {
      const {report, result} = correctionOutcomes.get(id);
      const {moves, leftOut, manualSteps, ...rest} = report;
      return {
        report: {...rest, moves: [...moves], leftOut: [...leftOut], manualSteps: [...manualSteps]},
        result,
      };
    }),
  };
};
