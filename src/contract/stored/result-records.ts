import {z} from 'zod';
import {planeOrderSchema} from '../api/align-shapes.ts';
import {guideAgreementSchema, guideCriterionSchema, guideNumberSchema} from '../api/align-guide.ts';
import {alignedParameterSchema, alignmentSensitivitySchema} from '../alignment.ts';
import {probePlanSchema, type predictedSigmaSchema} from '../probe-plan.ts';
import {resumeCheckSchema} from '../resume-check.ts';
import {benchStateSchema} from './calibration-records.ts';
import {campaignResultSchema} from './campaign-result-schema.ts';
import {figure} from './fields.ts';
import {defineRecord, defineRecordOf, renameFields, type RecordKind, type RecordValues} from './record.ts';
import type {CampaignResult} from '../campaign-result.ts';

/** Values of the table `results`, by the kind of their row. All but a guide's can be computed again from the raw data. */

/** What a campaign found when it ended. */
const campaign = defineRecordOf<CampaignResult>()({
  name: 'result campaign',
  version: 1,
  schema: campaignResultSchema,
});

/** What each degree of freedom does to a design. */
const sensitivity = defineRecord({
  name: 'result sensitivity',
  version: 1,
  schema: alignmentSensitivitySchema,
});

/** What to measure next after an alignment. */
const probePlan = defineRecord({
  name: 'result probe-plan',
  version: 2,
  schema: probePlanSchema,
  migrations: [renameFields({lackRatio: 'unexplainedRatio'})],
});

/** Which planes of a session tell most. */
const planeOrder = defineRecord({
  name: 'result plane-order',
  version: 2,
  schema: planeOrderSchema,
  migrations: [renameFields({lackRatio: 'unexplainedRatio'})],
});

/** Digits in the order in which they are worth measuring for a design, and what the first k of them tell. */
const probeOrder = defineRecord({
  name: 'result probe-order',
  version: 1,
  schema: z.object({
    ids: z.array(z.string()).readonly(),
    /** Null before the first object, when nothing is known. */
    sigmas: z
      .array(
        z
          .object({lateralMm: figure, rotationDeg: figure, axialMm: figure} satisfies Record<
            keyof typeof predictedSigmaSchema.shape,
            z.ZodType
          >)
          .nullable(),
      )
      .readonly(),
  }),
});

/** One try of a step of a guided alignment. Written when it begins and again when it ends, never afterwards. */
const guideAttempt = defineRecord({
  name: 'result align-guide-attempt',
  version: 1,
  schema: z.object({
    stepId: z.string(),
    /** From 1. */
    number: z.number().int().min(1),
    startedUtc: z.string(),
    /** Null while it is under way, and for good where the host ended in the middle. */
    endedUtc: z.string().nullable(),
    ending: z.enum(['measured', 'failed', 'stopped']).nullable(),
    criteria: z.array(guideCriterionSchema).readonly(),
    numbers: z.array(guideNumberSchema).readonly(),
    agreement: z.array(guideAgreementSchema).readonly(),
    advice: z.array(z.string()).readonly(),
    corrections: z.array(z.string()).readonly(),
    problem: z
      .object({code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown())})
      .nullable(),
    planes: z.array(z.object({artifactUid: z.string(), label: z.string()})).readonly(),
    /** What it says of the bench: where the next step begins, and what is known there by the names of parameters. */
    finding: z
      .object({
        state: benchStateSchema,
        known: z.record(z.string(), z.object({mean: z.number(), sigma: z.number()})),
      })
      .nullable(),
    parameters: z.array(alignedParameterSchema).readonly(),
    alignmentUid: z.string().nullable(),
    campaignUid: z.string().nullable(),
  }),
});

/** What a person decided of an attempt. */
const guideDecision = defineRecord({
  name: 'result align-guide-decision',
  version: 1,
  schema: z.object({
    stepId: z.string(),
    /** 0 for a step that was skipped before it was tried. */
    attempt: z.number().int().min(0),
    decision: z.enum(['accept', 'override', 'skip']),
    note: z.string(),
    author: z.string(),
    timeS: z.number(),
  }),
});

/** What the overlap of a run that was cut off said, by the uid of the run that measured it. */
const resumeCheck = defineRecord({name: 'result resume-check', version: 1, schema: resumeCheckSchema});

/** By the column `kind`. */
const kinds = {
  campaign,
  sensitivity,
  'probe-plan': probePlan,
  'plane-order': planeOrder,
  'probe-order': probeOrder,
  'align-guide-attempt': guideAttempt,
  'align-guide-decision': guideDecision,
  'resume-check': resumeCheck,
} as const;

/** Values of results, by kind. */
export type ResultValues = RecordValues<typeof kinds>;
/** Kinds of results that are computed once and kept. */
export type ResultKind = keyof ResultValues;
/** Declaration of each kind of result. */
export const resultRecords: {readonly [Kind in ResultKind]: RecordKind<ResultValues[Kind]>} = kinds;
