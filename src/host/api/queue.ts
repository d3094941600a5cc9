import {countOf} from '../../base/count-text.ts';
import {benchErrorFrom} from '../../contract/errors.ts';
import {planTitle} from '../../contract/plan-span.ts';
import type {QueuedJob} from '../../contract/queue.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import {JobQueue} from '../queue/job-queue.ts';
import {readQueue, writeQueue} from '../queue/queue-file.ts';
import {dryRunScan} from '../scan/run-scan.ts';
import {campaignStartFrom, walkedCampaign} from './campaign.ts';
import {os} from './procedures.ts';
import {scanRequestFrom} from './scan.ts';
import {startScan} from './start-scan.ts';

/** Scans and campaigns that are measured one after the other. */
export const queueApi = (services: LiveServices) => ({
  state: os.queue.state.handler(async ({input: {after, waitMs}, signal}) => {
    const queue = await queueOf(services);
    if (queue.changes.count === after) await queue.changes.wait({after, waitMs, signal});
    return queue.state;
  }),

  add: os.queue.add.handler(async ({input, signal}) => {
    const queue = await queueOf(services);
    const {job, goesOnAfterFailure} = input;
    // Told now and not in the middle of the night.
    const seconds = await secondsOf(services, job, signal);
    return {id: await queue.add(job, {title: input.title ?? titleOf(job), seconds, goesOnAfterFailure})};
  }),

  remove: os.queue.remove.handler(async ({input: {id}}) => {
    await (await queueOf(services)).remove(id);
    return {};
  }),

  move: os.queue.move.handler(async ({input: {id, place}}) => {
    await (await queueOf(services)).move(id, place);
    return {};
  }),

  setGoesOn: os.queue.setGoesOn.handler(async ({input: {id, goesOnAfterFailure}}) => {
    await (await queueOf(services)).setGoesOn(id, goesOnAfterFailure);
    return {};
  }),

  pause: os.queue.pause.handler(async ({context}) => {
    await (await queueOf(services)).pause(`paused by ${context.operator() || context.client}`);
    return {};
  }),

  resume: os.queue.resume.handler(async () => {
    await (await queueOf(services)).resume();
    return {};
  }),
});

const queues = new WeakMap<LiveServices, Promise<JobQueue>>();

/** The queue of a host, read when it is first asked for. */
function queueOf(services: LiveServices): Promise<JobQueue> {
  const known = queues.get(services);
  if (known) return known;
  const opening = openQueue(services);
  queues.set(services, opening);
  // One that cannot be read is tried again at the next call: somebody may have put it right.
  opening.catch(() => queues.delete(services));
  return opening;
}

/** Ends the queue of a host: nothing more is begun. */
export const disposeQueue = async (services: LiveServices): Promise<void> => {
  const opened = await queues.get(services)?.catch(() => undefined); // one that could not be read begins nothing
  opened?.[Symbol.dispose]();
};

async function openQueue(services: LiveServices): Promise<JobQueue> {
  const {bench, data, log} = services;
  return new JobQueue(
    {
      runEvents: bench.runEvents,
      isBusy: () => bench.isBusy,
      isBenchOpen: () => bench.openBench !== undefined,
      start: (job, title) => startJob(services, job, title),
      sessionOfRun: () => bench.run?.sessionUid ?? null,
      secondsLeft: () => bench.run?.timeLeftS ?? null,
      save: (queue) => writeQueue(data.path, queue),
      say: (level, text) => log.add({level, source: 'queue', text, code: null}),
    },
    await readQueue(data.path),
  );
}

function startJob(services: LiveServices, job: QueuedJob, title: string): Promise<{readonly id: string}> {
  if (job.kind === 'campaign')
    return campaignStartFrom(
      services,
      {...job.request, title: job.request.title ?? title},
      {
        operator: services.settings.get().operator,
        signal: undefined,
      },
    );
  const {onSettings, isAttended, suspenders} = job.request;
  return scanRequestFrom(services, job.request).then((request) =>
    startScan(services, {request, title, onSettings, isAttended, suspenders, signal: undefined}),
  );
}

const titleOf = ({kind, request}: QueuedJob): string => {
  if (request.title !== undefined && request.title !== '') return request.title;
  if (kind === 'scan') return planTitle(request.plan);
  const {digitIds, digitCount} = request;
  return `campaign of ${countOf(digitIds.length || digitCount, 'digit')}`;
};

/** Real time of a job as it is walked dry; null where no bench is open. Throws what the open bench refuses it for. */
async function secondsOf(
  services: LiveServices,
  job: QueuedJob,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const {bench, store} = services;
  const open = bench.openBench;
  if (!open) return null;
  if (job.kind === 'campaign') return (await walkedCampaign(services, job.request, signal)).seconds;
  const request = await scanRequestFrom(services, job.request);
  const {dryRun, refusal} = await dryRunScan({bench: open, store}, request, {
    fromMm: bench.positionMm(),
    signal,
  });
  // Whether the stage is trusted is asked when its turn comes: it may be homed until then.
  if (refusal?.code === 'motion/limit' || refusal?.code === 'plan/invalid') throw benchErrorFrom(refusal);
  return dryRun.seconds / open.clock.speed;
}
