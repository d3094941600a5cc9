import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import Database from 'better-sqlite3';
import {listCorrections} from '../../src/host/corrections/correct-records.ts';
import {openDesign} from '../../src/host/designs/design-folder.ts';
import {alignmentKind, getAlignment} from '../../src/host/placements/alignment-records.ts';
import {migrate} from '../../src/host/store/migrate.ts';
import {openStore, type Store} from '../../src/host/store/open-store.ts';
import {migrations} from '../../src/host/store/schema.ts';
import {createMeasuredBench, writeMeasuredSession} from '../host/alignment/measured-session.ts';
import {writeGridRun} from '../host/store/grid-run.ts';
import {writeRun} from '../host/store/sample-run.ts';
import {createSmallDesign} from '../virtual/small-design.ts';
import type {KindName} from './positions.ts';

/** What is looked at after a restart, besides what holds for every kind of work. */
export interface Restarted {
  readonly dataFolder: string;
  readonly store: Store;
  /** The position at which it ended; '' after it was done again, to its end. */
  readonly endedAt: string;
}

export interface Kind {
  readonly name: KindName;
  /** Of the command line, or of `module`. */
  readonly args: (dataFolder: string) => readonly string[];
  readonly module?: string;
  /** Fills a data folder with what was there before. */
  readonly prepare?: (dataFolder: string) => Promise<void>;
  /** What is not as it has to be, in sentences. */
  readonly check: (restarted: Restarted) => Promise<readonly string[]> | readonly string[];
}

const problemsIf = (conditions: Readonly<Record<string, boolean>>): string[] =>
  Object.entries(conditions).flatMap(([text, isSo]) => (isSo ? [text] : []));

/** Every kind of work, on plates so small that their light takes no time to compute. */
export async function createKinds(scratch: string): Promise<Readonly<Record<KindName, Kind>>> {
  const [small, ofDigits] = await Promise.all([createSmallDesign(), createSmallDesign(28)]);
  process.once('exit', () => [small, ofDigits].forEach((design) => design[Symbol.dispose]()));
  const speed = ['--speed', '600', '--timeout-scale', '10'];
  const grid = ['--plan', 'grid', '--width-mm', '4', '--height-mm', '4', '--step-mm', '1'];
  return {
    scan: {
      name: 'scan',
      args: () => ['scan', ...grid, '--set-up-detector', '--design', small.folder, ...speed],
      check: ({store, endedAt}) => problemsIf(runProblems(store, endedAt, 'grid')),
    },
    campaign: {
      name: 'campaign',
      args: () => ['campaign', '--digits', '1', '--align', 'off', '--design', ofDigits.folder, ...speed],
      check: ({store, endedAt}) => campaignProblems(store, endedAt),
    },
    alignment: alignmentOf(scratch),
    'correction by mounts': {
      name: 'correction by mounts',
      module: fileURLToPath(new URL('correction-child.ts', import.meta.url)),
      args: () => [],
      check: ({store, endedAt}) => correctionProblems(store, endedAt),
    },
    training,
    export: exportOf(),
    migration: {
      name: 'migration',
      args: () => ['sessions', 'list'],
      prepare: writeFormat1,
      check: ({store}) =>
        problemsIf({
          'the session of format 1 is not listed': store.listSessions().length !== 1,
          'its points are not all there': store.search({}).some(({pointCount}) => pointCount !== 20),
        }),
    },
    'settings write': {
      name: 'settings write',
      args: () => ['settings', 'set', 'operator', 'Grace'],
      prepare: async (dataFolder) =>
        writeFileSync(join(dataFolder, 'settings.json'), '{"operator":"Ada","theme":"dark"}\n'),
      check: settingsProblems,
    },
  };
}

/** A run that ended early is closed as failed, with the reason; one whose stop was stored is as it was. */
function runProblems(store: Store, endedAt: string, planName: string): Record<string, boolean> {
  const last = store.search({}).find((run) => run.planName.startsWith(planName));
  const isStopped = endedAt === '' || endedAt === 'run.stop-stored';
  return {
    'the run is not there although its start was stored':
      last === undefined && (isStopped || /^run\.(?!start-storing)/.test(endedAt)),
    [`the run was closed as ${last?.exitStatus} although it was measured to its end`]:
      last !== undefined && isStopped && last.exitStatus !== 'success',
    'the run counts as whole although it was cut off':
      /^run\.(start|columns|point)/.test(endedAt) && last?.exitStatus === 'success',
    'the run says no reason': last?.exitStatus === 'fail' && last.reason === '',
  };
}

function campaignProblems(store: Store, endedAt: string): string[] {
  const [session] = store.searchSessions({limit: 10}).filter(({kind}) => kind === 'campaign');
  const result = session && store.listResults(session.uid, 'campaign')[0];
  return problemsIf({
    'the session is not there': session === undefined && endedAt.startsWith('campaign.'),
    'the result is not there':
      result === undefined && (endedAt === '' || endedAt === 'campaign.result-stored'),
  });
}

