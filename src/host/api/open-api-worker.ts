import {createOpenApiDocument} from './open-api.ts';
import type {OpenApiJobs} from './open-api-protocol.ts';
import {serveJobs} from '../threads/serve-jobs.ts';

// Entry of the thread that describes the API: making JSON schemas of all procedures holds a thread for a good part of
// a second.
serveJobs<OpenApiJobs>({describe: async () => JSON.stringify(await createOpenApiDocument())});
