import type {Command} from 'commander';
import type {AlignmentResult} from '../../contract/alignment.ts';
import {BenchError} from '../../contract/errors.ts';
import {alignData, type AlignProgress} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import type {Output} from '../output/index.ts';
import {writeAlignment} from '../output/alignment-summary.ts';

interface AlignCliOptions {
  data?: string;
  free?: string;
  orientation: 'auto' | 'always' | 'never';
}

/** `align`: where every plate really stands. */
export function addAlignCommand(program: Command, context: CliContext): void {
  program
    .command('align')
    .description('find from measured planes where plates, light and scan really stand, with error bars')
    .option('--data <folder>', 'planes measured elsewhere: a folder with data.json (docs/alignment.md)')
    .option(
      '--free <names>',
      'what may turn, comma-separated: names alone are all (plate3.dx,frame.dx); +name and -name change the usual set',
    )
    .option(
      '--orientation <when>',
      'auto: looks for mistakes of assembly when nothing else explains the planes; always; never',
      'auto',
    )
    .option('--json', 'print the result as one JSON object on the last line')
    .action(async (options: AlignCliOptions) => {
      const {output, signal} = context;
      if (!['auto', 'always', 'never'].includes(options.orientation))
        throw new BenchError(
          'cli/usage',
          `--orientation ${options.orientation} is unknown: auto, always or never. Nothing was started.`,
        );
      if (options.data === undefined)
        throw new BenchError('cli/usage', 'Say what to align: --data FOLDER. Nothing was started.');
      const free = (options.free ?? '')
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '');
      const result = await alignData(options.data, {
        free,
        orientation: options.orientation,
        signal,
        onProgress: followAlignment(output),
      });
      finish(output, result);
    });
}

function finish(output: Output, result: AlignmentResult): void {
  writeAlignment(output, result);
  output.result(result);
}

/** Tells what is being done, once for each thing. */
function followAlignment(output: Output): (progress: AlignProgress) => void {
  let last = '';
  return ({stage, text, lackRatio}) => {
    const line = `${stage}: ${text}${lackRatio === undefined ? '' : `, ${(100 * lackRatio).toFixed(2)} % of the light unexplained`}`;
    if (line !== last) output.log(line);
    last = line;
  };
}