function alignmentOf(scratch: string): Kind {
  let sessionUid = '';
  return {
    name: 'alignment',
    args: () => [
      ...['align', '--session', sessionUid, '--orientation', 'never'],
      ...['--free', 'frame.dx,frame.dy,frame.rotation'],
    ],
    async prepare(dataFolder) {
      mkdirSync(scratch, {recursive: true});
      using store = openStore(join(dataFolder, 'bench.sqlite'));
      ({sessionUid} = await writeMeasuredSession(store, await createMeasuredBench(6, 1), {side: 14}));
    },
    check({store, endedAt}) {
      const found = store.listCalibrations(alignmentKind);
      return [
        ...problemsIf({
          [`${found.length} alignments are stored`]: endedAt === 'alignment.stored' && found.length !== 1,
          'an alignment is stored that nobody has been told of':
            endedAt !== '' && endedAt !== 'alignment.stored' && found.length > 0,
          'no alignment is stored': endedAt === '' && found.length === 0,
        }),
        ...found.flatMap(({uid}) =>
          getAlignment(store, uid).planes.length === 1 ? [] : ['its planes are not there'],
        ),
      ];
    },
  };
}

function correctionProblems(store: Store, endedAt: string): string[] {
  const session = store.listSessions()[0];
  const corrections = session ? listCorrections(store, {benchName: session.benchName, benchSeed: 4}) : [];
  const last = corrections.at(-1);
  const isDone = endedAt === '' || endedAt === 'correction.done';
  return problemsIf({
    'the correction is not there': last === undefined,
    [`the correction is ${last?.state}`]: last !== undefined && last.state !== (isDone ? 'done' : 'moving'),
    'a move was made that nobody wrote down': endedAt === 'correction.plate-moved' && last?.made.length === 0,
  });
}

const training: Kind = {
  name: 'training',
  args: (dataFolder) => [
    ...[
      'twin',
      'train',
      '--out',
      join(dataFolder, 'trained'),
      '--count',
      '16',
      '--layers',
      '1',
      '--gap-mm',
      '10',
    ],
    ...['--region-mm', '0.8', '--object-side-mm', '5', '--scan-step-mm', '0.8', '--epochs', '2'],
    ...['--training-count', '16', '--validation-count', '20', '--workers', '1'],
  ],
  async check({dataFolder, endedAt}) {
    const folder = join(dataFolder, 'trained');
    const hasDesign = existsSync(join(folder, 'design.json'));
    const problems = problemsIf({
      'the design is not there':
        !hasDesign && (endedAt === '' || /training\.(design|record|checkpoint)/.test(endedAt)),
    });
    // Throws where a part of it is missing or not as it was written.
    if (hasDesign) await openDesign(folder);
    if (endedAt !== '') return problems;
    const {curve} = JSON.parse(readFileSync(join(folder, 'training.json'), 'utf8')) as {
      curve: {epoch: number}[];
    };
    return curve.length === 2 ? problems : [...problems, `its curve has ${curve.length} epochs`];
  },
};

function exportOf(): Kind {
  let sessionUid = '';
  const before = 'an earlier file\n';
  const outOf = (dataFolder: string): string => join(dataFolder, 'points.csv');
  return {
    name: 'export',
    args: (dataFolder) => ['sessions', 'export', sessionUid, '--format', 'csv', '--out', outOf(dataFolder)],
    async prepare(dataFolder) {
      using store = openStore(join(dataFolder, 'bench.sqlite'));
      ({uid: sessionUid} = store.createSession({title: 'one', operator: 'Ada', benchName: 'fake'}));
      writeGridRun(store.recorder(sessionUid), {
        rows: 20,
        columns: 20,
        signalV: (xMm, yMm) => ({xV: xMm, yV: yMm}),
      });
      writeFileSync(outOf(dataFolder), before);
    },
    check({dataFolder, endedAt}) {
      const text = readFileSync(outOf(dataFolder), 'utf8');
      const isWhole =
        text
          .trimEnd()
          .split('\n')
          .filter((line) => !line.startsWith('#')).length === 401;
      return problemsIf({
        'the file is neither the earlier one nor whole': text !== before && !isWhole,
        'the file is not the new one': !isWhole && (endedAt === '' || endedAt === 'file.in-place'),
      });
    },
  };
}

function settingsProblems({dataFolder, endedAt}: Restarted): string[] {
  const {operator, theme} = JSON.parse(readFileSync(join(dataFolder, 'settings.json'), 'utf8')) as {
    operator: string;
    theme: string;
  };
  return problemsIf({
    [`the operator is ${operator}`]: operator !== 'Ada' && operator !== 'Grace',
    'the change is not there': operator !== 'Grace' && (endedAt === '' || endedAt === 'file.in-place'),
    'another setting is lost': theme !== 'dark',
  });
}

/** A database as the first format had it, with one run of today. */
async function writeFormat1(dataFolder: string): Promise<void> {
  const today = join(dataFolder, 'today.sqlite');
  {
    using store = openStore(today);
    const {uid} = store.createSession({
      title: 'old',
      operator: 'Ada',
      benchName: 'fake',
      details: {kind: 'session'},
    });
    writeRun(store.recorder(uid), {pointCount: 20});
  }
  const db = new Database(join(dataFolder, 'bench.sqlite'));
  db.pragma('journal_mode = WAL');
  migrate(db, migrations.slice(0, 1), () => undefined);
  db.prepare('ATTACH ? AS today').run(today);
  for (const table of ['instances', 'sessions', 'runs', 'streams', 'points']) {
    const columns = (db.pragma(`main.table_info(${table})`) as {name: string}[])
      .map(({name}) => name)
      .join(', ');
    db.exec(`INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM today.${table}`);
  }
  db.close();
}
