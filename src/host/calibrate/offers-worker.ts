import type {CalibrateOffers} from '../../contract/calibrate-offers.ts';
import {openStore} from '../store/open-store.ts';
import {serveOnce} from '../threads/serve-once.ts';
import type {StudyNews} from '../twin/study-news.ts';
import {offerCalibrations, type OffersRequest} from './offers.ts';
import {recordedBench} from './recorded-bench.ts';

// Entry of the thread that foretells what each way of calibrating gains; it leads those that compute.
await serveOnce<
  OffersRequest & {readonly databasePath: string; readonly asBuiltUid: string},
  CalibrateOffers,
  StudyNews
>(async ({databasePath, asBuiltUid, ...request}, {signal, onProgress}) => {
  using store = openStore(databasePath, {readOnly: true});
  return await offerCalibrations(await recordedBench(store, asBuiltUid), request, {
    signal,
    onNews: onProgress,
  });
});
