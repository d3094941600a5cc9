import {z} from 'zod';
import type {CampaignJson} from '../campaign-json.ts';
import type {CampaignResult} from '../campaign-result.ts';
import {acting, reading} from './procedure.ts';
import {float32s, planeSchema} from './feed.ts';
import {isAttendedSchema, onSettingsSchema, resumeRequestSchema} from './scan.ts';
import {suspendersSchema} from '../suspender.ts';

/** A test digit that can be measured; `picture` holds 28 x 28 grey values, row 0 on top. */
export const digitChoiceSchema = z.object({
  /** Names the digit in the set: `mnist:7:9042`. */
  id: z.string(),
  label: z.string(),
  sample: z.string(),
  /** Grey picture 28 x 28, row 0 at the top as people see digits, 0..255. */
  picture: z.instanceof(Uint8Array),
  /** Winner that the nominal twin predicts; null when not computed. */
  predicted: z.string().nullable(),
});
export type DigitChoice = z.infer<typeof digitChoiceSchema>;

/** What a campaign measures and how: digits, design, scan and session. */
export const campaignRequestSchema = z.object({
  designFolder: z.string().optional(),
  /** Chosen digits in order; with none the first `digitCount` that `seed` draws, one class after the other. */
  digitIds: z.array(z.string()).max(1000).default([]),
  digitCount: z.number().int().min(1).max(1000).default(10),
  seed: z.number().int().min(0).default(1),
  stepMm: z.number().min(0.2).max(5).default(1),
  marginMm: z.number().min(0).max(20).default(1.8),
  residualRatio: z.number().gt(0).lt(1).default(0.01),
  readingCount: z.number().int().min(1).max(100).default(1),
  referenceEvery: z.number().int().min(0).default(400),
  /** As for a grid: places around the reference point tell whether the stage has lost steps. */
  referencePatchMm: z.number().min(0).max(10).default(0),
  positionLimitMm: z.number().gt(0).max(100).default(0.1),
  onPositionLost: z.enum(['pause', 'fail']).default('pause'),
  title: z.string().max(200).optional(),
  operator: z.string().max(100).optional(),
  /**
   * auto: once enough planes are there (five, so not in a campaign of fewer digits), finds from them where the plates
   * stand while the others are measured, and predicts as aligned if that is trusted.
   */
  align: z.enum(['auto', 'off']).default('auto'),
  onSettings: onSettingsSchema,
  /** As for a scan. */
  suspenders: suspendersSchema.optional(),
  isAttended: isAttendedSchema,
});

/** Planes of one digit, on one grid, to be looked at side by side. Energies divided by their sums, so that they share one scale. */
export const digitPlanesSchema = z.object({
  runUid: z.string(),
  label: z.string(),
  sample: z.string(),
  mask: z.object({count: z.number().int(), pitchMm: z.number(), amplitude: float32s}),
  measured: planeSchema.nullable(),
  nominal: planeSchema.nullable(),
  registered: planeSchema.nullable(),
  /** Every plate where an alignment found it; null without an accepted placement. */
  aligned: planeSchema.nullable(),
  /** Where the scan's frame stands in the design's plane, p = R(rotation) s + shift: boxes on `measured` and `registered`. */
  frame: z.object({dxMm: z.number(), dyMm: z.number(), rotationDeg: z.number()}),
  /** In the design's frame. */
  regions: z.array(
    z.object({
      label: z.string(),
      centerXMm: z.number(),
      centerYMm: z.number(),
      widthMm: z.number(),
      heightMm: z.number(),
    }),
  ),
});
export type DigitPlanes = z.infer<typeof digitPlanesSchema>;

/** One digit of a campaign and the runs that measured it. */
export const campaignItemSchema = z.object({
  index: z.number().int(),
  label: z.string(),
  sample: z.string(),
  picture: z.instanceof(Uint8Array),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'skipped']),
  runUid: z.string().nullable(),
  /** Earlier tries of the same digit. */
  earlierRunUids: z.array(z.string()),
  isExcluded: z.boolean(),
  excludedBecause: z.string(),
});
export type CampaignItem = z.infer<typeof campaignItemSchema>;

/** A campaign under way or stored: its digits and what the finished ones say together. */
export const campaignStateSchema = z.object({
  sessionUid: z.string(),
  title: z.string(),
  isLive: z.boolean(),
  items: z.array(campaignItemSchema),
  /** Computed from the stored points of the finished, not excluded digits; null before the first. */
  result: z.custom<CampaignResult>().nullable(),
  /** How the alignment of its own planes stands, in sentences; '' when it computes none. */
  alignmentText: z.string(),
  /** Counts up whenever something here changes. */
  version: z.number().int(),
});
export type CampaignState = z.infer<typeof campaignStateSchema>;

/** Which campaign is to go on, and how the digit that was cut off does. */
export const campaignResumeSchema = z.object({
  sessionUid: z.string(),
  /** certified: goes on with its points where they read as they did (`scan.resume`); anew: from its first point. */
  digit: z.enum(['certified', 'anew']).default('certified'),
  ...resumeRequestSchema.pick({
    significance: true,
    allowedRatio: true,
    isHomedFirst: true,
    operator: true,
    suspenders: true,
    onSettings: true,
    isAttended: true,
  }).shape,
});

