import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {z} from 'zod';
import {storedKinds} from '../../../src/contract/stored/index.ts';
import {
  defineRecord,
  isJsonObject,
  renameFields,
  type AnyRecordKind,
} from '../../../src/contract/stored/record.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';

/**
 * A database and settings that the program of commit c80441d wrote (before there were declarations): a campaign of two
 * digits, its alignment, a guided alignment, scans, moves of plates, notes, tags, what was computed of them.
 */
const fixtures = new URL('../../fixtures/stored/', import.meta.url);
let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-stored-'));
  path = join(folder, 'bench.sqlite');
  writeFileSync(path, gunzipSync(readFileSync(new URL('bench-c80441d.sqlite.gz', fixtures))));
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

/** A stored record: the name of its kind, its text, and how to put another text in its place. */
interface Row {
  readonly name: string;
  readonly text: string;
  readonly key: string;
  readonly set?: string;
}

/** Texts as the program of that commit wrote them to files; the settings stand beside the database. */
const fileTexts: Readonly<Record<string, string>> = {
  settings: readFileSync(new URL('settings.json', fixtures), 'utf8'),
  'checkpoint of a training':
    '{"key":"{}","step":5,"curve":[{"epoch":1,"trainingLoss":0.5,"trainingAccuracy":0.9,"validationAccuracy":0.8,"efficiency":0.2,"seconds":3}],"generation":1}',
  'checkpoint of a plate':
    '{"key":"{}","step":5,"generation":1,"plate":3,"tried":[{"plate":3,"accuracy":{"successes":9,"count":10,"ratio":0.9,"low":0.6,"high":0.98,"confidence":0.95},"meanMargin":0.1}],"before":{"before":{"successes":9,"count":10,"ratio":0.9,"low":0.6,"high":0.98,"confidence":0.95},"confusionBefore":[[1]]},"seconds":3}',
  'lock of a port':
    '{"pid":12,"processStart":"345","token":"t","port":"/dev/ttyUSB0","since":"2026-11-29T20:00:00.000Z"}',
  queue:
    '{"items":[{"id":"a","title":"point","job":{"kind":"scan","request":{"plan":{"plan":"point","xMm":0,"yMm":0}}},"state":"waiting","reason":"","goesOnAfterFailure":false,"seconds":60,"addedUtc":"2026-11-30T20:00:00.000Z","startedUtc":null,"endedUtc":null,"sessionUid":null}],"isPaused":false,"pausedBecause":""}',
  'place of the window': '{"x":10,"y":20,"width":1440,"height":900,"isMaximized":false}',
};

