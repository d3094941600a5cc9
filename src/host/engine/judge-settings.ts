import type {BenchDevice, SettingDifference, SettingsSnapshot} from '../../contract/devices.ts';
import {BenchError, hasCode} from '../../contract/errors.ts';
import {
  differenceText,
  type OperatorQuestion,
  type SettingOutcome,
  type SettingsPolicy,
} from '../../contract/questions.ts';
import {deviceOf} from './device-values.ts';
import type {HandlerContext} from './handler-context.ts';
import {assertReferenceFits} from './reference-fit.ts';
import type {DeviceSettings} from './run-documents.ts';

/**
 * Settings that give readings their meaning, judged before a run: what the bench file names is put right; what nobody
 * named is asked, or refused where nobody can answer. What became of it stands in the records of every run that follows.
 */
export async function judgeSettings(context: HandlerContext): Promise<void> {
  const judged = [...context.devices.values()].filter((device) => device.settingsCheck !== undefined);
  await readJudged(judged, context);
}

/** Settings of the instruments as they are once they were judged. */
export async function readJudged(
  devices: readonly BenchDevice[],
  context: HandlerContext,
): Promise<DeviceSettings[]> {
  const all: DeviceSettings[] = [];
  for (const device of devices) all.push({device, settings: await readSettings(device, context)});
  const changed = await settle(all, context);
  await assertReferenceFits(all, context);
  if (changed.size === 0) return all;
  const after: DeviceSettings[] = [];
  for (const {device, settings} of all)
    after.push({
      device,
      settings: changed.has(device.role) ? await readSettings(device, context) : settings,
    });
  return after;
}

const readSettings = (device: BenchDevice, {callOf}: HandlerContext): Promise<SettingsSnapshot> =>
  device.readSettings(callOf(device.role));

/** Deals with every difference; answers with the roles of the instruments that were changed. */
async function settle(all: readonly DeviceSettings[], context: HandlerContext): Promise<ReadonlySet<string>> {
  const found = all
    .flatMap(({device, settings}) => device.settingsCheck?.differencesIn(settings) ?? [])
    .filter((difference) => !isKept(difference, context.bench.settingOutcomes));
  const changed = new Set<string>();
  if (found.length === 0) return changed;
  const unnamed = found.filter(({wantedBy}) => wantedBy === 'driver');
  // Asked before anything is changed: who cancels finds the bench as it was.
  const choice = unnamed.length === 0 ? 'set-right' : await decide(unnamed, context);
  for (const difference of found) {
    const isKeptOnConfirmation = difference.wantedBy === 'driver' && choice === 'keep';
    const outcome = isKeptOnConfirmation ? 'kept-by-operator' : await putRight(difference, context);
    context.bench.settingOutcomes.push({...difference, outcome});
    if (outcome === 'put-right') changed.add(difference.role);
  }
  context.addNote(outcomesText(context.bench.settingOutcomes.slice(-found.length)));
  return changed;
}

/**
 * Whether a difference was kept before, by a decision or because the instrument refused the value: then it is not asked
 * again while the value stays what it was.
 */
const isKept = (difference: SettingDifference, outcomes: readonly SettingOutcome[]): boolean =>
  outcomes.some(
    ({role, name, found, outcome}) =>
      role === difference.role &&
      name === difference.name &&
      found === difference.found &&
      outcome !== 'put-right',
  );

async function putRight(
  difference: SettingDifference,
  context: HandlerContext,
): Promise<SettingOutcome['outcome']> {
  const {role, effect} = difference;
  const device = deviceOf(context.devices, role);
  if (device.kind === 'source' && context.bench.sourcesOn.has(role))
    throw new BenchError(
      'device/fault',
      `${differenceText(difference)}: ${effect}. It was changed while the run was under way, by another program or at ` +
        'the front panel; with RF on it is not put right. Points since the last plane may mean something else.',
      {details: {difference}},
    );
  try {
    await device.settingsCheck?.putRight(difference, context.callOf(role));
  } catch (error) {
    // With another filter or range the numbers mean the same, and the driver computes with what there is.
    if (effect !== '' || !hasCode(error, 'device/refused')) throw error;
    return 'kept-by-instrument';
  }
  if (device.kind === 'detector') context.bench.unsettled.add(role);
  return 'put-right';
}

const settingsChoices: OperatorQuestion['choices'] = [
  {id: 'set-right', label: 'Set the safe values', isEnding: false},
  {id: 'keep', label: 'Keep them for this run', isEnding: false},
  {id: 'cancel', label: 'Cancel the run', isEnding: true},
];

async function decide(
  unnamed: readonly SettingDifference[],
  context: HandlerContext,
): Promise<Exclude<SettingsPolicy, 'ask' | 'refuse'>> {
  const {settingsPolicy} = context;
  if (settingsPolicy === 'set-right' || settingsPolicy === 'keep') return settingsPolicy;
  const found = unnamed
    .map((difference) => `${differenceText(difference)} (${difference.effect})`)
    .join('; ');
  const asked =
    settingsPolicy === 'ask'
      ? context.ask({
          kind: 'settings',
          text:
            unnamed.length === 1
              ? 'A setting changes what readings mean, and the bench file does not name it. Another program or a hand left it so.'
              : 'Some settings change what readings mean, and the bench file does not name them. Another program or a hand left them so.',
          differences: unnamed,
          choices: settingsChoices,
        })
      : undefined;
  const choice = await asked;
  if (choice === 'set-right' || choice === 'keep') return choice;
  if (choice !== undefined)
    throw new BenchError(
      'plan/operator-refused',
      `The run was cancelled at the settings that change what readings mean: ${found}. Nothing was changed and nothing moved.`,
      {details: {differences: unnamed}},
    );
  throw new BenchError(
    'device/not-valid',
    `The run was refused: ${found}. Nothing was changed, nothing moved, no RF came on. Name the value under settings in ` +
      'the bench file, or start again and choose: the safe values, or all kept as they are and noted in the run.',
    {
      details: {
        differences: unnamed,
        atTerminal: 'Choose with --set-right or --keep-settings.',
        overApi: 'Choose with onSettings "set-right" or "keep".',
      },
    },
  );
}

const outcomeLabels: Readonly<Record<SettingOutcome['outcome'], string>> = {
  'put-right': 'put right',
  'kept-by-operator': 'kept: the operator confirmed it',
  'kept-by-instrument': 'kept, for the instrument does not take it now',
};
const byLabels: Readonly<Record<SettingDifference['wantedBy'], string>> = {
  'bench-file': 'bench file',
  operator: 'chosen with this program',
  driver: 'safe value',
};

/** What became of settings, for the notes of a run. */
export const outcomesText = (outcomes: readonly SettingOutcome[]): string =>
  `Settings before the run: ${outcomes
    .map((of) => `${differenceText(of)} (${byLabels[of.wantedBy]}): ${outcomeLabels[of.outcome]}`)
    .join('; ')}.`;
