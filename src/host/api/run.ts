import type {LiveServices} from '../bench-service/live-bench.ts';
import {os} from './procedures.ts';

/** The run under way. */
export const runApi = ({bench, hostId}: LiveServices) => ({
  events: os.run.events.handler(async ({input, signal}) => {
    const {entries, last, lostCount} = await bench.runEvents.follow({...input, signal});
    return {hostId, last, lostCount, entries: [...entries]};
  }),
  pause: os.run.pause.handler(async () => ({isPaused: await bench.pauseRun()})),
  resume: os.run.resume.handler(async () => {
    await bench.resumeRun();
    return {};
  }),
  stop: os.run.stop.handler(async ({input}) => ({sentence: await bench.stopRun(input.reason)})),
  skipWait: os.run.skipWait.handler(() => ({hasSkipped: bench.skipWait()})),
});
