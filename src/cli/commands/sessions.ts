import {Option, type Command} from 'commander';
import {exportFormatNames} from '../../contract/export-formats.ts';
import type {CliContext} from '../context.ts';
import type * as Actions from './session-actions.ts';
import {checkedOption, countNumber, instant} from '../option-values.ts';
import type {ExportOptions, ListOptions, NoteOptions, TagOptions} from './session-actions.ts';

/** Loads what the commands do when one of them runs. */
const actions = (): Promise<typeof Actions> => import('./session-actions.ts');
const jsonText = 'print the result as one JSON object';
const uidText = 'uid of the session, or its beginning';

/** `sessions` and `report`: what was measured, and what it says, again from the stored points. */
export function addSessionCommands(program: Command, context: CliContext): void {
  const sessions = program.command('sessions').description('the log: what was measured, when, by whom');
  addLooking(sessions, context);
  addChanging(sessions, context);
  sessions
    .command('export')
    .argument('<session>', uidText)
    .description('write a session, or one run of it, as a file')
    .addOption(
      new Option('--format <format>', 'what to write').choices(exportFormatNames).makeOptionMandatory(),
    )
    .option('--run <run>', 'one run: its number, or its uid or the beginning of it')
    .option('--out <file>', 'file to write; named after the session in this folder unless given')
    .option('--json', jsonText)
    .action(async (uid: string, options: ExportOptions) =>
      (await actions()).exportSession(uid, options, context),
    );
  program
    .command('report')
    .argument('<session>', uidText)
    .description('compare and report a campaign again from its stored raw points')
    .option('--picture <file>', 'also masks, measured and simulated planes as one PNG')
    .option('--json', jsonText)
    .action(async (uid: string, options: {picture?: string}) =>
      (await actions()).reportSession(uid, options, context),
    );
}

function addLooking(sessions: Command, context: CliContext): void {
  sessions
    .command('list')
    .description('sessions, newest first')
    .option('--text <words>', 'only those whose title, notes or samples hold this')
    .option('--operator <name>', 'only those of this operator')
    .option('--design <hash>', 'only those of this design')
    .option('--digit <class>', 'only those that measured a digit of this class')
    .option('--tag <tag>', 'only those with this tag')
    .addOption(checkedOption('--since <utc>', 'only those begun at or after this date or time', instant))
    .addOption(checkedOption('--until <utc>', 'only those begun before this date or time', instant))
    .option('--archived', 'archived ones too')
    .addOption(checkedOption('--limit <n>', 'the newest so many', countNumber).default(5000))
    .option('--json', jsonText)
    .action(async (options: ListOptions) => (await actions()).listSessions(options, context));
  sessions
    .command('show')
    .argument('<session>', uidText)
    .description('runs, notes and calibrations of a session')
    .option('--json', jsonText)
    .action(async (uid: string) => (await actions()).showSession(uid, context));
  sessions
    .command('verify')
    .description('read the whole database and say what is not as it was stored; changes nothing')
    .option('--json', jsonText)
    .action(async () => (await actions()).verifyData(context));
}

function addChanging(sessions: Command, context: CliContext): void {
  sessions
    .command('note')
    .argument('<session>', uidText)
    .argument('<text>', 'what to remember')
    .description('write a note, with author and time')
    .option('--run <run>', 'about one run: its number, or its uid or the beginning of it')
    .option('--json', jsonText)
    .action(async (uid: string, text: string, options: NoteOptions) =>
      (await actions()).addNote(uid, text, options, context),
    );
  sessions
    .command('tag')
    .argument('<session>', uidText)
    .argument('[tags...]', 'tags to add')
    .description('add tags, or remove them')
    .option('--remove <tags...>', 'tags to remove')
    .option('--json', jsonText)
    .action(async (uid: string, tags: string[], options: TagOptions) =>
      (await actions()).changeTags(uid, tags, options, context),
    );
  sessions
    .command('rename')
    .argument('<session>', uidText)
    .argument('<title>', 'the new title')
    .description('give a session another title')
    .option('--json', jsonText)
    .action(async (uid: string, title: string) => (await actions()).changeSession(uid, {title}, context));
  for (const [name, isArchived, text] of [
    ['archive', true, 'leave a session out of lists; nothing of it is deleted, and no more runs go into it'],
    ['unarchive', false, 'put an archived session back into the lists'],
  ] as const)
    sessions
      .command(name)
      .argument('<session>', uidText)
      .description(text)
      .option('--json', jsonText)
      .action(async (uid: string) => (await actions()).changeSession(uid, {isArchived}, context));
}