/** Texts of kinds that came later than that commit, as they were first written. */
const laterTexts: Readonly<Record<string, string>> = {
  'guard on duty': '{"guard":{"pid":12,"processStart":"345"},"host":{"pid":11,"processStart":"344"}}',
  'report of a guard':
    '{"uid":"a","utc":"2026-11-30T20:00:00.000Z","hostId":"h","host":{"pid":11,"processStart":"344"},"cause":"died","silentS":1,"isHostEnded":true,"run":{"uid":"r","title":"run 1 (grid)"},"instruments":[{"role":"source","kind":"source","driver":"scpi-source","port":"127.0.0.1:5025","outcome":"safe","text":"RF of the source is off, as it answers.","tookMs":20}],"isReported":false}',
  'calibration as-built':
    '{"benchName":"bench","benchSeed":null,"version":1,"designHash":"sha256:a","designName":"digits","alignmentUid":"a","plates":[{"plate":1,"dxMm":{"value":0.1,"sigma":0.01},"dyMm":{"value":0.1,"sigma":0.01},"dzMm":{"value":0.1,"sigma":0.01},"rotationDeg":{"value":0.1,"sigma":0.01},"refractiveIndex":{"value":1.72,"sigma":null},"extinction":0.03,"heights":{"source":"fitted","rmsMm":0.02,"meanMm":0,"errorMm":0.03,"recovered":[{"periodMm":1.2,"part":0.4}],"resolutionMm":null}}],"heightsArtifactUid":"b","fittedRunUids":["c"],"fittedPointCount":100,"measuredHeightsUids":[],"by":"Ada","programVersion":"0.1.0"}',
  'calibration read-out':
    '{"benchName":"bench","benchSeed":null,"designHash":"sha256:a","designName":"digits","study":{"correction":{"weights":[[0.1,0],[0,0]],"offsets":[0.01,0]},"family":"gains","sigma":0.1,"crossEntropyBefore":0.5,"crossEntropy":0.4,"before":{"successes":9,"count":10,"ratio":0.9,"low":0.6,"high":0.98,"confidence":0.95},"after":{"successes":9,"count":10,"ratio":0.9,"low":0.6,"high":0.98,"confidence":0.95},"curve":[{"count":10,"accuracy":0.9,"low":0.6,"high":0.98}],"neededCount":10,"simulatedCount":0,"learnedRunUids":["a"],"testedRunUids":["b"],"confusionBefore":[[1,0],[0,1]],"confusionAfter":[[1,0],[0,1]]},"by":"Ada","programVersion":"0.1.0"}',
  'calibration read-out-revoked': '{"readOutUid":"a"}',
  'calibration plate-reprint':
    '{"benchName":"bench","benchSeed":null,"lineage":{"parentName":"digits","parentHash":"sha256:a","plate":3,"asBuiltUid":"u","asBuiltVersion":1,"alignmentUid":"a","benchName":"bench","benchSeed":null,"settings":{"seed":1,"plate":null,"steps":400,"tryingSteps":40,"batchSize":16,"learningRate":0.06,"finalLearningRate":0.003,"levelsFromRatio":0.5,"fineFromRatio":0.6,"judgedCount":100,"trainingCount":0},"tried":[{"plate":3,"accuracy":{"successes":9,"count":10,"ratio":0.9,"low":0.6,"high":0.98,"confidence":0.95},"meanMargin":0.1}],"before":{"successes":9,"count":10,"ratio":0.9,"low":0.6,"high":0.98,"confidence":0.95},"after":{"successes":9,"count":10,"ratio":0.9,"low":0.6,"high":0.98,"confidence":0.95},"confusionBefore":[[1]],"confusionAfter":[[1]],"seconds":60},"designHash":"sha256:b","designName":"digits again","folder":"/designs/again","by":"Ada","programVersion":"0.1.0"}',
  'calibration plate-heights':
    '{"benchName":"bench","benchSeed":null,"designHash":"sha256:a","plate":0,"artifactUid":"a","rmsMm":0.01,"missingCount":0,"map":{"file":"one.npy","sha256":"b","array":""},"answers":{"quantity":{"kind":"height","unit":"mm"},"raw":null,"offset":0,"complex":"refuse","orientation":{"firstRow":"top","seenFrom":"detector","mirrored":false,"quarterTurns":0},"pitchMm":0.4,"fit":"exact","stack":"refuse","missing":"refuse","isLevelled":false},"placement":{"dxMm":0,"dyMm":0,"rotationDeg":0},"by":"Ada","programVersion":"0.1.0"}',
  'result resume-check':
    '{"runUid":"a","checkUid":"b","isPassed":true,"failed":[],"text":"Goes on with run 1.","significance":0.01,"allowedRatio":0.01,"pointCount":16,"passCount":3,"countReason":"5 points are the fewest","drawCount":2999,"noise":1e-8,"unit":"V","gain":{"ratio":1.001,"phaseDeg":0.1,"pValue":0.4},"shift":{"xMm":0.001,"yMm":null,"pValue":0.5},"scatter":{"ratio":1.1,"pValue":0.3}}',
  'calibration campaign-alignment':
    '{"alignmentUid":null,"verdict":"failed","reasons":["nothing was found"],"runUids":["a"],"operator":"Ada","programVersion":"0.1.0"}',
};

/** Where each kind stands: SQL that gives name, text and key of its rows. */
const columns: Readonly<Partial<Record<keyof typeof storedKinds, readonly [select: string, set?: string]>>> =
  {
    'sessions.details': [
      `SELECT 'session ' || kind AS name, details AS text, uid AS key FROM sessions`,
      'UPDATE sessions SET details = ?, checksum = NULL WHERE uid = ?',
    ],
    session_tags: [
      `SELECT 'tags of a session' AS name, json_group_array(tag) AS text, session_id AS key FROM session_tags`,
    ],
    'runs.start': [
      `SELECT 'run start' AS name, start AS text, scan_id AS key FROM runs`,
      'UPDATE runs SET start = ?, start_checksum = NULL WHERE scan_id = ?',
    ],
    'runs.stop': [
      `SELECT 'run stop' AS name, stop AS text, scan_id AS key FROM runs WHERE stop IS NOT NULL`,
      'UPDATE runs SET stop = ?, stop_checksum = NULL WHERE scan_id = ?',
    ],
    'streams.descriptor': [
      `SELECT 'event descriptor' AS name, descriptor AS text, uid AS key FROM streams`,
      'UPDATE streams SET descriptor = ?, checksum = NULL WHERE uid = ?',
    ],
    'streams.columns': [
      `SELECT 'columns of a stream' AS name, columns AS text, uid AS key FROM streams`,
      'UPDATE streams SET columns = ?, checksum = NULL WHERE uid = ?',
    ],
    'points.extra': [
      `SELECT 'extra of a point' AS name, extra AS text, seq_num AS key FROM points WHERE extra IS NOT NULL`,
    ],
    'calibrations.value': [
      `SELECT 'calibration ' || kind AS name, value AS text, uid AS key FROM calibrations`,
      'UPDATE calibrations SET value = ?, checksum = NULL WHERE uid = ?',
    ],
    'calibrations.depends_on': [
      `SELECT 'bases of a calibration' AS name, depends_on AS text, uid AS key FROM calibrations`,
      'UPDATE calibrations SET depends_on = ?, checksum = NULL WHERE uid = ?',
    ],
    'artifacts.metadata': [
      `SELECT 'artifact ' || kind AS name, metadata AS text, uid AS key FROM artifacts`,
      'UPDATE artifacts SET metadata = ? WHERE uid = ?',
    ],
    'results.value': [
      `SELECT 'result ' || kind AS name, value AS text, kind || ', ' || key AS key FROM results`,
      `UPDATE results SET value = ? WHERE kind || ', ' || key = ?`,
    ],
    'audit.details': [
      `SELECT 'audit details' AS name, details AS text, id AS key FROM audit`,
      'UPDATE audit SET details = ? WHERE id = ?',
    ],
  };

