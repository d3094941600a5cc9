import type {ProbePlan} from '../../contract/probe-plan.ts';
import type {Design} from '../../twin/design/load.ts';
import {loadDesignFolder} from '../designs/design-folder.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import {openStore} from '../store/open-store.ts';
import {serveOnce} from '../threads/serve-once.ts';
import type {ProbePlanProgress, ProbePlanRequest} from './plan-probes-apart.ts';
import {paceOfSession, pacedScans} from './probe-pace.ts';
import {planFirstProbes, planNextProbes} from './probe-plan-on-bench.ts';
import {gridPlansOf, timedScans, type PlannedScan} from './probe-scans.ts';

// Entry of the thread that plans what to measure next for `planProbesApart`; it leads the threads that compute.
await serveOnce<ProbePlanRequest, ProbePlan, ProbePlanProgress>(
  async ({subject, choices}, {signal, onProgress}) => {
    const hooks = {signal, onProgress: (doneRatio: number, text: string) => onProgress({doneRatio, text})};
    if (subject.kind === 'first') {
      const {illumination, probe, scans} = subject;
      const design = await loadDesignFolder(subject.designFolder);
      const light = illumination ?? design.file.illumination;
      return await planFirstProbes(
        {design, illumination: light, probe, scans: timedScans(scans)},
        choices,
        hooks,
      );
    }
    using store = openStore(subject.databasePath, {readOnly: true});
    const alignment = getAlignment(store, subject.alignmentUid);
    const {scans} = subject;
    const pace = scans === null ? paceOfSession(store, alignment.sessionUid) : null;
    const scansOf = (design: Design): readonly PlannedScan[] =>
      scans === null ? pacedScans(gridPlansOf(design), pace) : timedScans(scans);
    return await planNextProbes(store, alignment, {...choices, scansOf}, hooks);
  },
);
