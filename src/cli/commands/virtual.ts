import type {Command} from 'commander';
import type {CliContext} from '../context.ts';

/** `virtual`: the virtual instruments alone, for any program that speaks their protocols. */
export function addVirtualCommand(program: Command, context: CliContext): void {
  program
    .command('virtual')
    .description('start virtual instruments that any program can open (virtual --help says all)')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[options...]')
    .action(async () => {
      const {runVirtual} = await import('../../host/compose.ts');
      const {argv, stdout, stderr, signal} = context;
      context.endWith(await runVirtual(argv.slice(argv.indexOf('virtual') + 1), {stdout, stderr, signal}));
    });
}
