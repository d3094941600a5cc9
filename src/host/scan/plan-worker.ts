import {serveOnce} from '../threads/serve-once.ts';
import {loadPlanContent} from './plan-content.ts';

// Entry of the thread that reads the content of one plan for `readPlanSpec`.
await serveOnce(loadPlanContent);
