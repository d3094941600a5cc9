import {countOf} from '../../base/count-text.ts';
import {resolve} from 'node:path';
import {BenchError} from '../../contract/errors.ts';
import type {CliContext} from '../context.ts';
import {attendance} from '../follow-run.ts';
import {openHostClient, type HostConnection} from '../host-client.ts';
import {measureCampaign, type MeasuredCampaign} from '../measure-campaign.ts';
import {manualStepBy} from '../mount-command.ts';
import {formatDuration, writeCampaignSummary, type Output} from '../output/index.ts';
import {writeReportPlace} from '../report-place.ts';
import {settingsPolicyFrom, type SettingsCliOptions} from '../settings-options.ts';
import type {TimeoutCliOptions} from '../timeout-option.ts';
import {reportStart, useBench, type BenchCliOptions} from '../use-bench.ts';

/** Values of the options of `campaign`. */
export interface CampaignCliOptions extends BenchCliOptions, SettingsCliOptions, TimeoutCliOptions {
  readonly digits: number;
  readonly align: 'auto' | 'off';
  readonly operator?: string;
  readonly title?: string;
  readonly mountCommand?: string;
}

/** The main job: a campaign on the bench that is named, its comparison and its report. */
export async function campaign(options: CampaignCliOptions, context: CliContext): Promise<void> {
  const onSettings = settingsPolicyFrom(options);
  const {mountCommand} = options;
  await using connection = await openHostClient(context, {
    store: 'write',
    timeoutScale: options.timeoutScale,
  });
  const {client} = connection;
  const designFolder = options.design === undefined ? undefined : resolve(options.design);
  // A design that cannot be used is refused before any instrument is opened.
  await client.design.get({folder: designFolder});
  await reportStart(client, context);
  const outcome = await measured();
  finish(context.output, outcome, connection);

  async function measured(): Promise<MeasuredCampaign> {
    await using bench = await useBench(connection, context, options);
    void bench;
    return await measureCampaign(
      connection,
      context,
      () =>
        client.campaign.start({
          designFolder,
          digitCount: options.digits,
          seed: options.seed,
          align: options.align,
          operator: options.operator,
          title: options.title,
          onSettings,
          ...attendance(context),
        }),
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
