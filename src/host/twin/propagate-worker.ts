import {serveOnce} from '../threads/serve-once.ts';
import {propagateField, type PropagateRequest} from './plane-jobs.ts';

// Entry of the thread that carries one field over a distance for `propagateApart`.
await serveOnce(
  async (request: PropagateRequest) => propagateField(request),
  ({re, im}) => [re.buffer, im.buffer],
);
