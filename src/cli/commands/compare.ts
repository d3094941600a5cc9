import type {Command} from 'commander';
import type {CliContext} from '../context.ts';

const helpText = `
What the run is compared with:
  nominal      what the twin predicts with every part where the design has it
  registered   the same with the scan's frame and the light as they were fitted in the session
  aligned      the same with every plate where the accepted alignment has it
  <run>        another run, by its uid or the beginning of it`;

/** `compare`: a measured plane beside another, or beside what the twin predicts. */
export function addCompareCommand(program: Command, context: CliContext): void {
  program
    .command('compare')
    .argument('<run>', 'uid of a grid run, or its beginning')
    .argument('[with]', 'nominal, registered, aligned or another run', 'registered')
    .description(
      'a measured plane beside a simulated one or another: correlation, error, shares of the regions',
    )
    .option('--out <file>', 'also write both planes and their difference, .csv')
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', helpText)
    .action(async (run: string, other: string, options: {out?: string}) =>
      (await import('./compare-action.ts')).compareRun(run, other, options, context),
    );
}
