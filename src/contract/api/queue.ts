import {z} from 'zod';
import {queuedJobSchema, queueItemSchema} from '../queue.ts';
import {acting, reading} from './procedure.ts';

/** The queue: what is measured one after the other, and how long it takes. */
export const queueStateSchema = z.object({
  items: z.array(queueItemSchema),
  isPaused: z.boolean(),
  pausedBecause: z.string(),
  /** Real time of all that waits and of the rest of what is measured, s; null where that of an item is not known. */
  secondsLeft: z.number().nullable(),
  /** Counts up whenever something here changes. */
  version: z.number().int(),
});
export type QueueState = z.infer<typeof queueStateSchema>;

const itemInput = z.object({id: z.string()});

/** Scans and campaigns that are measured one after the other, also after a restart of the program. */
export const queue = {
  /** Waits up to `waitMs` for a version above `after`. */
  state: reading('/queue/state', 'Feed: what waits to be measured')
    .input(
      z.object({
        after: z.number().int().min(-1).default(-1),
        waitMs: z.number().int().min(0).max(30_000).default(0),
      }),
    )
    .output(queueStateSchema),
  /** At the end of the queue. Refused, where a bench is open, for what that bench would refuse. */
  add: acting('/queue/add', 'Put a scan or a campaign into the queue', 'queue-add')
    .input(
      z.object({
        job: queuedJobSchema,
        title: z.string().max(200).optional(),
        goesOnAfterFailure: z.boolean().default(false),
      }),
    )
    .output(z.object({id: z.string()})),
  /** What waits, or what is over; what is measured now is ended by `run.stop`. */
  remove: acting('/queue/remove', 'Take an item out of the queue', 'queue-remove')
    .input(itemInput)
    .output(z.object({})),
  /** `place` among those that wait, from 0. */
  move: acting('/queue/move', 'Change the order of the queue', 'queue-move')
    .input(itemInput.extend({place: z.number().int().min(0)}))
    .output(z.object({})),
  setGoesOn: acting(
    '/queue/set-goes-on',
    'Whether the queue goes on when this item fails',
    'queue-set-goes-on',
  )
    .input(itemInput.extend({goesOnAfterFailure: z.boolean()}))
    .output(z.object({})),
  /** What is measured now goes on to its end; nothing is begun after it. */
  pause: acting('/queue/pause', 'Begin nothing more', 'queue-pause').output(z.object({})),
  resume: acting('/queue/resume', 'Go on with the queue', 'queue-resume').output(z.object({})),
};
