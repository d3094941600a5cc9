import type {AlignmentResult} from '../../contract/alignment.ts';
import type {AlignProgress} from '../../twin/alignment/align.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {readAlignmentData} from './align-data.ts';
import type {AlignDataRequest} from './align-data-apart.ts';
import {alignPlanes} from './align-planes.ts';

// Entry of the thread that aligns planes measured elsewhere for `alignDataApart`; it leads the threads that compute.
await serveOnce<AlignDataRequest, AlignmentResult, AlignProgress>(
  async ({folder, ...options}, hooks) =>
    (await alignPlanes(await readAlignmentData(folder), {...options, ...hooks})).result,
);
