import type {ReadOutStudyData} from '../../contract/read-out-calibration.ts';
import type {ReadOutSample} from '../../twin/calibration/read-out-fit.ts';
import {openStore, type Store} from '../store/open-store.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {createAsBuiltPool} from './as-built-pool.ts';
import {drawnObjects} from './drawn-objects.ts';
import {learnReadOut} from './learn-read-out.ts';
import type {LearnReadOutThreadRequest} from './learn-read-out-protocol.ts';
import {recordedBench} from './recorded-bench.ts';
import {asBuiltWork} from './reprint.ts';
import {simulateSamples} from './simulated-samples.ts';

/** Objects that no demo shows, behind the network as it was built. */
async function simulate(
  store: Store,
  {asBuiltUid, simulatedCount, seed, workerCount}: LearnReadOutThreadRequest,
  signal: AbortSignal,
): Promise<readonly ReadOutSample[]> {
  if (asBuiltUid === null || simulatedCount === 0) return [];
  const {bench} = await recordedBench(store, asBuiltUid);
  const {images, taught} = drawnObjects(bench.design.file, {taughtCount: simulatedCount, judgedCount: 0});
  await using pool = createAsBuiltPool(asBuiltWork(bench, images), {workerCount, signal});
  return await simulateSamples(pool, {labels: images.labels, indices: taught, seed});
}

// Entry of the thread that calibrates a read-out: it reads over a connection of its own.
await serveOnce<LearnReadOutThreadRequest, ReadOutStudyData>(async (request, {signal}) => {
  using store = openStore(request.databasePath, {readOnly: true});
  const simulated = await simulate(store, request, signal);
  return learnReadOut(store, {...request, simulated});
});
