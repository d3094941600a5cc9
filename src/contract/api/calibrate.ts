import {z} from 'zod';
import {asBuiltSchema} from '../as-built.ts';
import {reprintLineageSchema, reprintSettingsSchema} from '../reprint.ts';
import {drawnPlanesSchema} from '../calibrate-offers.ts';
import {readOutStudySchema} from '../read-out-calibration.ts';
import {acting, reading} from './procedure.ts';
import {float64s, hostPathSchema} from './feed.ts';
import {inPlaceProcedures} from './calibrate-in-place.ts';

const workerCount = z.number().int().min(1).max(256).optional();

/** `virtual`: the default scene of the virtual bench. `file`: light, probe and errors of a bench file. */
export const calibrateBenchSchema = z
  .discriminatedUnion('kind', [
    z.object({kind: z.literal('virtual')}),
    z.object({kind: z.literal('file'), path: hostPathSchema}),
  ])
  .default({kind: 'virtual'});

const recordHead = {uid: z.string(), timeS: z.number(), sessionUid: z.string(), benchName: z.string()};

/** An as-built record and how it stands. */
export const asBuiltEntrySchema = z.object({
  ...recordHead,
  benchSeed: z.number().nullable(),
  status: z.enum(['current', 'replaced', 'not-accepted']),
  statusText: z.string(),
  record: asBuiltSchema,
});
export type AsBuiltEntry = z.infer<typeof asBuiltEntrySchema>;

/** A calibration of the read-out and how it stands. */
export const readOutEntrySchema = z.object({
  ...recordHead,
  designName: z.string(),
  validUntilS: z.number().nullable(),
  status: z.enum(['current', 'expired', 'replaced', 'stale', 'revoked']),
  statusText: z.string(),
  by: z.string(),
  study: readOutStudySchema,
});
export type ReadOutEntry = z.infer<typeof readOutEntrySchema>;

