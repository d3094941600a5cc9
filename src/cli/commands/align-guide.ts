import {createInterface} from 'node:readline/promises';
import type {Command} from 'commander';
import type {GuideStep} from '../../contract/api/align-guide.ts';
import {guideOptionsSchema} from '../../contract/api/align-guide.ts';
import {BenchError} from '../../contract/errors.ts';
import {defaultDesignFolder, guideOnBench, type GuideAnswer} from '../../host/compose.ts';
import {askAtTerminal} from '../ask-operator.ts';
import type {CliContext} from '../context.ts';
import {followEngine} from '../follow-engine.ts';
import {checkedOption, countNumber, positiveNumber, wholeNumber} from '../option-values.ts';
import {decisionsFrom, type SettingsCliOptions} from '../settings-options.ts';
import {addTimeoutOption, type TimeoutCliOptions} from '../timeout-option.ts';
import {writeGuideReport, writeGuideStep} from '../output/guide-summary.ts';

interface AlignGuideOptions extends SettingsCliOptions, TimeoutCliOptions {
  readonly bench?: string;
  readonly seed: number;
  readonly speed: number;
  readonly design: string;
  readonly objects: number;
  readonly singlePlates?: boolean;
  readonly singleStep: number;
  readonly stackStep: number;
  readonly resume?: string;
  readonly operator?: string;
  readonly yes?: boolean;
  /** Of `align` itself, which takes them. */
  readonly mounts?: boolean;
  readonly correct?: boolean;
}

/** Without a person, a step that failed is measured once more before the procedure stops. */
const mostTries = 2;

/** `align guide`: the guided alignment, step by step. */
export function addAlignGuide(align: Command, {output, signal}: CliContext): void {
  addTimeoutOption(align.command('guide'))
    .description(
      'guided alignment: dark level, beam, plates one at a time, whole stack; each step by a stated number',
    )
    .option('--bench <file>', 'bench file; without one the built-in virtual bench')
    .addOption(
      checkedOption('--seed <n>', 'virtual bench: which; chooses the objects', wholeNumber).default(1),
    )
    .addOption(
      checkedOption('--speed <x>', 'virtual bench: times as fast as real time', positiveNumber).default(300),
    )
    .option('--design <folder>', 'design folder of the plates', defaultDesignFolder)
    .addOption(checkedOption('--objects <n>', 'objects of the whole stack', countNumber).default(5))
    .option('--single-plates', 'plates can be taken out: empty bench first, then plates one at a time')
    .addOption(
      checkedOption(
        '--single-step <mm>',
        'step of the scans with a part of the plates',
        positiveNumber,
      ).default(2),
    )
    .addOption(
      checkedOption('--stack-step <mm>', 'step of the scans of the whole stack', positiveNumber).default(1),
    )
    .option('--resume <uid>', 'go on with a guided alignment that was begun before')
    .option('--operator <name>', 'who measures; the name of this login unless given')
    // --mounts, --correct, --set-right and --keep-settings are options of `align` and taken by it.
    .option('--yes', 'ask nothing: steps that pass are accepted; one that fails twice ends it')
    .option('--json', 'print the result as one JSON object on the last line')
    .action(async (_: unknown, command: Command) => {
      // Options that `align` has too are taken by it, wherever they stand.
      const given = command.optsWithGlobals<AlignGuideOptions>();
      const follow = followEngine(output, given.bench === undefined ? given.speed : 1);
      const options = guideOptionsSchema.safeParse({
        objectCount: given.objects,
        seed: given.seed,
        hasSinglePlates: given.singlePlates ?? false,
        singleStepMm: given.singleStep,
        stackStepMm: given.stackStep,
      });
      if (!options.success)
        throw new BenchError(
          'cli/usage',
          'Give 1 to 50 objects, and steps of 0.5 to 4 mm (whole stack: from 0.2 mm). Nothing was started.',
        );
      const ask = given.yes ? answerAlone(given.correct === true) : askPerson;
      const report = await guideOnBench(
        {
          benchPath: given.bench,
          designFolder: given.design,
          seed: given.seed,
          timeoutScale: given.timeoutScale,
          speed: given.speed,
          isNoisy: true,
          hasMounts: given.mounts === true,
          options: options.data,
          resume: given.resume,
          operator: given.operator,
          ...decisionsFrom(given, {before: () => follow.pause()}),
          askOperator: async (request, {signal: asked}) => {
            follow.pause();
            await askAtTerminal(request, asked);
          },
        },
        {
          signal,
          onEvent: follow.onEvent,
          onText: (text) => output.log(text),
          askBefore: (step, asked) => {
            follow.end();
            output.heading(step.title);
            output.line(step.instruction);
            output.line(`Measures: ${step.purpose}`);
            return ask(step, asked);
          },
          askAfter: (step, asked) => {
            follow.end();
            writeGuideStep(output, step);
            return ask(step, asked);
          },
        },
      );
      writeGuideReport(output, report);
      output.result(report);
    });
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

/** Asks at the terminal. Without one nobody can answer, which is refused rather than taken for a yes. */
async function askPerson(step: GuideStep, {signal}: {readonly signal: AbortSignal}): Promise<GuideAnswer> {
  if (!process.stdin.isTTY)
    throw new BenchError(
      'plan/operator-refused',
      `"${step.title}" needs a decision, but there is no terminal to ask at. Nothing more was measured; start from a terminal, or with --yes.`,
    );
  const isMeasured = step.state === 'passed' || step.state === 'failed';
  const choices = [
    ...(step.state === 'passed' ? [['a', 'accept'] as const] : []),
    ['r', isMeasured ? 'repeat' : 'start'] as const,
    ...(step.kind === 'stack' && step.corrections.length > 0
      ? [['c', 'correct by the mounts and repeat'] as const]
      : []),
    ...(step.state === 'failed' ? [['o', 'override with a note'] as const] : []),
    ...(step.isOptional ? [['s', 'skip'] as const] : []),
    ['q', 'stop here'] as const,
  ];
  const lines = createInterface({input: process.stdin, output: process.stderr});
  try {
    for (;;) {
      const text = choices.map(([key, word]) => `${key} ${word}`).join(', ');
      const [key] = (await lines.question(`${text}: `, {signal})).trim().toLowerCase();
      switch (choices.find(([own]) => own === key)?.[0]) {
        case 'a':
          return {answer: 'accept', note: ''};
        case 'r':
          return {answer: 'run', note: ''};
        case 'c':
          return {answer: 'correct', note: ''};
        case 's':
          return {answer: 'skip', note: await lines.question('Why (may be empty): ', {signal})};
        case 'q':
          return {answer: 'stop', note: ''};
        case 'o': {
          const note = (await lines.question('Why it may be used all the same: ', {signal})).trim();
          if (note !== '') return {answer: 'override', note};
          break;
        }
        case undefined: // asked again
      }
    }
  } finally {
    lines.close();
  }
}
