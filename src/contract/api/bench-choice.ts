import {z} from 'zod';

/** Which bench to open: the virtual one as it was chosen, or a bench file. */
export const benchChoiceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('virtual'),
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 31)
      .default(1),
    /** Times as fast as real time. */
    speed: z.number().min(0.1).max(1000).default(1),
    isNoisy: z.boolean().default(true),
    /** A motorised mount under each plate. */
    hasMounts: z.boolean().default(false),
    /** The stage carries the detector along the beam too. */
    hasZAxis: z.boolean().default(false),
    /** Driver of the detector that stands on it; the SR830's unless given. */
    detector: z.string().min(1).max(100).optional(),
    /** How its plates act on light: with their thickness, as printed ones do, or each in one plane. */
    plateModel: z.enum(['thick', 'thin']).default('thick'),
    designFolder: z.string().optional(),
    /** False lets the person mount the masks: prompts as at a real bench. */
    isRobotMounting: z.boolean().default(true),
  }),
  z.object({kind: z.literal('file'), path: z.string().min(1)}),
]);
export type BenchChoice = z.output<typeof benchChoiceSchema>;
