import {z} from 'zod';
import {hostPathSchema} from './feed.ts';
import {acting, administering} from './procedure.ts';

/** How an alignment is made, whatever its planes are. */
export const alignChoices = {
  /** `+name` adds to the default, `-name` takes away; names alone are all that is free. */
  free: z.array(z.string().min(1).max(40)).max(100).default([]),
  /** auto: mistakes of assembly are looked for when everything as designed explains too little. */
  orientation: z.enum(['auto', 'always', 'never']).default('auto'),
};

/** Alignments and plans that are no alignment of a stored session; part of `align`. */
export const alignComputations = {
  /**
   * Planes that were measured elsewhere: a folder with data.json (docs/alignment.md). Followed by `computations.status`;
   * nothing of it is stored.
   */
  data: administering('/align/data', 'Align planes that were measured elsewhere', 'start-alignment')
    .input(z.object({folder: hostPathSchema, ...alignChoices}))
    .output(z.object({id: z.string()})),
  /**
   * What to measure next: first on the open bench, or in addition to an alignment. Times are those of the open bench,
   * which is walked dry: nothing moves. Without a bench they are those at which the alignment's planes were measured.
   * Followed by `computations.status`.
   */
  plan: acting('/align/plan', 'Find which objects and which scan to measure next', 'start-probe-plan')
    .input(
      z.object({
        /** Alignment to add to; a first measurement of `designFolder` without it. */
        uid: z.string().optional(),
        /** The shipped design unless given; of an alignment its own. */
        designFolder: hostPathSchema.optional(),
        /** Digits to choose among: classes (`5`) or ids (`mnist:5:5654`); one of each class without any. */
        digits: z.array(z.string().max(40)).max(50).default([]),
        /** Most objects to measure. */
        objectCount: z.number().int().min(1).max(50).default(4),
        /** Most points to measure altogether. */
        pointCount: z.number().int().min(1).optional(),
        /** Wanted 1 sigma of the worst plate sideways. */
        targetMm: z.number().gt(0).optional(),
        /** Part of the light that the model will lack; what the alignment found, or 0.07, unless given. */
        unexplainedRatio: z.number().min(0).lt(1).optional(),
      }),
    )
    .output(z.object({id: z.string()})),
};
