import type {Command} from 'commander';
import type {CliContext} from '../context.ts';
import {addTimeoutOption} from '../timeout-option.ts';
import type {DoctorOptions} from './doctor-action.ts';

/** `doctor`: what is installed, which backend, which ports. */
export function addDoctorCommand(program: Command, context: CliContext): void {
  addTimeoutOption(program.command('doctor'))
    .description('what is installed and works here: versions, tensor backend, ports, data folder')
    .option(
      '--bench <file>',
      'also ask every instrument of a bench file who it is; RF goes off, nothing moves',
    )
    .option('--check-data', 'also read the whole database and compare it with its checksums')
    .option('--json', 'print the result as one JSON object')
    .action(async (options: DoctorOptions) => (await import('./doctor-action.ts')).examine(options, context));
}
