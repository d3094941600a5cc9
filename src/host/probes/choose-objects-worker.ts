import {openStore} from '../store/open-store.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {chooseObjects, type ChooseObjectsRequest, type ChosenObjects} from './align-objects.ts';

// Entry of the thread that chooses objects for `chooseObjectsApart`: it reads over a connection of its own, which writes
// nothing, and leads the threads that compute.
await serveOnce<ChooseObjectsRequest, ChosenObjects, string>(
  async ({databasePath, seen, objects}, {signal, onProgress}) => {
    using store = openStore(databasePath, {readOnly: true});
    return await chooseObjects(store, seen, objects, {signal, onText: onProgress});
  },
);
