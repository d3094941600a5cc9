import {z} from 'zod';
import {figure} from './stored/fields.ts';

/** What the tests of an overlap ask: the strength of the signal, where the probe stands, and everything else. */
export const overlapTests = ['gain', 'shift', 'scatter'] as const;
/** One of the tests of an overlap. */
export type OverlapTestName = (typeof overlapTests)[number];

/** Probability that a run is refused to go on although nothing has changed, where nothing else is asked for. */
export const defaultSignificance = 0.01;
/** How often each point is measured again. */
export const overlapPasses = 3;

const pValue = z.number();

/** What points of a run that was cut off said when they were measured again, and whether it may go on. */
export const resumeCheckSchema = z.object({
  /** The run that was to go on. */
  runUid: z.string(),
  /** The run that measured its points again. */
  checkUid: z.string(),
  isPassed: z.boolean(),
  failed: z.array(z.enum(overlapTests)).readonly(),
  /** Verdict in words. */
  text: z.string(),
  /** Probability of a refusal when nothing has changed, of all tests together; each has its third. */
  significance: z.number(),
  /** Difference of a reading that counts for none, as a part of it. */
  allowedRatio: z.number(),
  pointCount: z.number().int(),
  passCount: z.number().int(),
  /** Why so many points. */
  countReason: z.string(),
  /** Drawn assignments of the randomisation test. */
  drawCount: z.number().int(),
  /** One standard deviation of a reading, from the readings made again. */
  noise: z.number(),
  unit: z.string(),
  /** The signal now over the signal then, and by how much its phase turned. */
  gain: z.object({ratio: z.number(), phaseDeg: z.number(), pValue}),
  /** Where the probe stands now, seen from where it was read then (first order); null where the points do not tell. */
  shift: z.object({xMm: z.number().nullable(), yMm: z.number().nullable(), pValue}),
  /** RMS difference over what the noise lets expect; not-a-number without any noise. */
  scatter: z.object({ratio: figure, pValue}),
});
export type ResumeCheck = z.infer<typeof resumeCheckSchema>;
