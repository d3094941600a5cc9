import type {ApiInputs, Settings} from '../../contract/api/index.ts';
import {numberFrom} from '../../base/number-text.ts';
import {BenchError} from '../../contract/errors.ts';
import type {CliContext} from '../context.ts';
import {openHostClient} from '../host-client.ts';
import {isoFromS} from '../../base/utc-text.ts';

/** Prints the calibration ledger, newest first. */
export async function listCalibrations(
  {kind, bench, all}: {readonly kind?: string; readonly bench?: string; readonly all?: boolean},
  context: CliContext,
): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'look'});
  const calibrations = (await connection.client.sessions.calibrations()).filter(
    (one) =>
      (kind === undefined || one.kind === kind) &&
      (bench === undefined || one.benchName === bench) &&
      (all === true || one.status === 'current'),
  );
  if (calibrations.length === 0)
    output.line(all === true ? 'No calibration fits.' : 'None counts now. --all shows older ones.');
  else
    output.table(
      [
        {title: 'calibration', align: 'left'},
        {title: 'kind', align: 'left'},
        {title: 'made (UTC)', align: 'left'},
        {title: 'bench', align: 'left'},
        {title: 'valid until (UTC)', align: 'left'},
        {title: 'status', align: 'left'},
        {title: 'why', align: 'left'},
      ],
      calibrations.map((one) => [
        one.uid,
        one.kind,
        isoFromS(one.timeS),
        one.benchName,
        one.validUntilS === null ? 'no limit' : isoFromS(one.validUntilS),
        one.status,
        one.statusText,
      ]),
    );
  output.result({calibrations});
}

/** Prints who changed what and when. */
export async function listAudit({limit}: {readonly limit: number}, context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'look'});
  const entries = await connection.client.app.audit({limit: Math.min(limit, longestAudit)});
  output.table(
    [
      {title: 'time (UTC)', align: 'left'},
      {title: 'who', align: 'left'},
      {title: 'what', align: 'left'},
      {title: 'of', align: 'left'},
    ],
    entries.map(({timeS, actor, action, subject}) => [isoFromS(timeS), actor, action, subject]),
  );
  output.result({entries});
}

/** As many lines as the host gives at once. */
const longestAudit = 2000;

/** Prints every setting. */
export async function showSettings(context: CliContext): Promise<void> {
  await using connection = await openHostClient(context, {store: 'look'});
  writeSettings(await connection.client.app.settings(), context);
}

type SettingsChange = ApiInputs['app']['changeSettings'];

/** Settings that hold one value each. */
const plainSettings = {
  theme: 'text',
  scale: 'number',
  colourMap: 'text',
  operator: 'text',
  pointsSafeWithinMs: 'number',
  backupKeepCount: 'number',
  backupEveryHours: 'number or none',
  backupFolder: 'text',
} as const satisfies Partial<Record<keyof SettingsChange, 'text' | 'number' | 'number or none'>>;

/** Changes one setting; a value that does not fit is refused by the host. */
export async function changeSetting(name: string, value: string, context: CliContext): Promise<void> {
  await using connection = await openHostClient(context, {store: 'write'});
  const {client} = connection;
  const {calibrationHours} = await client.app.settings();
  const hoursOf = /^calibrationHours\.(\w+)$/.exec(name)?.[1];
  if (hoursOf !== undefined && Object.hasOwn(calibrationHours, hoursOf)) {
    const changed = {calibrationHours: {...calibrationHours, [hoursOf]: numberOf(name, value)}};
    writeSettings(await client.app.changeSettings(changed), context);
    return;
  }
  if (!Object.hasOwn(plainSettings, name)) {
    const known = [
      ...Object.keys(plainSettings),
      ...Object.keys(calibrationHours).map((kind) => `calibrationHours.${kind}`),
    ];
    throw new BenchError(
      'cli/usage',
      `There is no setting ${name}; settings are ${known.join(', ')}. Nothing was changed.`,
    );
  }
  const kind = plainSettings[name as keyof typeof plainSettings];
  const isNone = kind === 'number or none' && value === 'none';
  const change: Record<string, unknown> = {
    [name]: kind === 'text' ? value : isNone ? null : numberOf(name, value),
  };
  writeSettings(await client.app.changeSettings(change), context);
}

function numberOf(name: string, text: string): number {
  const value = numberFrom(text);
  if (Number.isFinite(value)) return value;
  throw new BenchError('cli/usage', `${name} needs a number, not "${text}". Nothing was changed.`);
}

function writeSettings(settings: Settings, {output}: CliContext): void {
  const {calibrationHours, theme, scale, colourMap, operator} = settings;
  const {pointsSafeWithinMs, backupKeepCount, backupEveryHours, backupFolder} = settings;
  const safety = {pointsSafeWithinMs, backupKeepCount, backupEveryHours, backupFolder};
  const plain = {operator, theme, scale, colourMap, ...safety};
  output.table(
    [
      {title: 'setting', align: 'left'},
      {title: 'value', align: 'left'},
    ],
    [
      ...Object.entries(plain).map(([name, value]) => [name, value === null ? 'none' : String(value)]),
      ...Object.entries(calibrationHours).map(([kind, hours]) => [`calibrationHours.${kind}`, `${hours} h`]),
    ],
  );
  output.result({...plain, calibrationHours});
}

/** Prints the designs that can be used. */
export async function listDesigns(context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'look'});
  const designs = await connection.client.design.list();
  output.table(
    [
      {title: 'name', align: 'left'},
      {title: 'plates'},
      {title: 'frequency', unit: 'GHz'},
      {title: 'folder', align: 'left'},
      {title: 'problem', align: 'left'},
    ],
    designs.map(({name, layerCount, frequencyHz, folder, problem}) => [
      name,
      layerCount,
      frequencyHz / 1e9,
      folder,
      problem,
    ]),
  );
  output.result({designs});
}

/** STOP of a running program. Throws `cli/usage` without one: a command of its own process ends by Ctrl-C. */
export async function halt({reason}: {readonly reason: string}, context: CliContext): Promise<void> {
  if (context.host() === undefined)
    throw new BenchError(
      'cli/usage',
      'halt needs the running program that is to stop: give --host and --token, as its About page shows them. Another command line is stopped by Ctrl-C there.',
    );
  const {output} = context;
  await using connection = await openHostClient(context);
  const done = await connection.client.app.halt({reason});
  output.line(done.sentence);
  for (const problem of done.problems) output.line(problem);
  output.result(done);
  if (done.problems.length > 0) throw new BenchError('device/fault', done.problems.join(' '));
}
