import {z} from 'zod';

/** Where what is known of a plate's heights comes from. */
export const heightSources = ['designed', 'fitted', 'measured'] as const;

const found = z.object({value: z.number(), sigma: z.number().nullable()});

/** One plate as it was built and where it stands, along the beam. */
export const asBuiltPlateSchema = z.object({
  /** Number of the plate in the design, from 1. */
  plate: z.number().int().min(1),
  /** Where it stands against where the design has it, and one standard deviation; null where none is known. */
  dxMm: found,
  dyMm: found,
  dzMm: found,
  rotationDeg: found,
  /** Tilts out of the plane across the beam; absent where none was looked for. */
  tiltXDeg: found.exactOptional(),
  tiltYDeg: found.exactOptional(),
  refractiveIndex: found,
  extinction: z.number(),
  heights: z.object({
    source: z.enum(heightSources),
    /** As built minus as designed: RMS and mean, mm. */
    rmsMm: z.number(),
    meanMm: z.number(),
    /**
     * What is left unknown of a pixel's height, one standard deviation, mm: found by fitting simulated planes of known
     * heights; null where heights were not fitted.
     */
    errorMm: z.number().nullable(),
    /**
     * Part of the height errors that the planes show, by their period on the plate: 1 all, 0 nothing; empty where heights
     * were not fitted.
     */
    recovered: z.array(z.object({periodMm: z.number(), part: z.number()})),
    /** Shortest period of which half is shown; null where not even the longest is. */
    resolutionMm: z.number().nullable(),
  }),
});
export type AsBuiltPlate = z.infer<typeof asBuiltPlateSchema>;

/** A network as it was built: every plate, where it stands, of what, and what that was found from. */
export const asBuiltSchema = z.object({
  /** Counts up for a bench and a design, from 1. */
  version: z.number().int().min(1),
  designHash: z.string(),
  designName: z.string(),
  /** The alignment that says where everything stands. */
  alignmentUid: z.string(),
  plates: z.array(asBuiltPlateSchema),
  /** Height errors of all places, mm, along the beam: an artifact of the session; null where all are as designed. */
  heightsArtifactUid: z.string().nullable(),
  /** Runs whose planes heights were fitted to; none where they were not. */
  fittedRunUids: z.array(z.string()),
  /** Points of these planes together. */
  fittedPointCount: z.number().int(),
  /** Artifacts of the height maps that were measured of plates. */
  measuredHeightsUids: z.array(z.string()),
  by: z.string(),
  programVersion: z.string(),
});

/**
 * A network as it was built that a prediction is to be of: as a record says, or as the placement that is accepted for its
 * design says, with the heights that are known of its plates.
 */
export const asBuiltChoiceSchema = z.discriminatedUnion('kind', [
  z.object({kind: z.literal('record'), uid: z.string()}),
  z.object({kind: z.literal('accepted')}),
]);
export type AsBuiltChoice = z.infer<typeof asBuiltChoiceSchema>;

/** What a network as built was taken from. */
export const asBuiltSourceSchema = z.object({
  alignmentUid: z.string(),
  /** Record of its heights, and its version; null where there is none. */
  asBuiltUid: z.string().nullable(),
  version: z.number().int().nullable(),
  benchName: z.string(),
  benchSeed: z.number().nullable(),
  /** Whether its placement is accepted now. */
  isAccepted: z.boolean(),
  /** All of that in a sentence. */
  text: z.string(),
});
export type AsBuiltSource = z.infer<typeof asBuiltSourceSchema>;
