import {createInterface} from 'node:readline/promises';
import {resolve} from 'node:path';
import type {Guide, GuideOptions, GuideReport, GuideStep} from '../../contract/api/index.ts';
import {guideOptionsSchema} from '../../contract/api/align-guide.ts';
import {BenchError} from '../../contract/errors.ts';
import {isAttended} from '../ask-prompt.ts';
import type {CliContext} from '../context.ts';
import {openHostClient, type BenchClient} from '../host-client.ts';
import {writeGuideReport, writeGuideStep} from '../output/guide-summary.ts';
import {runGuide, type GuideAnswer} from '../run-guide.ts';
import {settingsPolicyFrom, type SettingsCliOptions} from '../settings-options.ts';
import type {TimeoutCliOptions} from '../timeout-option.ts';
import {reportStart, useBench, type BenchCliOptions} from '../use-bench.ts';

/** Values of the options of `align guide`. */
export interface AlignGuideOptions extends BenchCliOptions, SettingsCliOptions, TimeoutCliOptions {
  readonly objects: number;
  readonly singlePlates?: boolean;
  readonly singleStep: number;
  readonly stackStep: number;
  readonly resume?: string;
  readonly operator?: string;
  readonly yes?: boolean;
  /** Of `align` itself, which takes it. */
  readonly correct?: boolean;
}

/** Without a person, a step that failed is measured once more before the procedure stops. */
const mostTries = 2;

/** The guided alignment, step by step, on the bench that is named. */
export async function alignGuide(given: AlignGuideOptions, context: CliContext): Promise<void> {
  const startedMs = performance.now();
  const {output} = context;
  const onSettings = settingsPolicyFrom(given);
  const options = optionsFrom(given);
  if (given.yes !== true && !isAttended(context))
    throw new BenchError(
      'plan/operator-refused',
      'The guided alignment needs a decision at each step, but there is no terminal to ask at. Nothing was started; start from a terminal, or with --yes.',
    );
  await using connection = await openHostClient(context, {store: 'write', timeoutScale: given.timeoutScale});
  const {client} = connection;
  const designFolder = given.design === undefined ? undefined : resolve(given.design);
  // A session that cannot be continued, or a wrong design, is refused before any instrument is opened.
  const resumed =
    given.resume === undefined ? undefined : (await client.sessions.find({start: given.resume})).uid;
  await client.design.get({folder: designFolder});
  await reportStart(client, context);
  await using closing = new AsyncDisposableStack();
  closing.use(await useBench(connection, context, given));
  const {operator} = given;
  const sessionUid =
    resumed ?? (await client.alignGuide.begin({...options, designFolder, operator})).sessionUid;
  const ask = given.yes === true ? answerAlone(given.correct === true) : askPerson(context);
  const guide = await runGuide(connection, context, {
    sessionUid,
    operator,
    onSettings,
    askBefore(step) {
      output.heading(step.title);
      output.line(step.instruction);
      output.line(`Measures: ${step.purpose}`);
      return ask(step);
    },
    askAfter(step) {
      writeGuideStep(output, step);
      return ask(step);
    },
  });
  const report = await reportOf(client, guide, (performance.now() - startedMs) / 1000);
  writeGuideReport(output, report);
  output.result(report);
}

function optionsFrom(given: AlignGuideOptions): GuideOptions {
  const options = guideOptionsSchema.safeParse({
    objectCount: given.objects,
    seed: given.seed,
    hasSinglePlates: given.singlePlates ?? false,
    singleStepMm: given.singleStep,
    stackStepMm: given.stackStep,
  });
  if (options.success) return options.data;
  throw new BenchError(
    'cli/usage',
    'Give 1 to 50 objects, and steps of 0.5 to 4 mm (whole stack: from 0.2 mm). Nothing was started.',
  );
}

/** What the whole stack was found to be, and what of it is active. */
async function reportOf(
  client: BenchClient,
  {sessionUid: session, steps}: Guide,
  seconds: number,
): Promise<GuideReport> {
  const uid = steps.at(-1)?.alignmentUid ?? null;
  if (uid === null) return {session, steps, result: null, placement: null, seconds};
  const {result, summary} = await client.align.result({uid});
  return {session, steps, result, placement: summary.placementUid, seconds};
}

const answer = (own: GuideAnswer['answer'], note = ''): Promise<GuideAnswer> =>
  Promise.resolve({answer: own, note});

/** Without a person: what passes is accepted, after one correction by the mounts where that was asked for. */
const answerAlone =
  (isCorrecting: boolean) =>
  ({kind, state, attemptCount, corrections}: GuideStep): Promise<GuideAnswer> => {
    const isFirst = attemptCount < mostTries;
    if (state === 'passed')
      return answer(
        isCorrecting && kind === 'stack' && isFirst && corrections.length > 0 ? 'correct' : 'accept',
      );
    return answer(state === 'failed' && !isFirst ? 'stop' : 'run');
  };

/** Asks at the terminal. */
const askPerson =
  (context: CliContext) =>
  async (step: GuideStep): Promise<GuideAnswer> => {
    const {signal} = context;
    const lines = createInterface({input: context.stdin, output: context.stderr});
    const ask = (text: string): Promise<string> => lines.question(text, {signal});
    try {
      return await chosenBy(choicesOf(step), ask);
    } finally {
      lines.close();
    }
  };

type Choice = readonly [key: string, word: string];

function choicesOf({state, kind, corrections, isOptional}: GuideStep): readonly Choice[] {
  const isMeasured = state === 'passed' || state === 'failed';
  return [
    ...(state === 'passed' ? [['a', 'accept'] as const] : []),
    ['r', isMeasured ? 'repeat' : 'start'] as const,
    ...(kind === 'stack' && corrections.length > 0
      ? [['c', 'correct by the mounts and repeat'] as const]
      : []),
    ...(state === 'failed' ? [['o', 'override with a note'] as const] : []),
    ...(isOptional ? [['s', 'skip'] as const] : []),
    ['q', 'stop here'] as const,
  ];
}

async function chosenBy(
  choices: readonly Choice[],
  ask: (text: string) => Promise<string>,
): Promise<GuideAnswer> {
  const text = choices.map(([key, word]) => `${key} ${word}`).join(', ');
  for (;;) {
    const [key] = (await ask(`${text}: `)).trim().toLowerCase();
    switch (choices.find(([own]) => own === key)?.[0]) {
      case 'a':
        return answer('accept');
      case 'r':
        return answer('run');
      case 'c':
        return answer('correct');
      case 's':
        return answer('skip', await ask('Why (may be empty): '));
      case 'q':
        return answer('stop');
      case 'o': {
        const note = (await ask('Why it may be used all the same: ')).trim();
        if (note !== '') return answer('override', note);
        break;
      }
      case undefined: // asked again
    }
  }
}
