import {Option, type Command} from 'commander';
import type {AlignmentResult} from '../../contract/alignment.ts';
import {BenchError} from '../../contract/errors.ts';
import type {OperatorRequest} from '../../contract/messages.ts';
import {
  alignData,
  alignOnBench,
  alignStored,
  correctOnBench,
  defaultDesignFolder,
  type AlignCall,
  type AlignStep,
} from '../../host/compose.ts';
import {askAtTerminal} from '../ask-operator.ts';
import type {CliContext} from '../context.ts';
import {followEngine} from '../follow-engine.ts';
import {checkedOption, countNumber, namesFrom, positiveNumber, wholeNumber} from '../option-values.ts';
import {addSettingsOptions, decisionsFrom, type SettingsCliOptions} from '../settings-options.ts';
import {addTimeoutOption, type TimeoutCliOptions} from '../timeout-option.ts';
import {addAlignGuide} from './align-guide.ts';
import {addAlignPlan} from './align-plan.ts';
import {addAlignRecords} from './align-records.ts';
import {writeAlignment} from '../output/alignment-summary.ts';
import {finishCorrection} from '../output/correction-summary.ts';
import type {Output} from '../output/index.ts';

interface AlignCliOptions extends Omit<AlignCall, 'free'>, SettingsCliOptions, TimeoutCliOptions {
  session?: string;
  bench?: string;
  data?: string;
  design: string;
  objects?: number;
  digits?: string;
  scan?: string;
  seed: number;
  speed: number;
  free?: string;
  mounts?: boolean;
  correct?: boolean;
  allowDoubtful?: boolean;
}

/** `align`: where every plate really stands. */
export function addAlignCommand(program: Command, context: CliContext): void {
  const align = addTimeoutOption(addSettingsOptions(addAlignRecords(program.command('align'), context)))
    .description('find from measured planes where plates, light and scan really stand, with error bars')
    .option(
      '--session <uid>',
      'planes of a stored session (campaign), or of several of one bench, comma-separated',
    )
    .option('--bench <file>', 'measure first, on the bench of this file')
    .option('--data <folder>', 'planes measured elsewhere: a folder with data.json (docs/alignment.md)')
    .addOption(
      checkedOption('--seed <n>', 'measure first, on the virtual bench of this seed', wholeNumber).default(1),
    )
    .addOption(
      checkedOption(
        '--objects <n>',
        'how many objects to measure, those that tell most of the design; as many as make the plates known to 15 um unless given',
        countNumber,
      ),
    )
    .option('--digits <list>', 'which objects to measure instead: classes (5,3,0) or ids (mnist:5:5654)')
    .option('--scan <plan>', 'how to scan them: a grid plan, as "align plan --write" makes it')
    .option('--design <folder>', 'design folder of what is measured', defaultDesignFolder)
    .addOption(
      checkedOption('--speed <x>', 'virtual bench: times as fast as real time', positiveNumber).default(300),
    )
    .option(
      '--free <names>',
      'what may turn, comma-separated: names alone are all (plate3.dx,frame.dx); +name and -name change the usual set',
    )
    .addOption(
      new Option(
        '--orientation <when>',
        'auto: looks for mistakes of assembly when nothing else explains the planes',
      )
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .option('--mounts', 'virtual bench: a motorised mount under each plate')
    .option(
      '--correct',
      'move the mounted plates as found, measure the same planes again, say what it did; moved back when it did not help',
    )
    .option('--allow-doubtful', 'with --correct: also where the alignment is doubtful')
    .option('--json', 'print the result as one JSON object on the last line')
    .addHelpText(
      'after',
      `
Exit code: 0 trusted or doubtful (look at the reasons), 1 failed (nothing was found or stored) or refused, 2 wrong usage, 130 stopped.`,
    )
    .action(async (options: AlignCliOptions) => {
      const {output, signal} = context;
      const named = [options.session, options.bench, options.data].filter((name) => name !== undefined);
      const isMeasuredBefore = options.correct === true && options.data === undefined;
      if (named.length > 1 && !isMeasuredBefore)
        throw new BenchError('cli/usage', 'Give one of --session, --bench and --data. Nothing was started.');
      const call: AlignCall = {free: namesFrom(options.free), orientation: options.orientation};
      const hooks = {signal, onProgress: followAlignment(output)};
      if (options.correct === true && options.data !== undefined)
        throw new BenchError(
          'cli/usage',
          '--correct moves plates of a bench that was measured by this program, not of --data. Nothing was started.',
        );
      if (options.data !== undefined)
        return finish(output, await alignData(options.data, {...call, ...hooks}));
      if (options.session !== undefined && options.correct !== true) {
        const {uid, result} = await alignStored(sessionsFrom(options.session), call, hooks);
        return finish(output, result, {session: options.session, calibration: uid});
      }
      const follow = followEngine(output, options.bench === undefined ? options.speed : 1);
      const measuring = {
        benchPath: options.bench,
        designFolder: options.design,
        objectCount: options.objects,
        objects: namesFrom(options.digits),
        scanPlan: options.scan,
        seed: options.seed,
        timeoutScale: options.timeoutScale,
        speed: options.speed,
        isNoisy: true,
        hasMounts: options.mounts === true,
        ...decisionsFrom(options, {before: () => follow.pause()}),
        askOperator: async (request: OperatorRequest, {signal: asked}: {readonly signal: AbortSignal}) => {
          follow.pause();
          await askAtTerminal(request, asked);
        },
      };
      const following = {
        ...hooks,
        onEvent: follow.onEvent,
        onText: (text: string) => output.log(text),
        onProgress: (progress: AlignStep) => {
          follow.end();
          hooks.onProgress(progress);
        },
      };
      if (options.correct === true) {
        const {session, allowDoubtful = false} = options;
        const outcome = await correctOnBench({...measuring, session, allowDoubtful}, call, following);
        return finishCorrection(output, outcome);
      }
      const {sessionUid, uid, result} = await alignOnBench(measuring, call, following);
      finish(output, result, {session: sessionUid, calibration: uid});
    });
  addAlignPlan(align, context);
  addAlignGuide(align, context);
}

/** Prints what was found. Throws `twin/invalid` when that is nothing, so that no script goes on with it. */
function finish(
  output: Output,
  result: AlignmentResult,
  kept?: {readonly session: string; readonly calibration: string | null},
): void {
  writeAlignment(output, result);
  if (kept) {
    output.line(`session ${kept.session}`);
    output.line(kept.calibration === null ? 'nothing was stored' : `calibration ${kept.calibration}`);
  }
  output.result({...result, ...kept});
  if (result.verdict !== 'failed') return;
  throw new BenchError(
    'twin/invalid',
    `The alignment failed: ${result.reasons.join(' ')} No placement was stored${kept ? `; the measured planes are kept in session ${kept.session}` : ''}.`,
    {details: {verdict: result.verdict}},
  );
}

/** Tells what is being done, once for each thing. */
function followAlignment(output: Output): (progress: AlignStep) => void {
  let last = '';
  return ({stage, text, unexplainedRatio}) => {
    const unexplained =
      unexplainedRatio === undefined
        ? ''
        : `, ${(100 * unexplainedRatio).toFixed(2)} % of the light unexplained`;
    const line = `${stage}: ${text}${unexplained}`;
    if (line !== last) output.log(line);
    last = line;
  };
}

function sessionsFrom(text: string): string[] {
  const sessions = namesFrom(text);
  if (sessions.length > 0) return sessions;
  throw new BenchError('cli/usage', '--session names no session. Nothing was started.');
}
