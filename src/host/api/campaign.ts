import {assertTellsClasses} from '../../contract/read-out.ts';
import {countOf} from '../../base/count-text.ts';
import type {z} from 'zod';
import type {campaignRequestSchema, DigitChoice} from '../../contract/api/index.ts';
import {benchErrorFrom} from '../../contract/errors.ts';
import {sFromMs} from '../../contract/units.ts';
import {campaignOptionsFrom, defaultChoices, type CampaignChoices} from '../campaign/campaign-plan.ts';
import {digitIdOf, type ListedDigit, type TestDigit} from '../campaign/digits.ts';
import {walkCampaign} from '../campaign/walk-campaign.ts';
import {assertWithinLimits} from '../engine/dry-run.ts';
import type {Design} from '../../twin/design/load.ts';
import {dataServicesOf, type DataServices} from './data-services.ts';
import {designFolderFor} from './design-of-bench.ts';
import {campaignResumeApi} from './campaign-resume.ts';
import {os} from './procedures.ts';
import {startCampaign} from './start-campaign.ts';
import type {HostServices} from '../services.ts';

type RequestInput = z.output<typeof campaignRequestSchema>;

/** Campaigns: choosing digits, measuring them, and how measured and simulated compare. */
export const campaignApi = (services: HostServices) => ({
  ...campaignPlanning(services),
  start: startHandler(services),
  ...campaignResumeApi(services),
  outcome: outcomeHandler(services),
  ...campaignProgress(services),
});

interface Prepared {
  readonly design: Design;
  readonly designFolder: string;
  readonly digits: TestDigit[];
  readonly choices: CampaignChoices;
}

/** The design and the digits that a request names, or those that it leaves to the program. */
async function prepare(services: HostServices, input: RequestInput, signal?: AbortSignal): Promise<Prepared> {
  const {designs, analysis} = dataServicesOf(services);
  const designFolder = designFolderFor(services.bench, input.designFolder);
  const design = await designs.open(designFolder);
  assertTellsClasses(design.file, 'Nothing was moved.');
  const digits = await analysis.ask(
    'campaignDigits',
    {ids: input.digitIds, count: input.digitCount, seed: input.seed, design: design.file},
    signal,
  );
  return {design, designFolder, digits, choices: choicesFrom(input)};
}

const choiceFrom = ({predictedWinners}: DataServices, {file}: Design, digit: ListedDigit): DigitChoice => ({
  ...digit,
  predicted: predictedWinners.get(`${file.contentHash} ${digit.id}`) ?? null,
});

/** What may be measured, and what a campaign would take. */
const campaignPlanning = (services: HostServices) => {
  const {bench} = services;
  const threads = dataServicesOf(services);

  const walk = async (
    {design, digits, choices}: Prepared,
    signal?: AbortSignal,
  ): Promise<{isAllowed: boolean; refusal: string; points: number; seconds: number}> => {
    let taken = {points: 0, seconds: 0};
    try {
      const open = bench.requireOpen();
      const options = campaignOptionsFrom(design.file, open, digits, choices);
      const walked = await walkCampaign(open, options, signal);
      taken = {points: walked.points, seconds: sFromMs(walked.durationMs) / open.clock.speed};
      assertWithinLimits(walked.dryRun);
      return {isAllowed: true, refusal: '', ...taken};
    } catch (error) {
      return {isAllowed: false, refusal: benchErrorFrom(error).message, ...taken};
    }
  };

  return {
    digits: os.campaign.digits.handler(async ({input, signal}) => {
      const [{total, digits}, design] = await Promise.all([
        threads.analysis.ask('listDigits', input, signal),
        threads.designs.open(designFolderFor(bench, input.designFolder)),
      ]);
      return {total, digits: digits.map((digit) => choiceFrom(threads, design, digit))};
    }),

    plan: os.campaign.plan.handler(async ({input, signal}) => {
      const prepared = await prepare(services, input, signal);
      const {design, digits} = prepared;
      const indices = digits.map(({index}) => index);
      const pictures = await threads.analysis.ask('digitPictures', {indices}, signal);
      const chosen = digits.map((digit, i) => {
        const {label, sample} = digit;
        const picture = pictures[i] ?? new Uint8Array();
        return choiceFrom(threads, design, {id: digitIdOf(digit), label, sample, picture});
      });
      return {...(await walk(prepared, signal)), digits: chosen};
    }),
  };
};

const startHandler = (services: HostServices) =>
  os.campaign.start.handler(({input, context, signal}) =>
    campaignStartFrom(services, input, {operator: context.operator(), signal}),
  );

/** Starts the campaign that a request asks for; `operator` where it names none. */
export async function campaignStartFrom(
  services: HostServices,
  input: RequestInput,
  {operator: known, signal}: {readonly operator: string; readonly signal: AbortSignal | undefined},
): Promise<{readonly id: string}> {
  const open = services.bench.requireOpen();
  const prepared = await prepare(services, input, signal);
  const {design, digits, choices} = prepared;
  // Told now and not after the campaign has begun.
  const options = campaignOptionsFrom(design.file, open, digits, choices);
  assertWithinLimits((await walkCampaign(open, options, signal)).dryRun);
  const operator = input.operator || known;
  const title = input.title || `campaign of ${countOf(digits.length, 'digit')} on ${open.file.name}`;
  const who = operator === '' ? {} : {operator};
  const {seed, align} = input;
  return startCampaign(services, {
    request: {...prepared, digitCount: digits.length, seed, align, title, ...who},
    suspenders: input.suspenders,
    title,
    onSettings: input.onSettings,
    isAttended: input.isAttended,
  });
}

/** How long a campaign takes on the open bench, real time. Throws what that bench refuses it for. */
export async function walkedCampaign(
  services: HostServices,
  input: RequestInput,
  signal: AbortSignal | undefined,
): Promise<{readonly seconds: number}> {
  const open = services.bench.requireOpen();
  const {design, digits, choices} = await prepare(services, input, signal);
  const walked = await walkCampaign(open, campaignOptionsFrom(design.file, open, digits, choices), signal);
  assertWithinLimits(walked.dryRun);
  return {seconds: sFromMs(walked.durationMs) / open.clock.speed};
}

/** How campaigns stand, and what the operator changes of the one under way. */
const campaignProgress = (services: HostServices) => {
  const threads = dataServicesOf(services);
  return {
    state: os.campaign.state.handler(({input: {sessionUid, after, waitMs}, signal}) =>
      threads.campaignJobs.state(sessionUid, {after, waitMs, signal}),
    ),

    planes: os.campaign.planes.handler(({input: {runUid}, signal}) =>
      threads.analysis.ask('digitPlanes', {runUid}, signal),
    ),

    skip: os.campaign.skip.handler(({input: {index}}) => {
      threads.campaignJobs.skip(index);
      return {};
    }),

    repeat: os.campaign.repeat.handler(({input: {index}}) => {
      threads.campaignJobs.repeat(index);
      return {};
    }),

    exclude: os.campaign.exclude.handler(({input: {sessionUid, index, isExcluded, reason}, context}) => {
      const author = context.operator() || context.client;
      threads.campaignJobs.exclude(sessionUid, index, isExcluded ? {reason, author} : null);
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
  position: {
    referencePatchMm: input.referencePatchMm,
    positionLimitMm: input.positionLimitMm,
    onPositionLost: input.onPositionLost,
  },
  dwell: {...defaultChoices.dwell, residualRatio: input.residualRatio, readingCount: input.readingCount},
});
