import {z} from 'zod';
import {guideOptionsSchema} from '../api/align-guide.ts';
import {regionSchema} from '../design-file.ts';
import {illuminationSchema, probeSchema} from '../illumination.ts';
import {readOutSchema} from '../read-out.ts';
import {frequencyHzSchema} from '../spectrum.ts';
import {defineRecord, type RecordKind, type RecordValues} from './record.ts';

/** What a session was made with: the column `details` of the table `sessions`, by its field `kind`. */

/** Tells virtual benches of one name apart; null for a real bench, absent in sessions of earlier versions. */
const benchSeed = z.number().nullable().exactOptional();

const campaign = defineRecord({
  name: 'session campaign',
  version: 1,
  schema: z.object({
    kind: z.literal('campaign'),
    programVersion: z.string(),
    seed: z.number(),
    designName: z.string(),
    designFolder: z.string(),
    regions: z.array(regionSchema).readonly(),
    /** How classes are read from the regions; absent where each is a class. */
    readOut: readOutSchema.exactOptional(),
    /** Where each object was measured at several frequencies, the design's own first. */
    frequenciesHz: z.array(frequencyHzSchema).readonly().exactOptional(),
    stepMm: z.number(),
    digits: z.array(z.object({label: z.string(), sample: z.string(), index: z.number().int()})).readonly(),
    illuminationNominal: illuminationSchema,
    illuminationKnown: illuminationSchema,
    probe: probeSchema,
    /** How far the bench file lets plates and object stand aside; absent where it says nothing of it. */
    tolerances: z.object({lateralMm: z.number(), rotationDeg: z.number()}).exactOptional(),
    benchSpeed: z.number(),
    isVirtual: z.boolean(),
    benchSeed,
    /** The accepted placement that was active when it began; null or absent without one. */
    placementUid: z.string().nullable().exactOptional(),
    /** Whether it aligns with its own planes; absent where nobody asked it to. */
    align: z.enum(['auto', 'off']).exactOptional(),
  }),
});

const guide = defineRecord({
  name: 'session align-guide',
  version: 1,
  schema: z.object({
    kind: z.literal('align-guide'),
    programVersion: z.string(),
    designName: z.string(),
    designFolder: z.string(),
    plateCount: z.number().int(),
    options: guideOptionsSchema.strict(),
    illuminationKnown: illuminationSchema,
    probe: probeSchema,
    benchSpeed: z.number(),
    isVirtual: z.boolean(),
    benchSeed: z.number().nullable(),
  }),
});

const scan = defineRecord({
  name: 'session scan',
  version: 1,
  schema: z.object({
    kind: z.literal('scan'),
    /** The first plan that was measured into it, as it was asked for; nothing reads more of it than its name. */
    plan: z.looseObject({plan: z.string()}),
    programVersion: z.string(),
    benchSpeed: z.number(),
    isVirtual: z.boolean(),
    benchSeed,
  }),
});

/** One that a person began, whatever is measured into it. */
const session = defineRecord({
  name: 'session session',
  version: 1,
  /** It may lack its kind, but holds nothing that another kind does. */
  schema: z.strictObject({kind: z.literal('session').default('session'), benchSeed}),
});

/** By the field `kind`. */
const kinds = {campaign, 'align-guide': guide, scan, session} as const;

/** Details of sessions, by kind. */
export type SessionDetailsByKind = RecordValues<typeof kinds>;
/** Kinds of sessions. */
export type SessionKind = keyof SessionDetailsByKind;
/** Details of a session by its kind. */
export type SessionDetails = SessionDetailsByKind[SessionKind];
/** Declaration of the details of each kind of session. */
export const sessionRecords: {readonly [Kind in SessionKind]: RecordKind<SessionDetailsByKind[Kind]>} = kinds;

/** Tags of a session, gathered by the database from the rows of `session_tags`. */
export const sessionTags = defineRecord({
  name: 'tags of a session',
  version: 1,
  schema: z.array(z.string()),
});
