import {z} from 'zod';
import {longestSafeWithinMs} from '../durability.ts';
import {fetching, reading, acting, halting} from './procedure.ts';
import {benchChoiceSchema} from './bench-choice.ts';
import {feedHead, feedInput} from './feed.ts';

const hours = z
  .number()
  .gt(0)
  .max(24 * 3660);

/** For how long a calibration of each kind counts, h. Given as a whole. */
export const calibrationHoursSchema = z.object({
  darkLevel: hours,
  lockInPhase: hours,
  sourcePower: hours,
  outputFrame: hours,
  axisScale: hours,
  placement: hours,
  /** Absent in settings of earlier versions of the program. */
  readOut: hours.default(168),
});
export type CalibrationHours = z.infer<typeof calibrationHoursSchema>;

/** Electronics drift within a day, what is screwed to the table within weeks, a stage's screws hardly ever. */
export const defaultCalibrationHours: CalibrationHours = {
  darkLevel: 12,
  lockInPhase: 12,
  sourcePower: 12,
  outputFrame: 168,
  axisScale: 2160,
  placement: 168,
  readOut: 168,
};

const settingFields = {
  theme: z.enum(['system', 'dark', 'light', 'contrast', 'red']),
  /** Size of everything; 2 is read from two metres. */
  scale: z.number().min(0.75).max(3),
  colourMap: z.enum(['viridis', 'cividis', 'inferno', 'magma', 'grey']),
  operator: z.string().max(100),
  /** Choices of panels and pages by name (open panels, units, last filters): small, flat, versionless. */
  choices: z
    .record(z.string().max(200), z.union([z.string().max(20_000), z.number(), z.boolean()]))
    .refine((choices) => Object.keys(choices).length <= 5000, 'at most 5000 choices are kept'),
  /** The bench that was open last; null before the first choice. */
  lastBench: benchChoiceSchema.nullable(),
  calibrationHours: calibrationHoursSchema,
  /** Time within which a point is safe from a power cut, ms; 0: before anyone sees it. Counts from the next run on. */
  pointsSafeWithinMs: z.number().min(0).max(longestSafeWithinMs),
  /** How many backups of the database stay in their folder, the newest ones. */
  backupKeepCount: z.number().int().min(1).max(1000),
  /** Between two backups that the program makes by itself, h; null: only when it is asked. */
  backupEveryHours: z
    .number()
    .min(0.1)
    .max(24 * 366)
    .nullable(),
  /** Where backups go, a whole path; '' for the data folder's own place. Any other needs the scope `admin`. */
  backupFolder: z.string().max(4096),
};

/** What the person chose of the window's look. Kept by the host, so that window and browser agree. */
export const settingsSchema = z.object({
  theme: settingFields.theme.default('system'),
  scale: settingFields.scale.default(1),
  colourMap: settingFields.colourMap.default('viridis'),
  operator: settingFields.operator.default(''),
  choices: settingFields.choices.default({}),
  lastBench: settingFields.lastBench.default(null),
  calibrationHours: settingFields.calibrationHours.default(defaultCalibrationHours),
  pointsSafeWithinMs: settingFields.pointsSafeWithinMs.default(longestSafeWithinMs),
  backupKeepCount: settingFields.backupKeepCount.default(10),
  backupEveryHours: settingFields.backupEveryHours.default(null),
  backupFolder: settingFields.backupFolder.default(''),
});
/** Without defaults: what is not given must stay as it is. */
const settingsChangeSchema = z.object(settingFields).partial();
export type Settings = z.infer<typeof settingsSchema>;

/** The program that answers: its version, its data folder, and what the caller may do. */
export const infoSchema = z.object({
  hostId: z.string(),
  hostPid: z.number().int(),
  version: z.string(),
  scope: z.enum(['read', 'operate', 'admin']),
  startedUtc: z.string(),
  dataFolder: z.string(),
  platform: z.string(),
  nodeVersion: z.string(),
  electronVersion: z.string().nullable(),
  /** Links to this host by scope, for the one who may give them on; empty without the scope `admin`. */
  links: z.array(z.object({scope: z.enum(['read', 'operate', 'admin']), url: z.string()})),
  openApiPath: z.string(),
});
export type AppInfo = z.infer<typeof infoSchema>;

/** One thing that happened, in a sentence. */
export const logEntrySchema = z.object({
  id: z.number().int(),
  utc: z.string(),
  level: z.enum(['info', 'attention', 'error']),
  /** Where it comes from: bench, run, stage, source, lockin, store, guard, app. */
  source: z.string(),
  /** A whole sentence. */
  text: z.string(),
  code: z.string().nullable(),
});
export type LogEntry = z.infer<typeof logEntrySchema>;

/** Who changed what and when; `timeS` in s since 1970. */
export const auditEntrySchema = z.object({
  timeS: z.number(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  details: z.record(z.string(), z.unknown()),
});

/** What is installed on the computer of the host, line by line, and rules for its serial ports. */
export const installationSchema = z.object({
  lines: z.array(z.object({name: z.string(), isPresent: z.boolean(), text: z.string()})),
  udevRules: z.string(),
  udevAdvice: z.string(),
});

/** The program itself: versions, settings, log, audit trail, STOP and its end. */
export const app = {
  info: fetching('/info', 'Versions, data folder, what the caller may do').output(infoSchema),
  installation: reading(
    '/installation',
    'What is installed and works on this computer; udev rules for Linux',
  ).output(installationSchema),
  /** The same in full; with a bench file, every instrument is asked who it is, which turns RF off and moves nothing. */
  examine: acting('/examine', 'Try what is installed, and the instruments of a bench file', 'examine')
    .input(
      z.object({
        benchPath: z.string().min(1).optional(),
        /** Also reads the whole database and compares it with its checksums. */
        isDataChecked: z.boolean().default(false),
        timeoutScale: z.number().gt(0).optional(),
      }),
    )
    .output(
      z.object({
        findings: z.array(
          z.object({
            name: z.string(),
            isWorking: z.boolean(),
            /** Without it the main job does not run. */
            isNeeded: z.boolean(),
            detail: z.string(),
          }),
        ),
      }),
    ),
  settings: reading('/settings', 'Choices of the window').output(settingsSchema),
  /** Only the given fields change; the `choices` given are laid over the kept ones. */
  changeSettings: acting('/settings/change', 'Change choices of the window', 'change-settings')
    .input(settingsChangeSchema)
    .output(settingsSchema),
  log: reading('/log', 'Feed: what happened, in words')
    .input(feedInput)
    .output(z.object({...feedHead, entries: z.array(logEntrySchema)})),
  audit: reading('/audit', 'Who changed what and when, newest first')
    .input(z.object({limit: z.number().int().min(1).max(2000).default(500)}))
    .output(z.array(auditEntrySchema)),
  /** Makes the bench safe and ends the program. */
  shutDown: acting('/shut-down', 'Make the bench safe and end the program', 'shut-down').output(
    z.object({problems: z.array(z.string())}),
  ),
  /** STOP: stages stopped ahead of everything, source off, the run ended and kept. */
  halt: halting('/halt', 'STOP: stages stopped, source off, run ended, points kept', 'halt')
    .input(z.object({reason: z.string().max(200).default('STOP pressed')}))
    .output(
      z.object({
        sentence: z.string(),
        /** Until everything that could be proven safe was, ms. */
        tookMs: z.number(),
        /** Until the stop had been sent to the stage, ms; null when there was none to stop. */
        sentMs: z.number().nullable().default(null),
        problems: z.array(z.string()),
      }),
    ),
};
