import {type Command} from 'commander';
import {
  callInstrument,
  getValues,
  listDrivers,
  probeInstrument,
  setValues,
  type NamedValue,
} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import type {Output} from '../output/index.ts';
import {nameAndValue} from '../option-values.ts';
import {addTargetOptions, hooksFrom, targetFrom, type TargetOptions} from './instrument-target.ts';

const safetyText = `
Connecting turns the RF of a source off, and so does the end of every command. Only
"instrument call turn-on --keep-on" holds it on, until Ctrl-C or SIGTERM. A lock-in is taken as it is; a stage moves
only when it is told to, and Ctrl-C stops it. One program at a time can hold an instrument.`;

/** `instrument`: one instrument by hand. */
export function addInstrumentCommands(program: Command, context: CliContext): void {
  const instrument = program
    .command('instrument')
    .description('one instrument by hand: list, probe, get, set, call')
    .addHelpText('after', safetyText);
  addList(instrument, context);
  addProbe(instrument, context);
  addGetAndSet(instrument, context);
  addCall(instrument, context);
}

function addList(instrument: Command, {output}: CliContext): void {
  instrument
    .command('list')
    .description('drivers with their parameters and actions')
    .option('--json', 'print the result as one JSON object on the last line')
    .action(() => {
      const drivers = listDrivers();
      for (const driver of drivers) {
        output.heading(`${driver.name}: ${driver.title}`);
        output.table(
          [
            {title: 'parameter', align: 'left'},
            {title: 'unit', align: 'left'},
            {title: 'allowed', align: 'left'},
            {title: 'what it is', align: 'left'},
          ],
          driver.parameters.map((p) => [
            p.name,
            p.unit,
            p.isReadOnly ? 'read only' : (p.range?.join(' to ') ?? p.choices?.join(' ') ?? p.kind),
            p.label,
          ]),
        );
        output.line();
        for (const {name, label, args = []} of driver.actions)
          output.line(`call ${name}${args.map((arg) => ` ${arg}=...`).join('')}: ${label}`);
      }
      output.result({drivers});
    });
}

function addProbe(instrument: Command, context: CliContext): void {
  const {output} = context;
  addTargetOptions(instrument.command('probe'))
    .description('identity, settings and a reading of one instrument; the RF of a source goes off')
    .addHelpText('after', safetyText)
    .action(async (options: TargetOptions) => {
      const probe = await probeInstrument(targetFrom(options), hooksFrom(context, options));
      output.line(`${probe.model} at ${probe.port}, driver ${probe.driver}`);
      output.line(probe.identity.text.trim());
      output.heading('Settings');
      for (const [name, value] of Object.entries(probe.settings)) output.line(`${name} = ${value}`);
      output.heading('Reading');
      for (const [name, value] of Object.entries(probe.reading ?? {})) output.line(`${name} = ${value}`);
      if (probe.readingError !== null) output.line(`none: ${probe.readingError}`);
      output.result(probe);
    });
}

function addGetAndSet(instrument: Command, context: CliContext): void {
  const {output} = context;
  addTargetOptions(instrument.command('get'))
    .description('read parameters by name; all settings without a name')
    .argument('[names...]', 'parameters (instrument list shows them)')
    .addHelpText('after', safetyText)
    .action(async (names: string[], options: TargetOptions) => {
      writeValues(output, await getValues(targetFrom(options), names, hooksFrom(context, options)));
    });

  addTargetOptions(instrument.command('set'))
    .description('set parameters; each is read back, and none is sent when one is out of range')
    .argument('<assignments...>', 'NAME=VALUE')
    .addHelpText('after', safetyText)
    .action(async (texts: string[], options: TargetOptions) => {
      const assignments = texts.map(nameAndValue);
      writeValues(output, await setValues(targetFrom(options), assignments, hooksFrom(context, options)));
    });
}

function writeValues(output: Output, values: readonly NamedValue[]): void {
  for (const {name, value, unit} of values) output.line(`${name} = ${value}${unit === '' ? '' : ` ${unit}`}`);
  output.result({values: Object.fromEntries(values.map(({name, value}) => [name, value]))});
}

function addCall(instrument: Command, context: CliContext): void {
  const {output} = context;
  addTargetOptions(instrument.command('call'))
    .description('do what an instrument does on a word: auto-phase, unlock, jog, turn-on, ...')
    .argument('<action>', 'action (instrument list shows them)')
    .argument('[args...]', 'NAME=VALUE')
    .option('--keep-on', 'with turn-on of a source: hold RF on until Ctrl-C or SIGTERM, then off')
    .addHelpText('after', safetyText)
    .action(async (action: string, texts: string[], options: TargetOptions & {keepOn?: boolean}) => {
      const hooks = hooksFrom(context, options);
      const write = (result: unknown): void => {
        output.line(`${action}: ${result === null ? 'done' : JSON.stringify(result)}`);
        output.result({action, result});
      };
      let isWritten = false;
      const result = await callInstrument(
        targetFrom(options),
        {
          action,
          args: Object.fromEntries(texts.map(nameAndValue)),
          keepsOn: options.keepOn === true,
          onHeld: (held) => {
            isWritten = true;
            write(held);
            output.log('RF stays on until Ctrl-C.');
          },
        },
        hooks,
      );
      if (!isWritten) write(result);
    });
}