const all: readonly {place: keyof typeof storedKinds; kind: AnyRecordKind}[] = (
  Object.keys(storedKinds) as (keyof typeof storedKinds)[]
).flatMap((place) => storedKinds[place].map((kind) => ({place, kind})));

function rowsOf(place: keyof typeof storedKinds, {name}: AnyRecordKind): Row[] {
  const own = columns[place];
  if (name in laterTexts) return [{name, text: laterTexts[name], key: ''}];
  if (!own) return name in fileTexts ? [{name, text: fileTexts[name], key: ''}] : [];
  const [select, set] = own;
  const db = new Database(path, {readonly: true});
  try {
    const rows = db.prepare<[], {name: string; text: string; key: string | number}>(select).all();
    return rows
      .filter((row) => row.name === name)
      .map(({text, key}) => ({name, text, key: String(key), ...(set === undefined ? {} : {set})}));
  } finally {
    db.close();
  }
}

/** Puts other texts in the place of rows, looks, and takes it back. */
function withRows<Seen>(rows: readonly {row: Row; text: string}[], look: (store: Store) => Seen): Seen {
  const put = (textOf: (given: {row: Row; text: string}) => string): void => {
    const db = new Database(path);
    db.exec('DROP TRIGGER IF EXISTS audit_is_not_changed');
    for (const given of rows) db.prepare(given.row.set ?? '').run(textOf(given), given.row.key);
    db.close();
  };
  put(({text}) => text);
  try {
    using store = openStore(path, {readOnly: true});
    return look(store);
  } finally {
    put(({row}) => row.text);
  }
}

const parsed = (text: string): unknown => JSON.parse(text) as unknown;

/** What a list shows that must go on listing everything. */
const listed = (store: Store) => {
  const sessions = store.listSessions().map(({uid}) => uid);
  return {
    sessions,
    found: store.searchSessions({limit: 100}).length,
    runs: sessions.map((uid) => store.listRuns(uid).length),
    notes: sessions.map((uid) => store.listNotes(uid).length),
    artifacts: sessions.map((uid) => store.listArtifacts(uid).length),
    calibrations: store.listAllCalibrations().length,
    audit: store.listAudit().length,
  };
};

describe('a database of an earlier version', () => {
  it.each(all.map(({place, kind}) => [kind.name, place, kind] as const))(
    'has records of the kind "%s", and each is read with nothing lost',
    (_, place, kind) => {
      const rows = rowsOf(place, kind);
      expect(rows.length).toBeGreaterThan(0);
      for (const {text} of rows) {
        const read = kind.readText(text);
        expect(read.problem).toBeUndefined();
        // What is brought from an earlier version has other names.
        if (kind.version === 1)
          expect(parsed(JSON.stringify(read.value))).toMatchObject(parsed(text) as object);
      }
    },
  );

  it('is whole, and every kind of its rows is declared', () => {
    using store = openStore(path, {readOnly: true});
    expect(store.verify().damage).toEqual([]);
  });
});

