import {z} from 'zod';
import {hostPathSchema} from './feed.ts';
import {planSpecSchema} from '../plan-spec.ts';
import {plateOpticsSchema} from '../plate-optics.ts';
import {acting, administering, reading} from './procedure.ts';
import {isAttendedSchema, onSettingsSchema} from './scan.ts';

const digitNames = z.array(z.string().max(40)).max(1000);

/** How an alignment is made, whatever its planes are. */
export const alignChoices = {
  /** `+name` adds to the default, `-name` takes away; names alone are all that is free. */
  free: z.array(z.string().min(1).max(40)).max(100).default([]),
  /** auto: assembly errors are looked for when everything as designed explains too little. */
  orientation: z.enum(['auto', 'always', 'never']).default('auto'),
  /** How the plates act on light; without it what explains the planes better is found out. */
  plateOptics: plateOpticsSchema.optional(),
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
  /** Digits by class (`5`: the first one) or id (`mnist:5:5654`), in that order. Refused for a name that is none. */
  digits: reading('/align/digits', 'Digits that an alignment can measure, by their names')
    .input(z.object({names: digitNames, designFolder: hostPathSchema.optional()}))
    .output(z.object({digits: z.array(z.object({id: z.string(), label: z.string(), sample: z.string()}))})),
  /**
   * Starts a campaign on the open bench of the digits that tell most of a design, or of those that are named. Its
   * `campaign.outcome` names the session, which `align.start` aligns.
   */
  measure: acting('/align/measure', 'Measure objects for an alignment', 'start-campaign')
    .input(
      z.object({
        designFolder: hostPathSchema.optional(),
        /** As many as make the worst plate known to 15 um, 3 to 8, unless given. */
        objectCount: z.number().int().min(1).max(1000).optional(),
        /** Classes or ids to measure instead. */
        digits: digitNames.default([]),
        /** A plan of the kind grid; the scan of a campaign without one. */
        scan: planSpecSchema.optional(),
        seed: z.number().int().min(0).default(1),
        title: z.string().max(200).optional(),
        operator: z.string().max(100).optional(),
        onSettings: onSettingsSchema,
        isAttended: isAttendedSchema,
      }),
    )
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
        digits: digitNames.default([]),
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
