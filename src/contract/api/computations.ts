import {z} from 'zod';
import {wireErrorSchema} from './bench-status.ts';
import {feedHead, feedInput} from './feed.ts';
import {acting, reading} from './procedure.ts';
import {asBuiltSourceSchema} from '../as-built.ts';
import {alignmentResultSchema, alignmentSensitivitySchema} from '../alignment.ts';
import {imageQualitySchema} from '../imaging.ts';
import {calibrateOffersSchema} from '../calibrate-offers.ts';
import {readOutCurveSchema, readOutStudySchema} from '../read-out-calibration.ts';
import {reprintLineageSchema} from '../reprint.ts';
import {measuredLossSchema, measurementModelSchema} from '../measurement.ts';
import {plateExportResultSchema} from '../plate-export.ts';
import {probePlanSchema} from '../probe-plan.ts';
import {readOutResultSchema} from '../read-out-training.ts';
import {toleranceStudySchema} from '../tolerance.ts';
import {tradeOffStudySchema} from '../trade-off.ts';
import {classificationSchema, trainingCurvePointSchema} from '../training.ts';

/** What a computation came to, by its kind. */
export const computationResultSchema = z.discriminatedUnion('kind', [
  /** Folder of the design that was written, and its curve. */
  z.object({kind: z.literal('train'), folder: z.string(), curve: z.array(trainingCurvePointSchema)}),
  z.object({
    kind: z.literal('classify'),
    designName: z.string(),
    classification: classificationSchema,
    /** Where the network was taken as it was built; null as printed. */
    asBuilt: asBuiltSourceSchema.nullable(),
  }),
  /** How the bench was taken to measure, and a row for each set of causes. */
  z.object({
    kind: z.literal('measure'),
    designName: z.string(),
    model: measurementModelSchema,
    count: z.number().int(),
    losses: z.array(measuredLossSchema),
  }),
  /** As printed, and on drawn benches where one was given. */
  z.object({
    kind: z.literal('image'),
    designName: z.string(),
    printed: imageQualitySchema,
    measured: imageQualitySchema.nullable(),
    /** The network as it was built, where that was asked for. */
    built: z.object({source: asBuiltSourceSchema, quality: imageQualitySchema}).nullable(),
  }),
  /** A design with a dense read-out of its regions. */
  readOutResultSchema.extend({kind: z.literal('read-out')}),
  z.object({kind: z.literal('tolerance'), study: toleranceStudySchema}),
  /** With its curves as a drawing, SVG. */
  z.object({kind: z.literal('trade-off'), study: tradeOffStudySchema, drawing: z.string()}),
  /** Nothing of it is stored: the planes belong to no session. */
  z.object({kind: z.literal('align-data'), alignment: alignmentResultSchema}),
  z.object({kind: z.literal('plan-probes'), plan: probePlanSchema}),
  z.object({kind: z.literal('sensitivity'), sensitivity: alignmentSensitivitySchema}),
  plateExportResultSchema.extend({kind: z.literal('export-plates')}),
  /** Uid of the record that says how a network was built. */
  z.object({kind: z.literal('as-built'), uid: z.string(), version: z.number().int()}),
  /** Uid of the calibration of the read-out; null where it was not to be kept, or would change nothing. */
  z.object({kind: z.literal('learn-read-out'), uid: z.string().nullable(), study: readOutStudySchema}),
  z.object({kind: z.literal('read-out-curve'), curve: readOutCurveSchema}),
  z.object({kind: z.literal('calibrate-offers'), offers: calibrateOffersSchema}),
  /** The design that was written, and where it comes from. */
  z.object({
    kind: z.literal('reprint'),
    folder: z.string(),
    designHash: z.string(),
    designName: z.string(),
    lineage: reprintLineageSchema,
  }),
]);
export type ComputationResult = z.infer<typeof computationResultSchema>;

/** A long computation that uses no instrument: it may run beside a measurement. */
export const computationSchema = z.object({
  /** Changes with every start. */
  id: z.string(),
  kind: z.enum([
    'train',
    'classify',
    'measure',
    'image',
    'tolerance',
    'trade-off',
    'read-out',
    'align-data',
    'plan-probes',
    'sensitivity',
    'export-plates',
    'as-built',
    'learn-read-out',
    'read-out-curve',
    'calibrate-offers',
    'reprint',
  ]),
  title: z.string(),
  state: z.enum(['running', 'stopping', 'done', 'stopped', 'failed']),
  /** What is going on, or how it ended, in words. */
  text: z.string(),
  /** What it has told on its way, the oldest of 500 first; `noteCount` counts those that are no longer kept too. */
  notes: z.array(z.string()),
  noteCount: z.number().int(),
  /** Steps, images or parts that are done, as well as it can be said; null before the first. */
  progress: z.object({done: z.number(), total: z.number(), unit: z.string()}).nullable(),
  startedUtc: z.string(),
  endedUtc: z.string().nullable(),
  elapsedS: z.number(),
  /** Null while it cannot be estimated. */
  timeLeftS: z.number().nullable(),
  /** Why it failed or was stopped. */
  problem: wireErrorSchema.nullable(),
});
export type Computation = z.infer<typeof computationSchema>;

/**
 * Trainings, read-outs, classifications, evaluations of images, alignments of files, probe plans, sensitivities and exports
 * of plates: one at a time, each on threads of its own.
 */
export const computations = {
  /** The computation under way and the last ones that ended, newest first. The feed's newest entry only. */
  status: reading('/computations/status', 'Feed: computations and how they stand')
    .input(feedInput)
    .output(z.object({...feedHead, computations: z.array(computationSchema)})),
  /** Throws `plan/invalid` while it runs or when it ended without a result. The last 20 are kept until the host ends. */
  result: reading('/computations/result', 'What a computation came to')
    .input(z.object({id: z.string()}))
    .output(computationResultSchema),
  /** Resolves when it has ended. A training keeps its last whole epoch and goes on from there when started again. */
  stop: acting('/computations/stop', 'Stop the computation under way', 'stop-computation')
    .input(z.object({id: z.string()}))
    .output(z.object({hasStopped: z.boolean()})),
};
