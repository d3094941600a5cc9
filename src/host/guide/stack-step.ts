import type {GuideAgreement, GuideNumber} from '../../contract/api/align-guide.ts';
import {benchErrorFrom} from '../../contract/errors.ts';
import type {AlignmentResult} from '../../contract/alignment.ts';
import {designedState} from '../../twin/alignment/defaults.ts';
import {modelFrom} from '../../twin/design/load.ts';
import {runCampaign} from '../campaign/run-campaign.ts';
import {chooseTestDigits} from '../campaign/digits.ts';
import {alignSession} from '../alignment/align-session.ts';
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
  const {bench, store, data, design, details, finding, previous, step, hooks, hours, operator} = context;
  const {options, plateCount, designFolder} = details;
  const digits = chooseTestDigits(options.objectCount, options.seed, design.file);
  await bench.operator({kind: 'set-plates', plates: step.plates ?? [], plateCount}, {signal: hooks.signal});
  hooks.signal.throwIfAborted();
  const campaign = await runCampaign(
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
  if (campaign.endedEarly !== null) throw benchErrorFrom(campaign.endedEarly);
  const designed = designedState(modelFrom(design).plates, details.illuminationKnown);
  // After a correction plates stand elsewhere than the steps before have found them.
  const isAgain = previous !== null;
  const allPlates = Array.from({length: plateCount}, (_, i) => i);
  const {uid, result} = await alignSession(
    store,
    {
      sessionUid: campaign.sessionUid,
      workerCount: context.workerCount,
      ...(finding
        ? {
            start: isAgain ? {...finding.state, plates: designed.plates} : finding.state,
            parameters: knownParameters(
              designed,
              allPlates.map(() => true),
              finding.known,
              isAgain ? allPlates : [],
            ),
          }
        : {}),
    },
    {
      signal: hooks.signal,
      hours,
      onProgress: ({text, doneRatio}) => context.onComputing(text, doneRatio),
    },
  );
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
    campaignUid: campaign.sessionUid,
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
