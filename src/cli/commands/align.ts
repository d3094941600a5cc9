import {Option, type Command} from 'commander';
import type {AlignmentResult} from '../../contract/alignment.ts';
import {BenchError} from '../../contract/errors.ts';
import {
  alignData,
  alignOnBench,
  alignStored,
  defaultDesignFolder,
  type AlignCall,
  type AlignStep,
} from '../../host/compose.ts';
import {askAtTerminal} from '../ask-operator.ts';
import type {CliContext} from '../context.ts';
import {followEngine} from '../follow-engine.ts';
import {checkedOption, countNumber, namesFrom, positiveNumber, wholeNumber} from '../option-values.ts';
import {addAlignGuide} from './align-guide.ts';
import {addAlignPlan} from './align-plan.ts';
import {writeAlignment} from '../output/alignment-summary.ts';
import type {Output} from '../output/index.ts';

interface AlignCliOptions extends Omit<AlignCall, 'free'> {
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
}

/** `align`: where every plate really stands. */
export function addAlignCommand(program: Command, context: CliContext): void {
  const align = program
    .command('align')
    .description('find from measured planes where plates, light and scan really stand, with error bars')
    .option('--session <uid>', 'planes of a stored session (campaign)')
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
    .option('--json', 'print the result as one JSON object on the last line')
    .addHelpText(
      'after',
      `
Exit code: 0 trusted or doubtful (look at the reasons), 1 failed (nothing was found or stored) or refused, 2 wrong usage, 130 stopped.`,
    )
    .action(async (options: AlignCliOptions) => {
      const {output, signal} = context;
      const named = [options.session, options.bench, options.data].filter((name) => name !== undefined);
      if (named.length > 1)
        throw new BenchError('cli/usage', 'Give one of --session, --bench and --data. Nothing was started.');
      const call: AlignCall = {free: namesFrom(options.free), orientation: options.orientation};
      const hooks = {signal, onProgress: followAlignment(output)};
      if (options.data !== undefined)
        return finish(output, await alignData(options.data, {...call, ...hooks}));
      if (options.session !== undefined) {
        const {uid, result} = await alignStored(options.session, call, hooks);
        return finish(output, result, {session: options.session, calibration: uid});
      }
      const follow = followEngine(output, options.bench === undefined ? options.speed : 1);
      const {sessionUid, uid, result} = await alignOnBench(
        {
          benchPath: options.bench,
          designFolder: options.design,
          objectCount: options.objects,
          objects: namesFrom(options.digits),
          scanPlan: options.scan,
          seed: options.seed,
          speed: options.speed,
          isNoisy: true,
          askOperator: async (request, {signal: asked}) => {
            follow.pause();
            await askAtTerminal(request, asked);
          },
        },
        call,
        {
          ...hooks,
          onEvent: follow.onEvent,
          onText: (text) => output.log(text),
          onProgress: (progress) => {
            follow.end();
            hooks.onProgress(progress);
          },
        },
      );
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
  return ({stage, text, lackRatio}) => {
    const lack =
      lackRatio === undefined ? '' : `, ${(100 * lackRatio).toFixed(2)} % of the light unexplained`;
    const line = `${stage}: ${text}${lack}`;
    if (line !== last) output.log(line);
    last = line;
  };
}
