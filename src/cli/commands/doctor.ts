import type {Command} from 'commander';
import {examineInstallation} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {addTimeoutOption, type TimeoutCliOptions} from '../timeout-option.ts';

interface DoctorOptions extends TimeoutCliOptions {
  readonly bench?: string;
  readonly checkData?: boolean;
}

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
    .action(async ({bench, checkData, timeoutScale}: DoctorOptions) => {
      const {output, signal} = context;
      const findings = await examineInstallation({
        benchPath: bench,
        timeoutScale,
        isDataChecked: checkData ?? false,
        signal,
      });
      output.table(
        [
          {title: 'what', align: 'left'},
          {title: 'state', align: 'left'},
          {title: 'detail', align: 'left'},
        ],
        findings.map((f) => [f.name, f.isWorking ? 'ok' : f.isNeeded ? 'MISSING' : 'not here', f.detail]),
      );
      output.result({findings});
      if (findings.some((f) => f.isNeeded && !f.isWorking)) process.exitCode = 1;
    });
}
