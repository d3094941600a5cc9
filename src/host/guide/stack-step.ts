import type {GuideAgreement, GuideNumber} from '../../contract/api/align-guide.ts';
import {benchErrorFrom} from '../../contract/errors.ts';
import type {AlignmentResult} from '../../contract/alignment.ts';
import {designedState} from '../../twin/alignment/defaults.ts';
import {modelFrom} from '../../twin/design/load.ts';
import {runCampaign} from '../campaign/run-campaign.ts';
import {chooseTestDigits} from '../campaign/digits.ts';
import {
  alignSession,
  type AlignSessionOutcome,
  type AlignSessionRequest,
} from '../alignment/align-session.ts';
import {correctionsOf} from '../corrections/corrections.ts';
import {keptSensitivity} from '../probes/sensitivity-cache.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import {agreementOfAlignment, intervalsOf} from './agreement-intervals.ts';
import {criterion, guideLimits, guideNumber} from './guide-criteria.ts';
import {knownFrom, knownParameters} from './known-parameters.ts';
import type {StepContext, StepOutcome} from './step-context.ts';

/**
 * All plates, a campaign of several objects, and the whole alignment that begins where the steps before have left it.
 * What is found is kept as every alignment; it is active once the step is accepted.
 */
export async function measureStack(context: StepContext): Promise<StepOutcome> {
  const {store, design, previous} = context;
  const campaignUid = await measureObjects(context);
  const {uid, result} = await alignStack(context, campaignUid);
  const alignment = uid === null ? null : getAlignment(store, uid);
  const agreement =
    uid === null ? [] : agreementRows(await agreementOfAlignment(store, uid), previous?.agreement);
  const corrections =
    alignment && correctionsOf(alignment, design.file, keptSensitivity(store, alignment.sessionUid));
  return {
    criteria: [
      criterion('unexplained part of the light', result.after.unexplainedRatio, guideLimits.unexplainedRatio),
      criterion('reasons for doubt', result.reasons.length, guideLimits.doubts),
    ],
    numbers: numbersOf(result),
    agreement,
    advice: [
      ...result.reasons,
      ...(uid === null
        ? [
            'Nothing was stored as a placement. Look for the plate or mask that is not as designed, then repeat.',
          ]
        : []),
      ...(corrections ? [corrections.viewpoint, corrections.text] : []),
    ],
    corrections: corrections ? corrections.items.filter(({isNeeded}) => isNeeded).map(({text}) => text) : [],
    finding: alignment && {state: alignment.state, known: knownFrom(result.parameters)},
    parameters: result.parameters,
    alignmentUid: uid,
    campaignUid,
  };
}

/** The campaign of several objects behind all plates; the uid of its session. Throws what ended it early. */
async function measureObjects(context: StepContext): Promise<string> {
  const {bench, store, data, design, details, step, hooks, operator} = context;
  const {options, plateCount, designFolder} = details;
  const digits = chooseTestDigits(options.objectCount, options.seed, design.file);
  await bench.operator({kind: 'set-plates', plates: step.plates ?? [], plateCount}, {signal: hooks.signal});
  hooks.signal.throwIfAborted();
  const {sessionUid, endedEarly} = await runCampaign(
    {bench, store, data},
    {
      design,
      designFolder,
      digits,
      digitCount: digits.length,
      seed: options.seed,
      operator,
      title: `guided alignment: whole stack, try ${context.attemptNumber}`,
      choices: {stepMm: options.stackStepMm},
    },
    {...hooks, ...(context.evaluate ? {evaluate: context.evaluate} : {})},
  );
  if (endedEarly !== null) throw benchErrorFrom(endedEarly);
  return sessionUid;
}

/** Aligns the campaign's planes from what the steps before have found. */
async function alignStack(context: StepContext, sessionUid: string): Promise<AlignSessionOutcome> {
  const {store, hours, hooks, workerCount, onComputing} = context;
  return await alignSession(
    store,
    {sessionUid, workerCount, ...startOf(context)},
    {signal: hooks.signal, hours, onProgress: ({text, doneRatio}) => onComputing(text, doneRatio)},
  );
}

function startOf({
  design,
  details,
  finding,
  previous,
}: StepContext): Pick<AlignSessionRequest, 'start' | 'parameters'> {
  if (!finding) return {};
  const designed = designedState(modelFrom(design).plates, details.illuminationKnown);
  const allPlates = Array.from({length: details.plateCount}, (_, i) => i);
  // After a correction plates stand elsewhere than the steps before have found them.
  const isAgain = previous !== null;
  return {
    start: isAgain ? {...finding.state, plates: designed.plates} : finding.state,
    parameters: knownParameters(
      designed,
      allPlates.map(() => true),
      finding.known,
      isAgain ? allPlates : [],
    ),
  };
}

function agreementRows(
  {designed, aligned}: Awaited<ReturnType<typeof agreementOfAlignment>>,
  before: readonly GuideAgreement[] = [],
): GuideAgreement[] {
  const [now, found] = [intervalsOf(designed), intervalsOf(aligned)];
  return (['correlation', 'share error', 'match'] as const).map((name) => ({
    name,
    designedBefore: before.find((row) => row.name === name)?.designed ?? null,
    designed: now[name],
    aligned: found[name],
  }));
}

const words: Readonly<Record<string, string>> = {
  dx: 'x',
  dy: 'y',
  dz: 'along the beam',
  rotation: 'turn',
};

function numbersOf({parameters}: AlignmentResult): GuideNumber[] {
  return parameters.flatMap(({name, value, sigma, unit}) => {
    const [, plate, quantity] = /^plate(\d+)\.(\w+)$/.exec(name) ?? [];
    return plate !== undefined && quantity in words
      ? [
          guideNumber(`plate ${plate}, ${words[quantity]}`, unit === '1' ? '' : unit, {
            expected: 0,
            seen: value,
            seenSigma: sigma,
          }),
        ]
      : [];
  });
}
