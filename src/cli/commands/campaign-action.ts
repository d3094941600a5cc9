import {countOf} from '../../base/count-text.ts';
import {resolve} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import type {CliContext} from '../context.ts';
import {attendance} from '../follow-run.ts';
import {openHostClient, type BenchClient, type HostConnection} from '../host-client.ts';
import {measureCampaign, type MeasuredCampaign} from '../measure-campaign.ts';
import {manualStepBy} from '../mount-command.ts';
import {formatDuration, writeCampaignSummary, type Output} from '../output/index.ts';
import {writeReportPlace} from '../report-place.ts';
import {settingsPolicyFrom, type SettingsCliOptions, type SuspenderCliOptions} from '../settings-options.ts';
import {suspendersFrom} from '../read-suspenders.ts';
import type {TimeoutCliOptions} from '../timeout-option.ts';
import {reportStart, useBench, type BenchCliOptions} from '../use-bench.ts';

/** Values of the options of `campaign`. */
export interface CampaignCliOptions
  extends BenchCliOptions, SettingsCliOptions, SuspenderCliOptions, TimeoutCliOptions {
  readonly digits: number;
  readonly align: 'auto' | 'off';
  readonly operator?: string;
  readonly title?: string;
  readonly mountCommand?: string;
  readonly referencePatchMm?: number;
}

/** Values of the options of `campaign resume` and `campaign again`. */
export interface CampaignResumeOptions extends CampaignCliOptions {
  readonly anew?: boolean;
  readonly significance?: number;
  readonly allowChange?: number;
  readonly home?: boolean;
}

/** The main job: a campaign on the bench that is named, its comparison and its report. */
export async function campaign(options: CampaignCliOptions, context: CliContext): Promise<void> {
  const suspenders = suspendersFrom(options);
  const designFolder = options.design === undefined ? undefined : resolve(options.design);
  await measureOn(options, context, {
    // A design that cannot be used is refused before any instrument is opened.
    before: async (client) => void (await client.design.get({folder: designFolder})),
    start: (client, how) =>
      client.campaign.start({
        designFolder,
        digitCount: options.digits,
        seed: options.seed,
        align: options.align,
        referencePatchMm: options.referencePatchMm,
        title: options.title,
        suspenders,
        ...how,
      }),
  });
}

/** Goes on with a campaign that was cut off. */
export async function resumeCampaign(
  session: string,
  options: CampaignResumeOptions,
  context: CliContext,
): Promise<void> {
  let sessionUid = '';
  const digit = options.anew === true ? 'anew' : 'certified';
  const asked = {
    digit,
    significance: options.significance,
    allowedRatio: options.allowChange,
    isHomedFirst: options.home === true,
  } as const;
  await measureOn(options, context, {
    before: async (client) => {
      sessionUid = (await client.sessions.find({start: session})).uid;
    },
    async start(client, how) {
      const rest = await client.campaign.resumePlan({...asked, sessionUid});
      if (rest.isAllowed) {
        const {cut, doneCount, left, seconds} = rest;
        const place = cut
          ? `digit ${cut.index + 1} was cut off${digit === 'anew' ? ' and is measured anew' : ''}`
          : 'no digit was cut off';
        context.output.log(
          `${countOf(doneCount, 'digit')} done, ${left.length} left; ${place}; about ${formatDuration(seconds)}`,
        );
      }
      return client.campaign.resume({...asked, ...how, suspenders: suspendersFrom(options), sessionUid});
    },
  });
}

/** Measures a campaign once more, as a new one. */
export async function campaignAgain(
  session: string,
  options: CampaignResumeOptions,
  context: CliContext,
): Promise<void> {
  let sessionUid = '';
  await measureOn(options, context, {
    before: async (client) => {
      sessionUid = (await client.sessions.find({start: session})).uid;
    },
    start: (client, how) => client.campaign.again({...how, suspenders: suspendersFrom(options), sessionUid}),
  });
}

/** How a campaign is begun at a terminal. */
interface CampaignBeginning {
  /** Before any instrument is opened. */
  readonly before: (client: BenchClient) => Promise<void>;
  readonly start: (
    client: BenchClient,
    how: {
      readonly operator: string | undefined;
      readonly onSettings: ReturnType<typeof settingsPolicyFrom>;
      readonly isAttended: boolean;
    },
  ) => Promise<{readonly id: string}>;
}

async function measureOn(
  options: CampaignCliOptions,
  context: CliContext,
  {before, start}: CampaignBeginning,
): Promise<void> {
  const onSettings = settingsPolicyFrom(options);
  const {mountCommand, operator} = options;
  await using connection = await openHostClient(context, {
    store: 'write',
    timeoutScale: options.timeoutScale,
  });
  const {client} = connection;
  await before(client);
  await reportStart(client, context);
  const outcome = await measured();
  finish(context.output, outcome, connection);

  async function measured(): Promise<MeasuredCampaign> {
    await using bench = await useBench(connection, context, options);
    void bench;
    return await measureCampaign(
      connection,
      context,
      () => start(client, {operator, onSettings, ...attendance(context)}),
      {doManualStep: manualStepBy(mountCommand)},
    );
  }
}

function finish(output: Output, outcome: MeasuredCampaign, connection: HostConnection): void {
  const {result, sessionUid, endedEarly} = outcome;
  if (result.digits.length > 0) writeCampaignSummary(output, result);
  else output.line('No digit was measured to its end, so there is nothing to compare yet.');
  output.line();
  output.line(`${countOf(result.pointCount, 'point')} compared, ${formatDuration(outcome.seconds)}`);
  output.line(`session ${sessionUid}`);
  writeReportPlace(output, connection, outcome);
  output.result(outcome.json);
  if (endedEarly === null) return;
  const {code, message, details} = endedEarly;
  throw new BenchError(
    code,
    `${message} The source is off and the stage stopped; every point taken is kept in session ${sessionUid}.`,
    {cause: endedEarly, details},
  );
}
