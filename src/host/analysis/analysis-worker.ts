import {workerData} from 'node:worker_threads';
import {openStore} from '../store/open-store.ts';
import {serveJobs} from '../threads/serve-jobs.ts';
import type {AnalysisJobs, AnalysisSpec} from './analysis-protocol.ts';
import type {createStoredComputations} from './stored-computations.ts';
import {createStoredLookups, type LookupKind} from './stored-lookups.ts';

// Entry of the thread that reads whole runs and sessions and computes with them, so that the loop that serves the
// instruments is never held up. It has a connection of its own, which sees what is committed and writes nothing.
const {databasePath} = workerData as AnalysisSpec;
const store = openStore(databasePath, {readOnly: true});

let computations: Promise<ReturnType<typeof createStoredComputations>> | undefined;

/** A job whose modules are loaded when it is first asked for: a list of sessions is there in half the time. */
const computed =
  <Kind extends Exclude<keyof AnalysisJobs, LookupKind>>(kind: Kind) =>
  async (input: AnalysisJobs[Kind]['input']) => {
    computations ??= import('./stored-computations.ts').then((module) =>
      module.createStoredComputations(store),
    );
    return (await computations)[kind](input);
  };

serveJobs<AnalysisJobs>({
  ...createStoredLookups(store),
  guides: computed('guides'),
  guidePlanes: computed('guidePlanes'),
  campaignResult: computed('campaignResult'),
  evaluate: computed('evaluate'),
  digitPlanes: computed('digitPlanes'),
  listDigits: computed('listDigits'),
  chooseDigits: computed('chooseDigits'),
  campaignDigits: computed('campaignDigits'),
  namedDigits: computed('namedDigits'),
  sessionDesign: computed('sessionDesign'),
  digitPictures: computed('digitPictures'),
  orderPrediction: computed('orderPrediction'),
  compare: computed('compare'),
  alignSources: computed('alignSources'),
  alignPlanes: computed('alignPlanes'),
  alignSummaries: computed('alignSummaries'),
  alignSummary: computed('alignSummary'),
  alignDetail: computed('alignDetail'),
  alignCorrections: computed('alignCorrections'),
  export: computed('export'),
});
