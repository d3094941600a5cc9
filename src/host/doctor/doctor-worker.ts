import {examineInstallation} from './doctor.ts';
import type {DoctorJobs} from './doctor-protocol.ts';
import {serveJobs} from '../threads/serve-jobs.ts';

// Entry of the thread that tries what is installed: loading libraries takes a quarter of a second, in which the loop
// that serves the instruments would stand still.
serveJobs<DoctorJobs>({
  examine: examineInstallation,
});
