import type {z} from 'zod';
import {BenchError} from '../errors.ts';
import {firstIssueText} from '../schema-issue.ts';

/**
 * Every kind of record that is kept in the database or in a file is declared once: name, version, schema, and the way
 * from each version to the next. Reading goes through the declaration, so that what does not fit is told and never
 * used; writing does as well, so that nothing unreadable is written. All kinds are listed in `stored/index.ts`.
 *
 * **Where the version stands.** In the record itself, as its field `$version`, and only from version 2 on: a record
 * without one is of version 1, as all records were that were written before there were versions.
 *
 * **How to rename or change a field.** Change the schema, count `version` up by one and add one migration at the end of
 * `migrations`, which takes what the version before wrote (JSON, not yet checked) and returns what the new schema
 * expects. Migrations are never edited once they were released; records are not rewritten, they are brought to the
 * present version whenever they are read. A record whose `length` became `lengthMm`:
 *
 * ```ts
 * export const rulerRecord = defineRecord({
 *   name: 'ruler',
 *   version: 2,
 *   schema: z.object({lengthMm: z.number(), ...}),
 *   migrations: [renameFields({length: 'lengthMm'})],
 * });
 * ```
 *
 * A new field that may be absent (`exactOptional`) needs no new version. Fields that SQL looks into (`$.kind`,
 * `$.digits[].label`, `$.benchSeed`, `$.designName`, `$.designFolder`, `$.shape`, `$.extents`, `$.continues.run_uid`) keep their names.
 */
export interface RecordKind<Value = unknown> {
  /** `calibration alignment`, `artifact object-mask`, `run start`: what a person is told. */
  readonly name: string;
  readonly version: number;
  /** Brings a record to the present version and checks it. Never throws. */
  read(json: unknown): ReadRecord<Value>;
  /** The same for a text of JSON. */
  readText(text: string): ReadRecord<Value>;
  /** What is stored of a value, with its version. Throws `internal` for a value that could not be read back. */
  toJson(value: Stored<Value>): unknown;
  /** The same as a text. */
  write(value: Stored<Value>): string;
}

/** A kind of which only is known that it reads. */
export type AnyRecordKind = Pick<RecordKind, 'name' | 'version' | 'read' | 'readText'>;

/** A record that fits, or why it does not, to follow "It cannot be used: ". */
export type ReadRecord<Value> =
  | {readonly value: Value; readonly problem?: undefined}
  | {
      readonly value?: undefined;
      /** `field convergence.0.iteration: Invalid input: expected number, received string`. */
      readonly problem: string;
      /** A later version of the program wrote it: it is no damage. */
      readonly isNewer: boolean;
    };

/** The value that records of a kind hold. */
export type RecordValue<Kind> = Kind extends RecordKind<infer Value> ? Value : never;

/** The values of a table of kinds, such as `calibrationRecords`, by kind. */
export type RecordValues<Kinds> = {readonly [Kind in keyof Kinds]: RecordValue<Kinds[Kind]>};

/** A value as it may be given to be stored: nothing of it is changed. */
export type Stored<Value> = unknown extends Value
  ? Value
  : {readonly [Key in keyof Value]: Stored<Value[Key]>};

/** Takes a record of one version, as JSON, to the next. What it throws for a damaged record becomes its problem. */
export type Migration = (before: JsonObject) => JsonObject;
/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>;

interface RecordDeclaration<Schema> {
  readonly name: string;
  /** 1 for a new kind; one more with each migration. */
  readonly version: number;
  readonly schema: Schema;
  /** The first one leads from version 1 to 2. */
  readonly migrations?: readonly Migration[];
}

const versionField = '$version';

/** Declares a kind of record whose type is what its schema gives. Throws RangeError where version and migrations differ. */
export function defineRecord<Value>({
  name,
  version,
  schema,
  migrations = [],
}: RecordDeclaration<z.ZodType<Value>>): RecordKind<Value> {
  if (version !== migrations.length + 1)
    throw new RangeError(`${name} has version ${version} and ${migrations.length} migrations.`);

  const read = (json: unknown): ReadRecord<Value> => {
    const found = isJsonObject(json) && versionField in json ? json[versionField] : 1;
    if (typeof found !== 'number' || !Number.isInteger(found) || found < 1)
      return unreadable(`field ${versionField}: ${JSON.stringify(found)} is no version`);
    if (found > version)
      return {
        problem: `version ${found} was written by a later version of this program, which knows this kind up to version ${version}`,
        isNewer: true,
      };
    let present = isJsonObject(json) ? withoutVersion(json) : json;
    for (const migrate of migrations.slice(found - 1)) {
      if (!isJsonObject(present)) break;
      try {
        present = migrate(present);
      } catch (error) {
        return unreadable(`it could not be brought to version ${version} (${String(error)})`);
      }
    }
    const checked = schema.safeParse(present);
    return checked.success ? {value: checked.data} : unreadable(firstIssueText(checked.error));
  };

  const readText = (text: string): ReadRecord<Value> => {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      if (error instanceof SyntaxError) return unreadable('it is no JSON');
      throw error;
    }
    return read(json);
  };

  const write = (value: Stored<Value>): string => {
    const text = JSON.stringify(version === 1 ? value : {...value, [versionField]: version});
    const {problem} = readText(text);
    if (problem === undefined) return text;
    throw new BenchError(
      'internal',
      `A record "${name}" was not stored, since it could not be read back: ${problem}. What was stored before is untouched. This is a fault of the program; please report it.`,
      {details: {record: name, version, problem}},
    );
  };

  return {name, version, read, readText, write, toJson: (value) => JSON.parse(write(value)) as unknown};
}

/**
 * Declares a kind of record whose type is an interface that exists already: `defineRecordOf<RunStart>()({...})`. The
 * compiler refuses a schema that lacks a field of the interface, or has one more.
 */
export const defineRecordOf =
  <Value>() =>
  <Schema extends z.ZodType<Value>>(
    declaration: RecordDeclaration<Schema> & SameFields<z.output<Schema>, Value>,
  ): RecordKind<Value> =>
    defineRecord<Value>(declaration);

/** Every field there and changeable: two types with the same fields become assignable to each other. */
type Whole<Value> = unknown extends Value ? Value : {-readonly [Key in keyof Value]-?: Whole<Value[Key]>};
type SameFields<Found, Wanted> = [Whole<Found>, Whole<Wanted>] extends [Whole<Wanted>, Whole<Found>]
  ? unknown
  : {readonly schemaDiffersFrom: Wanted};

const unreadable = (problem: string): {readonly problem: string; readonly isNewer: false} => ({
  problem,
  isNewer: false,
});

/** Whether a value is a JSON object, no array and not null. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function withoutVersion(json: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(json).filter(([name]) => name !== versionField));
}

/** Renames fields wherever they stand in a record, also in lists and in records within it. */
export function renameFields(names: Readonly<Record<string, string>>): Migration {
  const renamed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(renamed);
    return isJsonObject(value) ? renamedObject(value) : value;
  };
  const renamedObject = (value: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(value).map(([name, own]) => [
        Object.hasOwn(names, name) ? names[name] : name,
        renamed(own),
      ]),
    );
  return renamedObject;
}
