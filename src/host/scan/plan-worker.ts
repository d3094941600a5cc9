import type {ReadJobs} from '../threads/read-apart.ts';
import {serveJobs} from '../threads/serve-jobs.ts';
import {parsePlanContent, type PlanText} from './plan-content.ts';

// Entry of the thread that parses the content of plans for `readPlanSpec`.
serveJobs<ReadJobs<PlanText, unknown>>({read: parsePlanContent});
