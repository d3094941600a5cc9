/** The one place where the parts of the host meet; command line and (later) the app's process enter here. */
import {fileURLToPath} from 'node:url';
import {startVirtualBench} from '../virtual/spawn.ts';
import {openRealBench, openVirtualBench, type BenchOperator} from './bench/open-bench.ts';
import {readBenchFile} from './bench/bench-file.ts';
import {runCampaign, type CampaignHooks, type CampaignOutcome} from './campaign/run-campaign.ts';
import {openDataFolder} from './data-folder.ts';
import {openDesign} from './designs/design-folder.ts';

export {runVirtual} from '../virtual/main.ts';
export {readIdxDataSet} from './data/idx.ts';
export {openDesign} from './designs/design-folder.ts';
export {trainDesign, type TrainDesignSettings} from './designs/train-design.ts';
export {examineInstallation} from './doctor.ts';
export type {EngineEvent} from './engine/events.ts';
export {listSessions, reportSession, showSession} from './sessions.ts';
export {classify} from './twin/classify.ts';
export {predictPlane, propagatePlane} from './twin/plane-jobs.ts';

/** The design that is shipped. */
export const defaultDesignFolder = fileURLToPath(new URL('../../designs/digits', import.meta.url));

export interface CampaignCall {
  /** Without one the built-in virtual bench. */
  readonly benchPath?: string | undefined;
  readonly designFolder: string;
  readonly digitCount: number;
  readonly seed: number;
  readonly speed: number;
  readonly isNoisy: boolean;
  readonly operator?: string | undefined;
  readonly title?: string | undefined;
  readonly askOperator: BenchOperator;
}

/** Opens the bench, runs the campaign, closes the bench in every ending. */
export async function campaignOnBench(call: CampaignCall, hooks: CampaignHooks): Promise<CampaignOutcome> {
  const {signal} = hooks;
  const design = await openDesign(call.designFolder);
  const file = call.benchPath === undefined ? undefined : await readBenchFile(call.benchPath);
  const data = await openDataFolder();
  hooks.onText?.(
    file
      ? `bench ${file.name}: connecting`
      : `starting the virtual bench (seed ${call.seed}, ${call.speed} times as fast as real time)`,
  );
  await using bench = file
    ? await openRealBench(file, call.askOperator, {signal})
    : await openVirtualBench(
        await startVirtualBench({
          seed: call.seed,
          speed: call.speed,
          noise: call.isNoisy,
          designFolder: call.designFolder,
          signal,
        }),
        call.speed,
        {signal},
      );
  for (const device of [bench.devices.source, bench.devices.lockin, bench.devices.stage]) {
    hooks.onText?.(`${device.role}: ${device.identity.text.trim()}`);
  }
  return await runCampaign(
    bench,
    data,
    {
      design,
      designFolder: call.designFolder,
      digitCount: call.digitCount,
      seed: call.seed,
      ...(call.operator === undefined ? {} : {operator: call.operator}),
      ...(call.title === undefined ? {} : {title: call.title}),
    },
    hooks,
  );
}
