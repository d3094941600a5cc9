import {z} from 'zod';
import {alignmentResultSchema, alignmentSensitivitySchema} from '../alignment.ts';
import {probePlanSchema} from '../probe-plan.ts';
import {alignComputations} from './align-computations.ts';
import {acting, reading} from './procedure.ts';
import {feedHead, feedInput} from './feed.ts';
import {
  alignSourceSchema,
  alignSourcePlaneSchema,
  alignParameterChoiceSchema,
  alignJobSchema,
  alignSummarySchema,
  alignDetailSchema,
  alignCorrectionSchema,
  planeOrderSchema,
  alignStartSchema,
} from './align-shapes.ts';

/** Where every part of a bench stands, from measured planes: start, results, acceptance, corrections, what to measure next. */
export const align = {
  sources: reading('/align/sources', 'Sessions whose planes an alignment can use, newest first')
    .input(
      z.object({
        designHash: z.string().optional(),
        limit: z.number().int().min(1).max(1000).default(100),
      }),
    )
    .output(z.object({sources: z.array(alignSourceSchema)})),
  planes: reading(
    '/align/planes',
    'Planes of a session that can be chosen, and numbers that can be left free',
  )
    .input(z.object({sessionUid: z.string()}))
    .output(
      z.object({
        source: alignSourceSchema,
        planes: z.array(alignSourcePlaneSchema),
        parameters: z.array(alignParameterChoiceSchema),
      }),
    ),
  /** One at a time; it uses no instrument and may run beside a measurement. */
  start: acting('/align/start', 'Find where everything stands from measured planes', 'start-alignment')
    .input(alignStartSchema)
    .output(z.object({id: z.string()})),
  /** The job under way or the last one; null before the first. The feed's newest entry only. */
  status: reading('/align/status', 'Feed: how the alignment under way stands')
    .input(feedInput)
    .output(z.object({...feedHead, job: alignJobSchema.nullable()})),
  ...alignComputations,
  stop: acting(
    '/align/stop',
    'Stop the alignment under way; nothing of it is stored',
    'stop-alignment',
  ).output(z.object({hasStopped: z.boolean()})),
  /** What an alignment has found, also one of which nothing was stored. One of the latest, by the id that its start gave. */
  outcome: reading('/align/outcome', 'What an alignment has found')
    .input(z.object({id: z.string()}))
    .output(
      z.object({
        sessionUid: z.string(),
        /** Null where nothing was stored. */
        alignmentUid: z.string().nullable(),
        result: alignmentResultSchema,
      }),
    ),
  /** By the beginning of its uid. Refused with `store/not-found` when there is none, or more than one. */
  find: reading('/align/find', 'The alignment whose uid begins so')
    .input(z.object({start: z.string().min(1).max(100)}))
    .output(
      z.object({
        uid: z.string(),
        benchName: z.string(),
        /** Of the virtual bench that was measured; null for a real one. */
        benchSeed: z.number().nullable(),
      }),
    ),
  results: reading('/align/results', 'Alignments that were made, newest first')
    .input(z.object({sessionUid: z.string().optional(), designHash: z.string().optional()}))
    .output(z.object({alignments: z.array(alignSummarySchema)})),
  result: reading('/align/result', 'An alignment with its planes')
    .input(z.object({uid: z.string()}))
    .output(alignDetailSchema),
  /**
   * Makes the placement active for the bench and design that it was measured on: as-aligned predictions use it until
   * it is revoked, another one is accepted, its time is over or the bench has changed. Refused for one that failed.
   */
  accept: acting('/align/accept', 'Use this placement for as-aligned predictions', 'accept-alignment')
    .input(
      z.object({
        uid: z.string(),
        /** The setting for placements without one. */
        validForH: z
          .number()
          .gt(0)
          .max(24 * 366)
          .optional(),
      }),
    )
    .output(alignSummarySchema),
  /** Revokes an accepted placement: what was active before it is active again, if it still holds. */
  undo: acting('/align/undo', 'Revoke an accepted placement', 'undo-alignment')
    .input(z.object({uid: z.string()}))
    .output(alignSummarySchema),
  /**
   * What each degree of freedom does to a design, before anything is measured: seen by the light and the probe of its
   * newest campaign. Computed once, which takes about a second a digit, and kept.
   */
  sensitivity: reading('/align/sensitivity', 'What each degree of freedom does to a design')
    .input(
      z.object({
        designHash: z.string(),
        /** Test digits that it is computed for. */
        objectCount: z.number().int().min(1).max(200).default(20),
      }),
    )
    .output(z.object({designName: z.string(), sensitivity: alignmentSensitivitySchema})),
  /** Which object tells most after an alignment. Computed once, which takes about half a minute, and kept. */
  nextProbe: reading('/align/next-probe', 'What to measure next, and what it would tell')
    .input(z.object({uid: z.string(), objectCount: z.number().int().min(1).max(5).default(3)}))
    .output(probePlanSchema),
  /**
   * Starts a campaign of further objects on the open bench, scanned as those of the alignment were. When it is done,
   * its planes and those of the alignment are aligned together, which takes the place of an alignment of either.
   */
  measureNext: acting(
    '/align/measure-next',
    'Measure further objects and align them together with those of an alignment',
    'start-campaign',
  )
    .input(
      z.object({
        uid: z.string(),
        /** `mnist:5:5654`, as `nextProbe` names them. */
        objects: z.array(z.string().max(40)).min(1).max(10),
      }),
    )
    .output(z.object({id: z.string()})),
  /** Computed once for the planes that there are, about a second a plane, and kept. */
  planeOrder: reading('/align/plane-order', 'Which planes of a session are most informative')
    .input(z.object({sessionUid: z.string()}))
    .output(planeOrderSchema),
  corrections: reading('/align/corrections', 'What to do to each plate, in words')
    .input(z.object({uid: z.string()}))
    .output(
      z.object({
        /** From where one looks, for all the sentences. */
        viewpoint: z.string(),
        /** One sentence on the whole: what has to be done, or that nothing has. */
        text: z.string(),
        /** By what it was judged which displacements matter. */
        basis: z.string(),
        /** False until the table of the design is computed, which this question begins: ask again. */
        isByDesign: z.boolean(),
        items: z.array(alignCorrectionSchema),
      }),
    ),
};
