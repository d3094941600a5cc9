import {z} from 'zod';
import {acting, administering, reading} from './procedure.ts';

/** A backup that lies in a folder; `timeS` in s since 1970. */
export const backupFileSchema = z.object({
  path: z.string(),
  timeS: z.number(),
  sizeBytes: z.number().int(),
});
export type BackupFile = z.infer<typeof backupFileSchema>;

/** Something that is not as it was stored. */
const damageSchema = z.object({where: z.string(), text: z.string()});

/** A backup that was made just now, what is in it, and which older ones were taken away. */
export const backupOutcomeSchema = backupFileSchema.extend({
  runCount: z.number().int(),
  pointCount: z.number().int(),
  artifactCount: z.number().int(),
  /** At most the first 1000. */
  damage: z.array(damageSchema),
  damageCount: z.number().int(),
  removedPaths: z.array(z.string()),
});
export type BackupOutcome = z.infer<typeof backupOutcomeSchema>;

/** What was salvaged of a damaged database, and what was not. */
export const recoverySchema = z.object({
  from: z.string(),
  /** The new database. */
  to: z.string(),
  pageCount: z.number().int(),
  damagedJournalPageCount: z.number().int(),
  /** Salvaged rows by table. */
  rows: z.record(z.string(), z.number().int()),
  pointCount: z.number().int(),
  /** Points from before points had checksums. */
  uncheckedPointCount: z.number().int(),
  lostPointCount: z.number().int(),
  lostRowCount: z.number().int(),
  /** Rows made so that others can be read, each saying so. */
  madeRowCount: z.number().int(),
  /** At most the first 1000. */
  damage: z.array(damageSchema),
});
export type RecoveryReport = z.infer<typeof recoverySchema>;

/** The database as a file: where it is, its backups, and what can be saved of a damaged one. */
export const data = {
  state: reading('/data', 'The database, how large it is, and its backups').output(
    z.object({
      databasePath: z.string(),
      sizeBytes: z.number().int(),
      /** Where backups go unless another folder is named. */
      backupFolder: z.string(),
      backups: z.array(backupFileSchema),
      /** What is under way, and how many of its pages are done; 0 of 0 at first, all of all while the copy is checked. */
      work: z
        .object({
          kind: z.enum(['backup', 'recovery']),
          isTimed: z.boolean(),
          donePages: z.number().int(),
          pageCount: z.number().int(),
        })
        .nullable(),
      /** The last backup since the program was started; without a path none was made, for the reason that is given. */
      last: z
        .object({utc: z.string(), isTimed: z.boolean(), path: z.string(), problem: z.string()})
        .nullable(),
      /** When the next one is made by the timer; null without a timer. */
      nextUtc: z.string().nullable(),
    }),
  ),
  /** While a run is measuring. A folder outside of the data folder needs the scope `admin`. */
  backUp: acting(
    '/data/backup',
    'Copy the database while it is used, check the copy, keep the newest',
    'back-up',
  )
    .input(
      z.object({
        /** A whole path; the data folder's own place for backups unless given. */
        folder: z.string().min(1).optional(),
        /** How many stay, the new one counted; as the settings say unless given. */
        keepCount: z.number().int().min(1).max(1000).optional(),
      }),
    )
    .output(backupOutcomeSchema),
  /** The damaged database is only read. */
  recover: administering('/data/recover', 'Salvage a damaged database into a new one', 'recover-data')
    .input(
      z.object({
        /** A whole path; the database of the data folder unless given. */
        from: z.string().min(1).optional(),
        /** Folder for the new database `bench.sqlite`, a whole path, made if it is missing; one in the data folder unless given. */
        toFolder: z.string().min(1).optional(),
      }),
    )
    .output(recoverySchema),
  /** For a program that was started on a damaged database; it uses the new one from its next start on. */
  putInPlace: administering(
    '/data/put-in-place',
    'Put a salvaged database in the place of the damaged one, which is kept',
    'put-in-place',
  )
    /** `folder`: where `recover` has put the new database; it lies in the data folder. */
    .input(z.object({folder: z.string().min(1)}))
    /** Where the damaged one lies now. */
    .output(z.object({keptFolder: z.string()})),
};
