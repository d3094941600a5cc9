import {z} from 'zod';
import {illuminationSchema, probeSchema} from '../illumination.ts';
import {frameRegistrationSchema} from './fields.ts';
import {defineRecord, type RecordKind, type RecordValues} from './record.ts';

/**
 * What the table `artifacts` says of its bytes: the column `metadata`, by the kind of the row. The bytes themselves are
 * vouched for by their SHA-256, and carry their own shape (.npy) or schema (design.json).
 */

/** A mask that stood at the object plane, rows from the smallest y. */
const objectMask = defineRecord({
  name: 'artifact object-mask',
  version: 1,
  schema: z.object({pitchMm: z.number().gt(0), label: z.string()}),
});

/** Simulated values at the points of a run, or on its grid before it (previews). */
const prediction = (kind: string) =>
  defineRecord({
    name: `artifact ${kind}`,
    version: 1,
    schema: z.object({
      illumination: illuminationSchema,
      frame: frameRegistrationSchema,
      probe: probeSchema,
      /** Artifacts of the measured heights of plates that it was made with. */
      measuredHeights: z.array(z.string()).readonly().exactOptional(),
    }),
  });

/** The same as a placement predicts it. */
const alignedPrediction = (kind: string) =>
  defineRecord({
    name: `artifact ${kind}`,
    version: 1,
    schema: z.object({
      placementUid: z.string(),
      alignmentUid: z.string(),
      /** When it was found, seconds since the epoch, UTC. */
      alignedAtS: z.number(),
    }),
  });

/** A file of the design that a session was made with: design.json or a height map. */
const designFile = defineRecord({
  name: 'artifact design-file',
  version: 1,
  schema: z.object({designHash: z.string()}),
});

/** What the rows of the array are, in words. */
const rows = z.array(z.string()).readonly();

/** Predicted values and residuals at the points of one scan of an alignment. */
const alignmentPlane = defineRecord({
  name: 'artifact alignment-plane',
  version: 1,
  schema: z.object({rows}),
});

/** Height errors of the prints that an alignment found. */
const printHeights = defineRecord({
  name: 'artifact print-heights',
  version: 1,
  schema: z.object({unit: z.literal('mm'), axes: z.array(z.string()).readonly()}),
});

/** A plane of a step of a guided alignment: expected, seen, as found. */
const guidePlane = defineRecord({
  name: 'artifact align-guide-plane',
  version: 1,
  schema: z.object({label: z.string(), rows}),
});

/** By the column `kind`. */
const kinds = {
  'object-mask': objectMask,
  'prediction-nominal': prediction('prediction-nominal'),
  'prediction-registered': prediction('prediction-registered'),
  'preview-nominal': prediction('preview-nominal'),
  'preview-registered': prediction('preview-registered'),
  'prediction-aligned': alignedPrediction('prediction-aligned'),
  'preview-aligned': alignedPrediction('preview-aligned'),
  'design-file': designFile,
  'alignment-plane': alignmentPlane,
  'print-heights': printHeights,
  'align-guide-plane': guidePlane,
} as const;

/** Metadata of artifacts, by kind. */
export type ArtifactMetadata = RecordValues<typeof kinds>;
/** Kinds of artifacts: files that belong to a session. */
export type ArtifactKind = keyof ArtifactMetadata;
/** Declaration of what is kept beside each kind of artifact. */
export const artifactRecords: {
  readonly [Kind in ArtifactKind]: RecordKind<ArtifactMetadata[Kind]>;
} = kinds;
