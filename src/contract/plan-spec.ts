import {z} from 'zod';

/**
 * A scan as data: what `scan --plan` takes, what a run's start record keeps, what can be restarted at a point.
 * Positions are in the frame of the output plane (bench frame), mm.
 */
const finite = z.number().finite();
/** Strict: in YAML `{xMm: 0,5, yMm: 1}` holds a field named 5, and x would silently be 0. */
const placeMm = z.object({xMm: finite, yMm: finite}).strict();
const dwell = {
  /** Residual of the last step that is still allowed when reading; 0.01 waits until 1 % is left. */
  residualRatio: z.number().gt(0).lt(1).default(0.01),
  /** Readings averaged at each point. */
  readingCount: z.number().int().min(1).max(1000).default(1),
  /** Extra rest at each point before reading, ms of bench time. */
  restMs: finite.min(0).default(0),
};
const referenceEvery = {
  /** Points between two visits of the reference point; 0 for none. */
  referenceEvery: z.number().int().min(0).default(0),
  referenceMm: placeMm.optional(),
  /**
   * Distance of the places around the reference point that each visit reads too, so that lost steps show, mm; 0 for none: a
   * visit is one place then.
   */
  referencePatchMm: finite.min(0).max(10).default(0),
  /** A probe that stands further off than this at the reference point has lost its place, mm. */
  positionLimitMm: finite.gt(0).max(100).default(0.1),
  /** Whether the run then waits for a person or ends. */
  onPositionLost: z.enum(['pause', 'fail']).default('pause'),
};

/** Standing waves between source and detector are taken out of a plane by measuring it several times, for the mean. */
const averaging = {
  /** Distances of the detector, evenly over half a wavelength about where it stands; 2: a quarter wave apart. */
  averagePlanes: z.union([z.literal(1), z.literal(2), z.literal(4)]).default(1),
  /** Frequencies of the source, evenly over `ditherSpanHz` about its own. */
  averageFrequencies: z.number().int().min(1).max(16).default(1),
  /** c / (2 L) for a way L between source and detector: 250 MHz for 600 mm. */
  ditherSpanHz: finite.gt(0).max(1e12).default(250e6),
};

/** A plan as JSON: positions in the bench frame, mm. From the same object always come the same points. */
export const planSpecSchema = z.discriminatedUnion('plan', [
  z.object({plan: z.literal('point'), xMm: finite, yMm: finite, ...dwell}).strict(),
  z
    .object({
      plan: z.literal('line'),
      axis: z.enum(['x', 'y']),
      startMm: finite,
      stopMm: finite,
      stepMm: finite.gt(0),
      /** Position of the other axis, mm. */
      otherMm: finite.default(0),
      ...dwell,
    })
    .strict(),
  z
    .object({
      plan: z.literal('grid'),
      centerMm: placeMm.default({xMm: 0, yMm: 0}),
      widthMm: finite.gt(0),
      heightMm: finite.gt(0),
      stepMm: finite.gt(0),
      /** snake: every second row backwards; one-way: each row in the direction of +x. */
      order: z.enum(['snake', 'one-way']).default('snake'),
      ...dwell,
      ...referenceEvery,
      ...averaging,
    })
    .strict(),
  z
    .object({
      plan: z.literal('regions'),
      /** Points along each side of a detector region. */
      pointsPerSide: z.number().int().min(1).max(50).default(5),
      ...dwell,
    })
    .strict(),
  z
    .object({
      plan: z.literal('ripple'),
      xMm: finite.default(0),
      yMm: finite.default(0),
      /** Way along the beam about where the detector stands: some half wavelengths. */
      spanMm: finite.gt(0).default(1.5),
      stepMm: finite.gt(0).default(0.05),
      ...dwell,
    })
    .strict(),
  z
    .object({
      plan: z.literal('beam-find'),
      widthMm: finite.gt(0).default(40),
      stepMm: finite.gt(0).default(4),
      ...dwell,
    })
    .strict(),
]);

export type PlanSpec = z.infer<typeof planSpecSchema>;
export type PlanSpecInput = z.input<typeof planSpecSchema>;
