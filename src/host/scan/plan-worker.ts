import type {ReadJobs} from '../threads/read-apart.ts';
import {serveJobs} from '../threads/serve-jobs.ts';
import {loadPlanContent, type PlanText} from './plan-content.ts';

// Entry of the thread that reads the content of plans for `readPlanSpec`.
serveJobs<ReadJobs<PlanText, unknown>>({read: loadPlanContent});
