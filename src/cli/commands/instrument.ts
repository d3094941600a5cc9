import {type Command} from 'commander';
import type {CliContext} from '../context.ts';
import {addTargetOptions, type TargetOptions} from './instrument-target.ts';

const safetyText = `
Connecting turns the RF of a source off, and so does the end of every command. Only
"instrument call turn-on --keep-on" holds it on, until Ctrl-C or SIGTERM. A lock-in is taken as it is; a stage moves
only when it is told to, and Ctrl-C stops it. One program at a time can hold an instrument.`;

const load = () => import('./instrument-action.ts');

/** `instrument`: one instrument by hand. */
export function addInstrumentCommands(program: Command, context: CliContext): void {
  const instrument = program
    .command('instrument')
    .description('one instrument by hand: list, probe, get, set, call')
    .addHelpText('after', safetyText);
  instrument
    .command('list')
    .description('drivers with their parameters and actions')
    .option('--json', 'print the result as one JSON object on the last line')
    .action(async () => (await load()).list(context));

  addTargetOptions(instrument.command('probe'))
    .description('identity, settings and a reading of one instrument; the RF of a source goes off')
    .addHelpText('after', safetyText)
    .action(async (options: TargetOptions) => (await load()).probe(options, context));

  addTargetOptions(instrument.command('get'))
    .description('read parameters by name; all settings without a name')
    .argument('[names...]', 'parameters (instrument list shows them)')
    .addHelpText('after', safetyText)
    .action(async (names: string[], options: TargetOptions) => (await load()).get(names, options, context));

  addTargetOptions(instrument.command('set'))
    .description('set parameters; each is read back, and none is sent when one is out of range')
    .argument('<assignments...>', 'NAME=VALUE')
    .addHelpText('after', safetyText)
    .action(async (texts: string[], options: TargetOptions) => (await load()).set(texts, options, context));

  addTargetOptions(instrument.command('call'))
    .description('carry out an action of an instrument: auto-phase, unlock, jog, turn-on, ...')
    .argument('<action>', 'action (instrument list shows them)')
    .argument('[args...]', 'NAME=VALUE')
    .option('--keep-on', 'with turn-on of a source: hold RF on until Ctrl-C or SIGTERM, then off')
    .addHelpText('after', safetyText)
    .action(async (action: string, texts: string[], options: TargetOptions & {keepOn?: boolean}) =>
      (await load()).call({action, texts, isHeld: options.keepOn === true}, options, context),
    );
}
