/** What the bench is like at one moment, as windows and programs are told: instruments, stage, detector, prompt, run. */
import {z} from 'zod';
import {suspendersSchema} from '../suspender.ts';
import {plateAxes, trustBases} from '../devices.ts';
import {instrumentKinds} from '../instruments.ts';
import {feedHead, float32s, limitsSchema, positionSchema} from './feed.ts';
import {runStatusSchema} from './run-status.ts';

/** An error as it travels: code, sentence, details. */
export const wireErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type WireError = z.infer<typeof wireErrorSchema>;

/** A state as a shape, a word and a colour: never colour alone. */
export const lightSchema = z.enum(['off', 'ready', 'busy', 'attention', 'fault']);
export type Light = z.infer<typeof lightSchema>;

/** How the connection of one instrument stands. */
export const instrumentStatusSchema = z.object({
  role: z.string(),
  kind: z.enum(instrumentKinds),
  driver: z.string(),
  model: z.string(),
  /** The instrument's own words. */
  identity: z.string(),
  /** Port and line settings: `/dev/ttyUSB0, 9600 baud 8N1`. */
  link: z.string(),
  light: lightSchema,
  /** One or two words beside the light: `idle`, `moving`, `overload`, `not connected`. */
  label: z.string(),
  problem: z.string(),
  /** Changes whenever a setting may have changed at the instrument: what was read of it before is old then. */
  settingsRevision: z.number().int(),
});
export type InstrumentStatus = z.infer<typeof instrumentStatusSchema>;

const settingValueSchema = z.union([z.string(), z.number(), z.boolean()]);

/** Where the stage is, mm in the bench frame, and whether that can be trusted. */
export const stageStatusSchema = z.object({
  axes: z.array(z.enum(['x', 'y', 'z'])),
  positionMm: positionSchema,
  targetMm: positionSchema.nullable(),
  isMoving: z.boolean(),
  /** The position is trusted: found by homing, or confirmed by a person, with nothing since that makes it doubtful. */
  isHomed: z.boolean().nullable(),
  trustBasis: z.enum(trustBases).nullable(),
  /** Why the position is not trusted; ''. */
  distrust: z.string(),
  /** Where it stood when its position was last trusted. */
  lastTrustedMm: positionSchema.nullable(),
  limitsMm: limitsSchema,
  /** Where no way may enter, and the outline that none may leave: see `keepOut` and `envelopeMm` of a bench file. */
  keepOut: z
    .array(
      z.object({
        name: z.string(),
        xMm: z.tuple([z.number(), z.number()]).optional(),
        yMm: z.tuple([z.number(), z.number()]).optional(),
        zMm: z.tuple([z.number(), z.number()]).optional(),
      }),
    )
    .default([]),
  envelopeMm: z
    .array(z.tuple([z.number(), z.number()]))
    .nullable()
    .default(null),
  /** UTC of the reading. */
  utc: z.string(),
});

/** An axis of a plate mount. */
export const plateAxisSchema = z.enum(plateAxes);

/** Where the mounts hold the plates, and what keeps one from being moved. */
export const mountStatusSchema = z.object({
  plates: z.array(
    z.object({
      /** 1 behind the object. */
      plate: z.number().int(),
      axes: z.array(
        z.object({
          name: plateAxisSchema,
          unit: z.enum(['mm', 'deg']),
          /** From the plate's zero, in the bench frame; null where the zero is not known. */
          offset: z.number().nullable(),
          /** Where a move under way is to end. */
          target: z.number().nullable(),
          limits: z.tuple([z.number(), z.number()]).readonly(),
          /** How far one correction may move it at most. */
          maxCorrection: z.number(),
        }),
      ),
      isMoving: z.boolean(),
      /** What keeps it from being moved; ''. */
      problem: z.string(),
      /** As reported by axes whose zero is not proven: for these a person may give a word. */
      unproven: z.partialRecord(plateAxisSchema, z.number()),
    }),
  ),
  /** UTC of the reading. */
  utc: z.string(),
});

/** Which of a detector's columns is its signal, and what that is a measure of. */
export const detectorSignalSchema = z.object({
  /** The column that is linear in the light; the real part of a complex signal. */
  column: z.string(),
  /** Absent where the signal is one real number, without a phase. */
  complex: z.object({imaginary: z.string(), magnitude: z.string(), phase: z.string()}).optional(),
  /** What a doubled value means: the double power of the beam, or its double field. */
  proportionalTo: z.enum(['power', 'field']),
});

/** A column of a detector: its name in the driver, and the label and unit under which people see it. */
export const columnSchema = z.object({name: z.string(), label: z.string(), unit: z.string()});

/** Columns of a detector and what they mean. */
export const detectorColumnsSchema = z.object({columns: z.array(columnSchema), signal: detectorSignalSchema});

/** What the detector declares and what it read last; columns by the names of its driver (`xV`, `voltageV`). */
export const detectorStatusSchema = z.object({
  columns: z.array(columnSchema),
  signal: detectorSignalSchema,
  /** A number for each column; null without a valid reading. */
  reading: z.record(z.string(), z.number()).nullable(),
  /** Standard deviation of the latest readings of the signal (of its magnitude), in its unit; null with fewer than five. */
  sigma: z.number().nullable(),
  isValid: z.boolean(),
  /** Why there is no valid reading: overload, reference unlocked, ... */
  problem: z.string(),
  /** Settings that stand beside the reading: time constant, range. */
  settings: z.array(
    z.object({
      parameter: z.string(),
      label: z.string(),
      unit: z.string(),
      value: settingValueSchema.nullable(),
    }),
  ),
  utc: z.string(),
});