/** One row for each kind that stands in a column of its own, no two in the same. */
function sampleRows(): {kind: AnyRecordKind; row: Row}[] {
  const taken = new Set<string>();
  return all.flatMap(({place, kind}) => {
    const own = columns[place];
    if (own?.[1] === undefined || kind.name in laterTexts) return [];
    const rows = rowsOf(place, kind);
    const row = rows.find(({key}) => !taken.has(`${place.split('.')[0]} ${key}`));
    if (!row) throw new Error(`There is no row left for ${kind.name}.`);
    taken.add(`${place.split('.')[0]} ${row.key}`);
    return [{kind, row}];
  });
}

/** A field without which a record does not fit; undefined for kinds that have none. */
const neededField = (kind: AnyRecordKind, json: unknown): string | undefined =>
  isJsonObject(json)
    ? Object.keys(json).find((name) => kind.read({...json, [name]: undefined}).problem !== undefined)
    : undefined;

describe('a record that does not fit', () => {
  it.each<[what: string, words: RegExp, damage: (kind: AnyRecordKind, json: unknown) => unknown]>([
    ['of another type', /field|kind/, () => 'a text'],
    [
      'of a later version',
      /later version of this program/,
      ({version}, json) => (isJsonObject(json) ? {...json, $version: version + 1} : undefined),
    ],
    [
      'without a field',
      /field|kind/,
      (kind, json) => {
        const name = neededField(kind, json);
        return name !== undefined && isJsonObject(json) ? {...json, [name]: undefined} : undefined;
      },
    ],
  ])('%s is named with its row, and everything else is listed', (_, words, damage) => {
    using before = openStore(path, {readOnly: true});
    const whole = listed(before);
    const damaged = sampleRows().flatMap(({kind, row}) => {
      const text = JSON.stringify(damage(kind, parsed(row.text))) as string | undefined;
      return text === undefined ? [] : [{row, text}];
    });
    expect(damaged.length).toBeGreaterThan(30);
    withRows(damaged, (store) => {
      expect(listed(store)).toEqual(whole);
      const found = store.verify().damage;
      expect(found).toHaveLength(damaged.length);
      for (const {row} of damaged) {
        const own = found.find(({text}) => text.includes(row.key));
        expect(own?.text, row.name).toMatch(words);
        expect(own?.text, row.name).toMatch(/^Row .* of the table \w+ cannot be used: /);
      }
    });
  });

  it('is never taken for one that fits, whatever field has another type', () => {
    const samples = all.flatMap(({place, kind}) => {
      const json = parsed(rowsOf(place, kind)[0].text);
      return isJsonObject(json) ? [{kind, json}] : [];
    });
    const strange = {strange: {strange: ['strange']}};
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(), ({kind, json}, choice) => {
        const names = Object.keys(json);
        const name = names[choice % Math.max(names.length, 1)];
        const read = kind.read({...json, [name]: strange});
        if (read.problem === undefined) expect(keepsAnything(kind, name)).toBe(true);
        else expect(read.problem).toMatch(kind.version === 1 ? name : /field/);
      }),
      {numRuns: 500},
    );
  });
});

/** Fields whose content is somebody else's: the plan's parameters, what a line of the audit trail says. */
const keepsAnything = ({name}: AnyRecordKind, field: string): boolean =>
  name === 'audit details' || (name === 'run start' && ['plan_args', 'hints'].includes(field));

describe('a declaration', () => {
  const kind = defineRecord({
    name: 'sample',
    version: 3,
    schema: z.object({list: z.array(z.object({newest: z.number()}))}),
    migrations: [renameFields({oldest: 'older'}), renameFields({older: 'newest'})],
  });

  it('brings a record from each version before to the present one', () => {
    const value = {list: [{newest: 1}]};
    expect(kind.read({list: [{oldest: 1}]}).value).toEqual(value);
    expect(kind.read({$version: 2, list: [{older: 1}]}).value).toEqual(value);
    expect(kind.readText(kind.write(value)).value).toEqual(value);
    expect(kind.toJson(value)).toEqual({...value, $version: 3});
  });

  it('tells a damaged record of an earlier version, also where its migration fails', () => {
    expect(kind.read({list: [{oldest: 'x'}]}).problem).toMatch(/field list\.0\.newest/);
    expect(kind.read({$version: 'x'}).problem).toMatch(/\$version/);
    const failing = defineRecord({
      name: 'failing',
      version: 2,
      schema: z.object({}),
      migrations: [
        () => {
          throw new TypeError('no such field');
        },
      ],
    });
    expect(failing.read({}).problem).toMatch(/could not be brought to version 2 .*no such field/);
  });

  it('writes nothing that it could not read back, and has a migration for each version', () => {
    expect(() => kind.write({list: [{newest: NaN}]})).toThrow(/not stored.*list\.0\.newest/);
    expect(() => defineRecord({name: 'x', version: 2, schema: z.object({})})).toThrow(RangeError);
  });
});
