import type {Command} from 'commander';
import type {CliContext} from '../context.ts';
import type * as Actions from './ledger-actions.ts';
import {checkedOption, countNumber} from '../option-values.ts';

const actions = (): Promise<typeof Actions> => import('./ledger-actions.ts');
const jsonText = 'print the result as one JSON object';

/** `calibrations`, `audit`, `settings`, `designs`: what else the data folder keeps. */
export function addLedgerCommands(program: Command, context: CliContext): void {
  program
    .command('calibrations')
    .description('calibrations of the bench: values, age, validity')
    .option('--kind <kind>', 'only this kind: dark-level, axis-scale, placement, ...')
    .option('--bench <name>', 'only those of this bench')
    .option('--all', 'also those that count no longer')
    .option('--json', jsonText)
    .action(async (options: {kind?: string; bench?: string; all?: boolean}) =>
      (await actions()).listCalibrations(options, context),
    );
  program
    .command('audit')
    .description('who changed what and when, newest first')
    .addOption(checkedOption('--limit <n>', 'so many lines', countNumber).default(100))
    .option('--json', jsonText)
    .action(async (options: {limit: number}) => (await actions()).listAudit(options, context));
  const settings = program.command('settings').description('stored settings of the program: list, get, set');
  settings
    .command('show')
    .description('every setting with its value')
    .option('--json', jsonText)
    .action(async () => (await actions()).showSettings(context));
  settings
    .command('set')
    .argument('<name>', 'operator, theme, scale, colourMap, calibrationHours.axisScale, ...')
    .argument('<value>', 'the new value')
    .description('change one setting')
    .option('--json', jsonText)
    .action(async (name: string, value: string) => (await actions()).changeSetting(name, value, context));
  program
    .command('designs')
    .description('designs that can be used')
    .option('--json', jsonText)
    .action(async () => (await actions()).listDesigns(context));
  program
    .command('halt')
    .description('STOP of the running program that --host names: stages stopped, source off, run ended')
    .option('--reason <text>', 'why', 'STOP from the command line')
    .option('--json', jsonText)
    .action(async (options: {reason: string}) => (await actions()).halt(options, context));
}