/** What to do with a printed network that is not as designed: docs/calibrating.md. */
export const calibrate = {
  asBuilt: reading('/calibrate/as-built', 'As-built records of networks, newest first')
    .input(z.object({sessionUid: z.string().optional(), designHash: z.string().optional()}))
    .output(z.object({records: z.array(asBuiltEntrySchema)})),
  /** Throws `store/not-found` without such a record or plate. */
  asBuiltHeights: reading('/calibrate/as-built-heights', 'Heights of a plate as designed and as built')
    .input(z.object({uid: z.string(), plate: z.number().int().min(1)}))
    .output(
      z.object({
        /** Samples along a side. */
        count: z.number().int(),
        pitchMm: z.number(),
        /** Relief above the base, mm, row by row, row 0 at the smallest y. */
        designedMm: float64s,
        builtMm: float64s,
      }),
    ),
  /**
   * Fits the heights of the prints of an alignment and writes down how its network was built. Predictions as aligned with
   * that alignment use the record from then on.
   */
  recordAsBuilt: acting('/calibrate/record-as-built', 'Record how a network was built', 'record-as-built')
    .input(
      z.object({
        alignmentUid: z.string(),
        /** Planes of its session to fit heights to, at most; 0 leaves heights as they are known. */
        planeCount: z.number().int().min(0).max(1000).default(20),
        /** How far errors of the prints hang together, mm: exp(-1) of their autocorrelation; 0 for independent pixels. */
        correlationMm: z.number().min(0).max(10).default(0.5),
        /** Whether it is found how well these planes show heights, which takes as long again. */
        isJudged: z.boolean().default(true),
        workerCount,
      }),
    )
    .output(z.object({id: z.string()})),
  readOuts: reading('/calibrate/read-outs', 'Calibrations of the read-out, newest first')
    .input(z.object({sessionUid: z.string().optional()}))
    .output(z.object({readOuts: z.array(readOutEntrySchema)})),
  /** Learns a correction of the measured energies from campaigns and, unless told not to, keeps it. */
  learnReadOut: acting(
    '/calibrate/learn-read-out',
    'Calibrate the read-out of a network',
    'calibrate-read-out',
  )
    .input(
      z.object({
        /** Campaigns of one bench and design. */
        sessionUids: z.array(z.string()).min(1).max(100),
        /** Most measured objects to learn from; all but the tested ones unless given. */
        learnedCount: z.number().int().min(1).optional(),
        /** Objects that test it; a third of all unless given. */
        testedCount: z.number().int().min(1).optional(),
        /** Simulated objects behind an as-built network that it is drawn to; 0 for none. */
        simulatedCount: z.number().int().min(0).max(2000).default(0),
        /** The as-built record for these; the newest of the bench and design unless given. */
        asBuiltUid: z.string().optional(),
        seed: z.number().int().min(0).default(1),
        /** False: only says what it would gain. */
        isKept: z.boolean().default(true),
        /** For how long it counts; the setting for read-outs unless given. */
        validForH: z
          .number()
          .gt(0)
          .max(24 * 366)
          .optional(),
        workerCount,
      }),
    )
    .output(z.object({id: z.string()})),
  /**
   * Simulated objects say how many measured ones a read-out has to be learnt from: of a network as it was built, or of a
   * design on benches that are drawn from how a bench measures. About two seconds an object on one core for thick plates of 200 x 200 pixels.
   */
  readOutCurve: acting(
    '/calibrate/read-out-curve',
    'How many objects a read-out has to be learnt from',
    'start-read-out-curve',
  )
    .input(
      z.object({
        of: z.discriminatedUnion('kind', [
          z.object({kind: z.literal('built'), asBuiltUid: z.string()}),
          z.object({
            kind: z.literal('drawn'),
            designFolder: hostPathSchema.optional(),
            bench: calibrateBenchSchema,
            benchCount: z.number().int().min(1).max(100).default(4),
            /** One sample a pixel instead of two a side: a quarter of the time. */
            isQuick: z.boolean().default(false),
          }),
        ]),
        /** Objects of each bench to learn from, at most, and others that test it. */
        learnedCount: z.number().int().min(10).max(1000).default(80),
        testedCount: z.number().int().min(10).max(1000).default(60),
        seed: z.number().int().min(0).default(1),
        workerCount,
      }),
    )
    .output(z.object({id: z.string()})),
  /** Revokes a calibration of the read-out: campaigns are shown without it from then on. */
  revokeReadOut: acting(
    '/calibrate/revoke-read-out',
    'Revoke a calibration of the read-out',
    'revoke-read-out',
  )
    .input(z.object({uid: z.string()}))
    .output(readOutEntrySchema),
  /** What each way of making a network work again would gain, foretold by the twin as built. */
  offers: acting('/calibrate/offers', 'What may be done, and what each gains', 'start-calibrate-offers')
    .input(
      z.object({
        asBuiltUid: z.string(),
        bench: calibrateBenchSchema,
        /** Drawn objects that judge. */
        judgedCount: z.number().int().min(20).max(1000).default(100),
        /** Measured objects that a read-out would be learnt from. */
        learnedCount: z.number().int().min(10).max(1000).default(50),
        /** Steps of the short training of each plate; 0 does not try plates. */
        tryingSteps: z.number().int().min(0).max(10_000).default(40),
        seed: z.number().int().min(0).default(1),
        workerCount,
      }),
    )
    .output(z.object({id: z.string()})),
  /**
   * Designs one plate again, all others frozen as built and where they stand, and writes a new design with it. Stopped it
   * keeps a checkpoint, from which it goes on when it is started again with the same settings and folder.
   */
  reprint: acting('/calibrate/reprint', 'Design one plate of a printed network again', 'start-reprint')
    .input(
      z.object({
        asBuiltUid: z.string(),
        settings: reprintSettingsSchema.prefault({}),
        bench: calibrateBenchSchema,
        /** Design folder to write; among those of the data folder unless given. */
        folder: hostPathSchema.optional(),
        name: z.string().min(1).max(200).optional(),
        command: z.string().max(4000).optional(),
        workerCount,
      }),
    )
    .output(z.object({id: z.string(), folder: z.string()})),
  ...inPlaceProcedures,
  /** Throws `store/not-found` for a uid that is no plate that was designed again. */
  reprintPlanes: reading('/calibrate/reprint-planes', 'What a drawn object shows before and after a plate')
    .input(z.object({uid: z.string()}))
    .output(
      z.object({
        /** Null in records of earlier versions of the program. */
        planes: drawnPlanesSchema.nullable(),
      }),
    ),
  reprints: reading('/calibrate/reprints', 'Plates that were designed again, newest first').output(
    z.object({
      reprints: z.array(
        z.object({
          ...recordHead,
          designName: z.string(),
          designHash: z.string(),
          folder: z.string(),
          lineage: reprintLineageSchema,
        }),
      ),
    }),
  ),
};
