import {z} from 'zod';

/**
 * Feeds: what changes while one looks. A window asks for what came after the last entry it has (`after`), and the
 * answer waits up to `waitMs` when there is nothing yet. Each window asks at its own pace, so the host never queues
 * anything for a slow one, and after a lost connection the same question closes the gap.
 */
export const feedInput = z.object({
  /** Number of the last entry the caller has; 0 for none. */
  after: z.number().int().min(0).default(0),
  /** Longest time to wait for something new, ms of real time; 0 answers at once. */
  waitMs: z.number().int().min(0).max(30_000).default(0),
  limit: z.number().int().min(1).max(100_000).default(5000),
});

/** What every feed's answer carries. */
export const feedHead = {
  /** Changes with every start of the host: numbers of an earlier host mean nothing to this one. */
  hostId: z.string(),
  /** Number of the newest entry in this answer, or `after` when there is none. */
  last: z.number().int(),
  /** Entries between `after` and the first of this answer that are no longer kept; 0 as a rule. */
  lostCount: z.number().int(),
};

/** Numbers in bulk: typed arrays over window and socket, lists of numbers (null for not-a-number) over plain HTTP. */
export const float32s = z.instanceof(Float32Array);
/** Numbers as they are, 8 bytes each. */
export const float64s = z.instanceof(Float64Array);
/** Content of a file. */
export const bytes = z.instanceof(Uint8Array);

/**
 * A file or folder of the host's computer, its whole path. Only a caller with the scope `admin` may name any; others
 * name what lies in the folders of designs (docs/api.md).
 */
export const hostPathSchema = z.string().min(1).max(4096);

/** A plane on a regular grid: values row by row, row 0 at the smallest y, NaN where nothing was measured. */
export const planeSchema = z.object({
  rows: z.number().int(),
  columns: z.number().int(),
  values: float32s,
  /** Centres of the first and last column and row, mm, bench frame. */
  xMm: z.tuple([z.number(), z.number()]),
  yMm: z.tuple([z.number(), z.number()]),
  unit: z.string(),
});
export type Plane = z.infer<typeof planeSchema>;

/** A position in the bench frame, mm; only the axes that are meant. */
export const positionSchema = z.object({
  x: z.number().optional(),
  y: z.number().optional(),
  z: z.number().optional(),
});
const span = z.tuple([z.number(), z.number()]).readonly();
/** Smallest and largest position of each axis, mm. */
export const limitsSchema = z.object({x: span.optional(), y: span.optional(), z: span.optional()});
