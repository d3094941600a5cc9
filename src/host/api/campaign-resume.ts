import type {z} from 'zod';
import type {campaignResumeSchema} from '../../contract/api/index.ts';
import {countOf} from '../../base/count-text.ts';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import {sFromMs} from '../../contract/units.ts';
import {defaultChoices} from '../campaign/campaign-plan.ts';
import {campaignRestOf, planDigit, scansOf, type CampaignRest} from '../campaign/resume-campaign-plan.ts';
import {walkRest, type CampaignResumption} from '../campaign/resume-campaign.ts';
import {digitIdOf, type TestDigit} from '../campaign/digits.ts';
import {loadSessionDesign} from '../campaign/session-design.ts';
import {assertWithinLimits} from '../engine/dry-run.ts';
import type {HostServices} from '../services.ts';
import type {Design} from '../../twin/design/load.ts';
import {dataServicesOf} from './data-services.ts';
import {os} from './procedures.ts';
import {startCampaign} from './start-campaign.ts';

type ResumeInput = z.output<typeof campaignResumeSchema>;
type Asked = Pick<ResumeInput, 'sessionUid' | 'digit' | 'significance' | 'allowedRatio' | 'isHomedFirst'>;

/** Campaigns that were cut off and go on, and campaigns once more. */
export const campaignResumeApi = (services: HostServices) => {
  const {store, bench} = services;
  return {
    resumePlan: os.campaign.resumePlan.handler(async ({input, signal}) => {
      const known = restView(services, input);
      if (!known.rest) return known.view;
      const open = bench.openBench;
      try {
        const prepared = await prepareRest(services, input, signal);
        if (!open) return known.view;
        const walked = await walkRest({bench: open, store}, prepared, signal);
        assertWithinLimits(walked);
        return {
          ...known.view,
          points: walked.points,
          seconds: sFromMs(walked.durationMs) / open.clock.speed,
        };
      } catch (error) {
        const {message, code} = benchErrorFrom(error);
        return {...known.view, isAllowed: false, refusal: message, refusalCode: code};
      }
    }),

    resume: os.campaign.resume.handler(async ({input, context, signal}) => {
      const open = bench.requireOpen();
      const {design, digits, resume} = await prepareRest(services, input, signal);
      // Told now and not after the campaign has begun.
      assertWithinLimits(await walkRest({bench: open, store}, {digits, resume}, signal));
      const {details} = resume.rest;
      const {title} = store.getSession(input.sessionUid);
      return startCampaign(services, {
        request: {
          design,
          designFolder: details.designFolder,
          digits,
          digitCount: digits.length,
          seed: details.seed,
          title,
          ...(details.align && {align: details.align}),
          ...who(input.operator || context.operator()),
          resume,
        },
        title: `${title} goes on`,
        suspenders: input.suspenders,
        onSettings: input.onSettings,
        isAttended: input.isAttended,
      });
    }),

    again: againHandler(services),
  };
};

/** The same digits, design and scan once more. */
const againHandler = (services: HostServices) => {
  const {bench} = services;
  return os.campaign.again.handler(async ({input, context, signal}) => {
    const {details, grid, designHash} = planBefore(services, input.sessionUid);
    const design = await dataServicesOf(services).designs.open(details.designFolder);
    if (designHash !== undefined && design.file.contentHash !== designHash)
      throw new BenchError(
        'plan/invalid',
        `The design ${details.designName} in ${details.designFolder} is not the one that the campaign was measured with: it was changed since. Nothing was moved; start a new campaign with it.`,
      );
    const digits = await digitsOf(services, details, design, signal);
    const {widthMm, heightMm, stepMm, residualRatio, readingCount, restMs} = grid;
    const {referenceEvery, referencePatchMm, positionLimitMm, onPositionLost} = grid;
    const choices = {
      ...defaultChoices,
      stepMm,
      referenceEvery,
      position: {referencePatchMm, positionLimitMm, onPositionLost},
      extentMm: {widthMm, heightMm},
      dwell: {...defaultChoices.dwell, residualRatio, readingCount, restMs},
    };
    const title = `campaign of ${countOf(digits.length, 'digit')} on ${bench.requireOpen().file.name}`;
    return startCampaign(services, {
      request: {
        design,
        designFolder: details.designFolder,
        digits,
        choices,
        digitCount: digits.length,
        seed: details.seed,
        title,
        ...(details.align && {align: details.align}),
        ...who(input.operator || context.operator()),
      },
      title,
      suspenders: input.suspenders,
      onSettings: input.onSettings,
      isAttended: input.isAttended,
    });
  });
};

const who = (operator: string): {readonly operator?: string} => (operator === '' ? {} : {operator});

async function prepareRest(
  services: HostServices,
  asked: Asked,
  signal: AbortSignal | undefined,
): Promise<{readonly design: Design; readonly digits: TestDigit[]; readonly resume: CampaignResumption}> {
  const {store} = services;
  const {sessionUid, isHomedFirst} = asked;
  const rest = campaignRestOf(store, sessionUid);
  const digit = asked.digit === 'certified' && rest.cut ? planDigit(store, rest, asked) : undefined;
  const design = await loadSessionDesign(store, sessionUid);
  const digits = await digitsOf(services, rest.details, design, signal);
  return {design, digits, resume: {rest, digit, isHomedFirst}};
}

/** The digits of a campaign with their masks, in its order. */
const digitsOf = (
  services: HostServices,
  {digits, seed}: Pick<CampaignRest['details'], 'digits' | 'seed'>,
  design: Design,
  signal: AbortSignal | undefined,
): Promise<TestDigit[]> =>
  dataServicesOf(services).analysis.ask(
    'campaignDigits',
    {ids: digits.map(digitIdOf), count: digits.length, seed, design: design.file},
    signal,
  );

function planBefore(
  {store}: HostServices,
  sessionUid: string,
): Pick<CampaignRest, 'details' | 'grid'> & {readonly designHash: string | undefined} {
  const {details, grid} = scansOf(store, sessionUid);
  return {details, grid, designHash: store.getSession(sessionUid).designHash};
}

/** What is left as the API says it, before the bench was asked. */
function restView({store}: HostServices, asked: Asked) {
  const nothing = {doneCount: 0, left: [], cut: null, points: 0, seconds: 0};
  let rest: CampaignRest;
  try {
    rest = campaignRestOf(store, asked.sessionUid);
  } catch (error) {
    const {message, code} = benchErrorFrom(error);
    return {rest: undefined, view: {isAllowed: false, refusal: message, refusalCode: code, ...nothing}};
  }
  const {doneCount, left, cut} = rest;
  const view = {isAllowed: true, refusal: '', refusalCode: '', ...nothing, doneCount, left: [...left]};
  return {rest, view: {...view, cut: cut ? cutView(store, rest, cut, asked) : null}};
}

function cutView(
  store: HostServices['store'],
  rest: CampaignRest,
  {index, run}: NonNullable<CampaignRest['cut']>,
  asked: Asked,
) {
  const common = {index, runUid: run.uid, scanId: run.scanId};
  try {
    const {storedCount, pointsLeft} = planDigit(store, rest, asked);
    return {...common, anewBecause: '', storedCount, pointsLeft};
  } catch (error) {
    return {
      ...common,
      anewBecause: benchErrorFrom(error).message,
      storedCount: run.pointCount,
      pointsLeft: 0,
    };
  }
}