/** What `detector` says where the detector is a lock-in amplifier, in the words of earlier versions. */
export const lockInStatusSchema = z.object({
  reading: z.object({xV: z.number(), yV: z.number(), rV: z.number(), thetaDeg: z.number()}).nullable(),
  /** Standard deviation of the latest readings, V; null with fewer than five. */
  sigmaV: z.number().nullable(),
  isValid: z.boolean(),
  /** Why there is no valid reading: overload, reference unlocked, ... */
  problem: z.string(),
  timeConstantS: z.number().nullable(),
  sensitivityV: z.number().nullable(),
  utc: z.string(),
});

/** What the source was last seen to do: output, frequency in Hz, level in dBm. */
export const sourceStatusSchema = z.object({
  isOutputOn: z.boolean(),
  outputFrequencyHz: z.number(),
  powerDbm: z.number(),
  maxPowerDbm: z.number(),
  minPowerDbm: z.number(),
  /** What the bench file gives for measuring: where RF comes on when nothing else is asked for. */
  workingFrequencyHz: z.number(),
  workingPowerDbm: z.number(),
  isModulationOn: z.boolean(),
  modulationHz: z.number(),
  /** Warm-up still to go, s; 0 when warm or off. */
  warmUpLeftS: z.number(),
  utc: z.string(),
});

/** Steps that a run asks a person to do by hand. */
export const manualStepKindSchema = z.enum([
  'mount-object',
  'set-plates',
  'exchange-plate',
  'open-frame',
  'block-beam',
  'unblock-beam',
]);

/** Something a person has to do or decide at the bench before the run goes on. */
export const promptSchema = z.object({
  id: z.string(),
  kind: z.enum([...manualStepKindSchema.options, 'settings', 'overload']),
  /** What to do, in words. */
  text: z.string(),
  /** The mask for `mount-object`: rows from the smallest y as seen in the direction of the light. */
  mask: z
    .object({
      label: z.string(),
      count: z.number().int(),
      pitchMm: z.number(),
      amplitude: float32s,
    })
    .nullable(),
  /** Of `set-plates`: those that shall stand in the bench, from 1; of `exchange-plate` the one that is exchanged. */
  plates: z.array(z.number().int()).optional(),
  /** Relief of the plate for `exchange-plate`: mm above its base, rows from the smallest y. */
  relief: z.object({count: z.number().int(), pitchMm: z.number(), heightsMm: float32s}).optional(),
  /** Of `settings`: what was found and what is wanted. */
  differences: z.array(
    z.object({
      role: z.string(),
      name: z.string(),
      label: z.string(),
      unit: z.string(),
      found: settingValueSchema,
      wanted: settingValueSchema,
      wantedBy: z.enum(['bench-file', 'operator', 'driver']),
      effect: z.string(),
    }),
  ),
  /** What may be decided, the advised one first; empty for a manual step, which is done or refused. */
  choices: z.array(z.object({id: z.string(), label: z.string(), isEnding: z.boolean()})),
  sinceUtc: z.string(),
});
export type Prompt = z.infer<typeof promptSchema>;

/** All that a window shows of the bench at once. Null where no such instrument is there. */
export const statusSchema = z.object({
  ...feedHead,
  utc: z.string(),
  bench: z.object({
    state: z.enum(['closed', 'opening', 'open', 'closing', 'failed']),
    kind: z.enum(['virtual', 'file']).nullable(),
    name: z.string(),
    path: z.string().nullable(),
    seed: z.number().nullable(),
    speed: z.number(),
    /** Whether a robot mounts the masks; else prompts ask a person. */
    isRobotMounting: z.boolean(),
    /** Whose plates stand on a virtual bench; null where only people know what stands there. */
    design: z.object({folder: z.string(), name: z.string(), contentHash: z.string()}).nullable(),
    /** What suspends every run of this bench that is started with nothing else, as its file says. */
    suspenders: suspendersSchema,
    /** What is being done while opening; the problem when failed. */
    text: z.string(),
    problem: wireErrorSchema.nullable(),
  }),
  instruments: z.array(instrumentStatusSchema),
  stage: stageStatusSchema.nullable(),
  detector: detectorStatusSchema.nullable(),
  /** As `detector`, for clients of before; null for any detector but a lock-in amplifier. */
  lockin: lockInStatusSchema.nullable(),
  source: sourceStatusSchema.nullable(),
  /** Null where the bench has no motorised mounts of plates. */
  mount: mountStatusSchema.nullable(),
  run: runStatusSchema.nullable(),
  prompt: promptSchema.nullable(),
  /** Runs and campaigns go into this session; null when the next one makes its own. */
  session: z.object({uid: z.string(), title: z.string()}).nullable(),
  saved: z.object({
    lastCommitUtc: z.string().nullable(),
    pointCount: z.number().int(),
    diskFreeBytes: z.number().nullable(),
    problem: z.string(),
    /** Why the database cannot be used, where the program was started on a damaged one all the same; ''. */
    damage: z.string(),
  }),
  /** Windows and other clients that are connected now. */
  clientCount: z.number().int(),
});
export type Status = z.infer<typeof statusSchema>;
export type MountStatus = z.infer<typeof mountStatusSchema>;
export type StageStatus = z.infer<typeof stageStatusSchema>;
export type DetectorStatus = z.infer<typeof detectorStatusSchema>;
export type LockInStatus = z.infer<typeof lockInStatusSchema>;
export type SourceStatus = z.infer<typeof sourceStatusSchema>;
