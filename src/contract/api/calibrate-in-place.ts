import {z} from 'zod';
import {rateSchema} from '../rate.ts';
import {inPlaceOrderSchema, inPlaceSchema, inPlaceSettingsSchema, reprintLineageSchema} from '../reprint.ts';
import {hostPathSchema} from './feed.ts';
import {acting, reading} from './procedure.ts';
import {isAttendedSchema, onSettingsSchema} from './scan.ts';

const workerCount = z.number().int().min(1).max(256).optional();

/** What is learnt on the bench, and where from. */
const asked = {
  asBuiltUid: z.string(),
  settings: inPlaceSettingsSchema.prefault({}),
  /** Points along the side of a region. */
  pointsPerSide: z.number().int().min(1).max(100).default(8),
};

/** How far a plate is learnt: what the plate of before read right, null before that was measured, and each step. */
const learntSchema = {before: rateSchema.nullable(), curve: inPlaceSchema.shape.curve};

/** The learning under way or the last one of this host. */
export const inPlaceProgressSchema = z.object({
  /** Of the job: that of the run status while it goes on. */
  id: z.string(),
  designName: z.string(),
  /** From 1. */
  plate: z.number().int(),
  stepCount: z.number().int(),
  folder: z.string(),
  ...learntSchema,
});
export type InPlaceProgress = z.infer<typeof inPlaceProgressSchema>;

/** A learning that was stopped between two steps. */
export const stoppedInPlaceSchema = z.object({
  folder: z.string(),
  order: inPlaceOrderSchema,
  /** Steps that were done. */
  step: z.number().int(),
  ...learntSchema,
});
export type StoppedInPlace = z.infer<typeof stoppedInPlaceSchema>;

/** A plate that is learnt on the open bench; part of `calibrate`. */
export const inPlaceProcedures = {
  /** Nothing moves. Without a bench, or where it is refused, costs are told all the same, without their time. */
  inPlaceDryRun: reading('/calibrate/in-place-dry-run', 'What learning a plate on the open bench would take')
    .input(z.object(asked))
    .output(
      z.object({
        isAllowed: z.boolean(),
        /** Why not; ''. */
        refusal: z.string(),
        /** The plate that would be learnt, and those that could be, from 1. */
        plate: z.number().int(),
        plates: z.array(z.number().int()),
        exchangeCount: z.number().int(),
        objectCount: z.number().int(),
        pointCount: z.number().int(),
        /** Real time of moving and reading; what exchanging and computing take comes on top. */
        seconds: z.number().nullable(),
      }),
    ),
  /**
   * Learns one plate on the open bench, measured forward and carried back by the twin as built, and writes a new design with
   * it. Refused on a bench that cannot exchange that plate. A job of the bench: paused, stopped and followed as a scan; stopped
   * it goes on from its last step when it is started again with the same settings and folder, or by `resumeInPlace`.
   */
  inPlace: acting('/calibrate/in-place', 'Learn one plate on the open bench', 'start-in-place')
    .input(
      z.object({
        ...asked,
        /** Design whose plate is the first to be changed; the one that stands in the bench unless given. */
        startFolder: hostPathSchema.optional(),
        /** Design folder to write; among those of the data folder unless given. */
        folder: hostPathSchema.optional(),
        name: z.string().min(1).max(200).optional(),
        command: z.string().max(4000).optional(),
        operator: z.string().max(200).optional(),
        onSettings: onSettingsSchema,
        isAttended: isAttendedSchema,
        workerCount,
      }),
    )
    .output(z.object({id: z.string(), folder: z.string()})),
  /** From the checkpoint in a folder, with the settings that it was begun with. */
  resumeInPlace: acting('/calibrate/resume-in-place', 'Go on learning a plate', 'resume-in-place')
    .input(
      z.object({
        folder: hostPathSchema,
        operator: z.string().max(200).optional(),
        onSettings: onSettingsSchema,
        isAttended: isAttendedSchema,
        workerCount,
      }),
    )
    .output(z.object({id: z.string(), folder: z.string()})),
  /** Of the data folder; those that were written elsewhere are known to the one who named their folder. */
  inPlaceStopped: reading('/calibrate/in-place-stopped', 'Learnings that can be gone on with').output(
    z.object({stopped: z.array(stoppedInPlaceSchema)}),
  ),
  inPlaceProgress: reading(
    '/calibrate/in-place-progress',
    'The plate that is being learnt, or the last',
  ).output(z.object({progress: inPlaceProgressSchema.nullable()})),
  /** Of a job that has come to its end; throws `store/not-found` otherwise. */
  inPlaceOutcome: reading('/calibrate/in-place-outcome', 'The plate that was learnt on the bench')
    .input(z.object({id: z.string()}))
    .output(
      z.object({
        folder: z.string(),
        designHash: z.string(),
        designName: z.string(),
        lineage: reprintLineageSchema,
      }),
    ),
};
