import {openStore} from '../store/open-store.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {recordedBench} from './recorded-bench.ts';
import {reprintPlate} from './reprint-plate.ts';
import type {ReprintNews, ReprintOutput, ReprintRequest} from './reprint-protocol.ts';

// Entry of the thread that designs one plate again; it reads over a connection of its own and leads those that compute.
await serveOnce<ReprintRequest, ReprintOutput, ReprintNews>(
  async ({databasePath, asBuiltUid, ...request}, {signal, onProgress}) => {
    using store = openStore(databasePath, {readOnly: true});
    return await reprintPlate(await recordedBench(store, asBuiltUid), request, {signal, onNews: onProgress});
  },
);