/** What is left of a campaign; nothing moves. */
export const campaignRestSchema = z.object({
  isAllowed: z.boolean(),
  /** Why it cannot go on, or not so; ''. */
  refusal: z.string(),
  refusalCode: z.string(),
  doneCount: z.number().int(),
  /** Indices of the digits that are left, in the order in which they will be measured. */
  left: z.array(z.number().int()),
  /** The digit that was cut off; null where the cut fell between two. */
  cut: z
    .object({
      index: z.number().int(),
      runUid: z.string(),
      scanId: z.number().int(),
      /** Why it cannot go on with its points but has to be measured anew; '' where it can. */
      anewBecause: z.string(),
      storedCount: z.number().int(),
      pointsLeft: z.number().int(),
    })
    .nullable(),
  points: z.number().int(),
  /** Real time, s; 0 where no bench is open. */
  seconds: z.number(),
});
export type CampaignRest = z.infer<typeof campaignRestSchema>;

/** Digit after digit through the bench: plan, start, follow, and which digits count. */
export const campaign = {
  digits: reading('/campaign/digits', 'Digits to choose from')
    .input(
      z.object({
        designFolder: z.string().optional(),
        label: z.string().optional(),
        offset: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.object({total: z.number().int(), digits: z.array(digitChoiceSchema)})),
  /** What a campaign would take: points, time, or why it would be refused. Nothing moves. */
  plan: reading('/campaign/plan', 'Walk a campaign dry')
    .input(campaignRequestSchema)
    .output(
      z.object({
        isAllowed: z.boolean(),
        refusal: z.string(),
        points: z.number().int(),
        seconds: z.number(),
        digits: z.array(digitChoiceSchema),
      }),
    ),
  start: acting('/campaign/start', 'Start a campaign on the open bench', 'start-campaign')
    .input(campaignRequestSchema)
    .output(z.object({id: z.string()})),
  resumePlan: reading('/campaign/resume-plan', 'What is left of a campaign')
    .input(
      campaignResumeSchema.pick({
        sessionUid: true,
        digit: true,
        significance: true,
        allowedRatio: true,
        isHomedFirst: true,
      }),
    )
    .output(campaignRestSchema),
  /** In its own session, with one report: first the digit in which it was cut off, then the others that are left. */
  resume: acting('/campaign/resume', 'Go on with a campaign that was cut off', 'resume-campaign')
    .input(campaignResumeSchema)
    .output(z.object({id: z.string()})),
  /** The same digits, design and scan once more, as a new campaign. */
  again: acting('/campaign/again', 'Run a campaign again with its plan', 'run-again')
    .input(
      campaignResumeSchema.pick({
        sessionUid: true,
        operator: true,
        suspenders: true,
        onSettings: true,
        isAttended: true,
      }),
    )
    .output(z.object({id: z.string()})),
  /** What a campaign has come to, once it is over, also early. One of the latest, by the id that its start gave. */
  outcome: reading('/campaign/outcome', 'What a campaign has come to')
    .input(z.object({id: z.string()}))
    .output(
      z.object({
        sessionUid: z.string(),
        result: z.custom<CampaignResult>(),
        /** The same in short, as programs read it. */
        json: z.custom<CampaignJson>(),
        /** Of the report, on the host's computer. */
        reportPath: z.string(),
        /** Real time. */
        seconds: z.number(),
      }),
    ),
  /** Waits up to `waitMs` for a version above `after`. */
  state: reading('/campaign/state', 'Feed: digits, verdicts and matrices of a campaign')
    .input(
      z.object({
        sessionUid: z.string(),
        after: z.number().int().min(-1).default(-1),
        waitMs: z.number().int().min(0).max(30_000).default(0),
      }),
    )
    .output(campaignStateSchema),
  planes: reading('/campaign/planes', 'Planes of one digit')
    .input(z.object({runUid: z.string()}))
    .output(digitPlanesSchema),
  /** Ends the digit under way and goes on with the next. */
  skip: acting('/campaign/skip', 'Skip the digit under way or one that waits', 'skip-digit')
    .input(z.object({index: z.number().int().min(0)}))
    .output(z.object({})),
  /** Measures a digit once more: after the others of the running campaign. */
  repeat: acting('/campaign/repeat', 'Measure a digit again', 'repeat-digit')
    .input(z.object({index: z.number().int().min(0)}))
    .output(z.object({})),
  /** Leaves a digit out of matrices and rates, with the reason; the points stay. */
  exclude: acting(
    '/campaign/exclude',
    'Leave a digit out of the evaluation, or include it again',
    'exclude-digit',
  )
    .input(
      z.object({
        sessionUid: z.string(),
        index: z.number().int().min(0),
        isExcluded: z.boolean(),
        reason: z.string().max(500),
      }),
    )
    .output(z.object({})),
};
