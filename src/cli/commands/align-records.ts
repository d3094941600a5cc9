import type {Command} from 'commander';
import type {CliContext} from '../context.ts';
import type * as Actions from './align-record-actions.ts';
import {checkedOption, positiveNumber} from '../option-values.ts';

const actions = (): Promise<typeof Actions> => import('./align-record-actions.ts');
const jsonText = 'print the result as one JSON object';
const uidText = 'uid of the alignment, or its beginning; "align list" shows them';

/** `align list`, `show`, `accept`, `revoke`: alignments that were made, and which of them is in use. */
export function addAlignRecords(align: Command, context: CliContext): Command {
  align
    .command('list')
    .description('alignments that were made, newest first')
    .option('--session <uid>', 'only those of this session')
    .option('--json', jsonText)
    // `align` has this option too, and takes its value wherever it stands.
    .action(async (_options: unknown, command: Command) =>
      (await actions()).listAlignments(command.optsWithGlobals(), context),
    );
  align
    .command('show')
    .argument('<alignment>', uidText)
    .description('numbers of an alignment, and what to do to each plate')
    .option('--json', jsonText)
    .action(async (uid: string) => (await actions()).showAlignment(uid, context));
  align
    .command('accept')
    .argument('<alignment>', uidText)
    .description('use its placement for as-aligned predictions of its bench and design')
    .addOption(
      checkedOption('--hours <h>', 'for how long; the setting for placements unless given', positiveNumber),
    )
    .option('--json', jsonText)
    .action(async (uid: string, options: {hours?: number}) =>
      (await actions()).acceptAlignment(uid, options, context),
    );
  align
    .command('revoke')
    .argument('<alignment>', uidText)
    .description('use its placement no longer; the one before is used again where it still holds')
    .option('--json', jsonText)
    .action(async (uid: string) => (await actions()).revokeAlignment(uid, context));
  return align;
}
