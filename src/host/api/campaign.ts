import type {z} from 'zod';
import type {campaignRequestSchema, DigitChoice} from '../../contract/api/index.ts';
import {benchErrorFrom} from '../../contract/errors.ts';
import {sFromMs} from '../../contract/units.ts';
import type {CampaignJobService} from '../jobs/campaign-job-service.ts';
import {campaignOptionsFrom, defaultChoices, type CampaignChoices} from '../campaign/campaign-plan.ts';
import {digitIdOf, type ListedDigit, type TestDigit} from '../campaign/digits.ts';
import type {CampaignOutcome} from '../campaign/run-campaign.ts';
import {walkCampaign} from '../campaign/walk-campaign.ts';
import {defaultDesignFolder} from '../designs/default-design.ts';
import {assertWithinLimits} from '../engine/dry-run.ts';
import type {Design} from '../../twin/design/load.ts';
import {dataServicesOf} from './data-services.ts';
import {os} from './procedures.ts';
import type {HostServices} from '../services.ts';

type RequestInput = z.output<typeof campaignRequestSchema>;

/** Campaigns: choosing digits, measuring them, and how measured and simulated compare. */
export const campaignApi = (services: HostServices) => {
  const {bench} = services;
  const threads = dataServicesOf(services);
  const campaignJobs = (): CampaignJobService => threads.campaignJobs;

  const prepare = async (
    input: RequestInput,
    signal?: AbortSignal,
  ): Promise<{design: Design; designFolder: string; digits: TestDigit[]; choices: CampaignChoices}> => {
    const designFolder = input.designFolder ?? defaultDesignFolder;
    const design = await threads.designs.open(designFolder);
    const digits = await threads.analysis.ask(
      'chooseDigits',
      {ids: input.digitIds, count: input.digitCount, seed: input.seed, design: design.file},
      signal,
    );
    return {design, designFolder, digits, choices: choicesFrom(input)};
  };
  const choiceFrom = (designHash: string, digit: ListedDigit): DigitChoice => ({
    ...digit,
    predicted: threads.predictedWinners.get(`${designHash} ${digit.id}`) ?? null,
  });

  return {
    digits: os.campaign.digits.handler(async ({input, signal}) => {
      const [{total, digits}, design] = await Promise.all([
        threads.analysis.ask('listDigits', input, signal),
        threads.designs.open(input.designFolder ?? defaultDesignFolder),
      ]);
      return {total, digits: digits.map((digit) => choiceFrom(design.file.contentHash, digit))};
    }),

    plan: os.campaign.plan.handler(async ({input, signal}) => {
      const {design, digits, choices} = await prepare(input, signal);
      const pictures = await threads.analysis.ask(
        'digitPictures',
        {indices: digits.map(({index}) => index)},
        signal,
      );
      const chosen = digits.map((digit, i) =>
        choiceFrom(design.file.contentHash, {
          id: digitIdOf(digit),
          label: digit.label,
          sample: digit.sample,
          picture: pictures[i] ?? new Uint8Array(),
        }),
      );
      try {
        const open = bench.requireOpen();
        const options = campaignOptionsFrom(design.file, open, digits, choices);
        const walked = await walkCampaign(open, options, signal);
        const taken = {points: walked.points, seconds: sFromMs(walked.durationMs) / open.clock.speed};
        try {
          assertWithinLimits(walked.dryRun);
          return {isAllowed: true, refusal: '', ...taken, digits: chosen};
        } catch (error) {
          return {isAllowed: false, refusal: benchErrorFrom(error).message, ...taken, digits: chosen};
        }
      } catch (error) {
        const {message} = benchErrorFrom(error);
        return {isAllowed: false, refusal: message, points: 0, seconds: 0, digits: chosen};
      }
    }),

    start: os.campaign.start.handler(async ({input, context, signal}) => {
      const open = bench.requireOpen();
      const prepared = await prepare(input, signal);
      const {design, digits, choices} = prepared;
      // Told now and not after the campaign has begun.
      const options = campaignOptionsFrom(design.file, open, digits, choices);
      assertWithinLimits((await walkCampaign(open, options, signal)).dryRun);
      const operator = input.operator || context.operator();
      const title = input.title || `campaign of ${digits.length} digits on ${open.file.name}`;
      const who = operator === '' ? {} : {operator};
      const {seed} = input;
      const request = {...prepared, digitCount: digits.length, seed, title, ...who};
      const {id} = bench.startJob({
        kind: 'campaign',
        settingsPolicy: input.onSettings,
        isAttended: input.isAttended,
        title,
        itemCount: digits.length,
        async run(onBench, hooks) {
          const onOutcome = (outcome: CampaignOutcome): void => threads.campaignOutcomes.keep(id, outcome);
          await campaignJobs().run(onBench, request, {...hooks, onOutcome});
        },
      });
      return {id};
    }),

    outcome: outcomeHandler(services),

    state: os.campaign.state.handler(({input: {sessionUid, after, waitMs}, signal}) =>
      campaignJobs().state(sessionUid, {after, waitMs, signal}),
    ),

    planes: os.campaign.planes.handler(({input: {runUid}, signal}) =>
      threads.analysis.ask('digitPlanes', {runUid}, signal),
    ),

    skip: os.campaign.skip.handler(({input: {index}}) => {
      campaignJobs().skip(index);
      return {};
    }),

    repeat: os.campaign.repeat.handler(({input: {index}}) => {
      campaignJobs().repeat(index);
      return {};
    }),

    exclude: os.campaign.exclude.handler(({input: {sessionUid, index, isExcluded, reason}, context}) => {
      const author = context.operator() || context.client;
      campaignJobs().exclude(sessionUid, index, isExcluded ? {reason, author} : null);
      return {};
    }),
  };
};

const outcomeHandler = (services: HostServices) =>
  os.campaign.outcome.handler(({input: {id}}) => {
    const {sessionUid, result, json, reportPath, seconds} = dataServicesOf(services).campaignOutcomes.get(id);
    return {sessionUid, result, json, reportPath, seconds};
  });

const choicesFrom = (input: RequestInput): CampaignChoices => ({
  ...defaultChoices,
  stepMm: input.stepMm,
  marginMm: input.marginMm,
  referenceEvery: input.referenceEvery,
  dwell: {...defaultChoices.dwell, residualRatio: input.residualRatio, readingCount: input.readingCount},
});
