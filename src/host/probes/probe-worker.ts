import {workerData} from 'node:worker_threads';
import {getAlignment} from '../placements/alignment-records.ts';
import {orderPlanes} from './plane-order.ts';
import {planNextProbes} from './probe-plan-on-bench.ts';
import {paceOfSession, pacedScans} from './probe-pace.ts';
import {gridPlansOf} from './probe-scans.ts';
import {openStore} from '../store/open-store.ts';
import type {ProbeJobs, ProbeSpec} from './probe-protocol.ts';
import {serveJobs} from '../threads/serve-jobs.ts';

// Entry of the thread that says what to measure next: it reads over a connection of its own, which writes nothing.
const {databasePath} = workerData as ProbeSpec;
serveJobs<ProbeJobs>({
  next: async ({alignmentUid, objectCount}) => {
    using store = openStore(databasePath, {readOnly: true});
    const alignment = getAlignment(store, alignmentUid);
    const secondsPerPoint = paceOfSession(store, alignment.sessionUid);
    return await planNextProbes(
      store,
      alignment,
      {objectCount, scansOf: (design) => pacedScans(gridPlansOf(design), secondsPerPoint)},
      {},
    );
  },
  order: async ({sessionUid}) => {
    using store = openStore(databasePath, {readOnly: true});
    return await orderPlanes(store, sessionUid);
  },
});
