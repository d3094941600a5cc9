import {namedPlateOptics, type PlateOptics} from '../../contract/plate-optics.ts';
import {resolve} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import type {PlanSpec} from '../../contract/plan-spec.ts';
import type {CliContext} from '../context.ts';
import {attendance} from '../follow-run.ts';
import type {BenchClient, HostConnection} from '../host-client.ts';
import {measureCampaign} from '../measure-campaign.ts';
import {namesFrom} from '../option-values.ts';
import {planReader} from '../plan-text.ts';
import {settingsPolicyFrom, type SettingsCliOptions} from '../settings-options.ts';
import type {TimeoutCliOptions} from '../timeout-option.ts';
import type {BenchCliOptions} from '../use-bench.ts';

type GridSpec = Extract<PlanSpec, {plan: 'grid'}>;

/** Values of the options of `align`. */
export interface AlignCliOptions extends BenchCliOptions, SettingsCliOptions, TimeoutCliOptions {
  readonly session?: string;
  readonly data?: string;
  readonly objects?: number;
  readonly digits?: string;
  readonly scan?: string;
  readonly free?: string;
  readonly orientation: 'auto' | 'always' | 'never';
  readonly plates?: 'thin' | 'thick';
  readonly correct?: boolean;
  readonly allowDoubtful?: boolean;
}

/** How the options say that planes are aligned. */
export const alignChoicesFrom = ({
  free,
  orientation,
  plates,
}: Pick<AlignCliOptions, 'free' | 'orientation' | 'plates'>): {
  free: string[];
  orientation: 'auto' | 'always' | 'never';
  plateOptics: PlateOptics | undefined;
} => ({
  free: namesFrom(free),
  orientation,
  plateOptics: plates && namedPlateOptics[plates],
});

/** What is measured for an alignment, once it is known that it can be. */
export interface AlignMeasurement {
  readonly designFolder: string | undefined;
  readonly objectCount: number | undefined;
  readonly digits: string[];
  readonly scan: GridSpec | undefined;
}

type ReadGrid = (client: BenchClient) => Promise<GridSpec | undefined>;

/** How the grid of `--scan` is read, see `planReader`. */
export const gridReader = async (context: CliContext, {scan}: AlignCliOptions): Promise<ReadGrid> =>
  scan === undefined ? async () => undefined : planReader(context, {text: scan, check: assertGrid});

/** Reads what is to be measured; a mistake is refused before any instrument is opened. */
export async function measurementFrom(
  client: BenchClient,
  {design, objects, digits}: AlignCliOptions,
  readGrid: ReadGrid,
): Promise<AlignMeasurement> {
  const designFolder = design === undefined ? undefined : resolve(design);
  const scan = await readGrid(client);
  const names = namesFrom(digits);
  await client.align.digits({names, designFolder});
  return {designFolder, objectCount: objects, digits: names, scan};
}

/** Measures objects on the open bench; returns the session. Throws what ended it early. */
export async function measureObjects(
  connection: HostConnection,
  context: CliContext,
  {seed, ...options}: AlignCliOptions,
  measurement: AlignMeasurement,
): Promise<string> {
  const {sessionUid, endedEarly} = await measureCampaign(connection, context, () =>
    connection.client.align.measure({
      ...measurement,
      seed,
      onSettings: settingsPolicyFrom(options),
      ...attendance(context),
    }),
  );
  if (endedEarly !== null) throw endedEarly;
  return sessionUid;
}

function assertGrid(plan: PlanSpec): GridSpec {
  if (plan.plan === 'grid') return plan;
  throw new BenchError(
    'cli/usage',
    `An alignment measures planes: the plan is "${plan.plan}" and has to be a grid. Nothing was started.`,
  );
}
