import {loadDesignFolder} from '../designs/design-folder.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {sensitivityOfDesign} from './design-sensitivity.ts';
import type {SensitivityRequest} from './sensitivity-apart.ts';

// Entry of the thread that computes a sensitivity for `sensitivityApart`; it leads the threads that compute.
await serveOnce(async ({designFolder, ...options}: SensitivityRequest, {signal}) =>
  sensitivityOfDesign(await loadDesignFolder(designFolder), {...options, signal}),
);
