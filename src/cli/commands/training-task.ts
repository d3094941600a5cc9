import {access} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import type {Command} from 'commander';
import {z} from 'zod';
import {parseBoundedJson} from '../../base/bounded-json.ts';
import {BenchError} from '../../contract/errors.ts';
import {fashionFiles} from '../../contract/fashion-files.ts';
import {firstIssueText} from '../../contract/schema-issue.ts';
import {readBounded} from '../../host/compose.ts';

/** A task as values of the command's own options, by their names without dashes in front: `{"object": "phase"}`. */
type TaskOptions = Readonly<Record<string, string | number>>;

const taskSchema = z.record(z.string(), z.union([z.string(), z.number()]));
/** Largest file of a task, bytes: it holds some tens of options. */
const taskLimitBytes = 2 ** 16;
/** Options of a task that name files, given from the file's own folder. */
const pathOptions = ['images', 'labels', 'targets', 'bench', 'start-from'] as const;

/**
 * Sets the options of a command that a task stands for and the user has not given: `digits` as they are, `fashion`,
 * `lens`, or a JSON file of options. Throws `file/not-found` or `file/invalid` with what to do.
 */
export async function applyTask(command: Command, task: string): Promise<void> {
  const options = await optionsOfTask(task);
  for (const [name, value] of Object.entries(options)) {
    const option = command.options.find(({long}) => long === `--${name}`);
    if (option === undefined || name === 'task')
      throw new BenchError(
        'file/invalid',
        `${task} names "${name}", which is no option of this command. Nothing was started; see --help.`,
      );
    const key = option.attributeName();
    const source = command.getOptionValueSource(key);
    if (source !== undefined && source !== 'default') continue;
    command.setOptionValueWithSource(key, parsed(option, value, task), 'config');
  }
}

function parsed(option: Command['options'][number], value: string | number, task: string): unknown {
  try {
    const text = String(value);
    if (option.argChoices && !option.argChoices.includes(text))
      throw new Error(`Give one of ${option.argChoices.join(', ')}.`);
    return option.parseArg ? option.parseArg<unknown>(text, undefined) : text;
  } catch (error) {
    throw new BenchError(
      'file/invalid',
      `${task}: ${option.long} cannot be ${String(value)}. ${error instanceof Error ? error.message : String(error)} Nothing was started.`,
      {cause: error},
    );
  }
}

async function optionsOfTask(task: string): Promise<TaskOptions> {
  switch (task) {
    case 'digits':
      return {};
    case 'fashion':
      return await fashionOptions();
    case 'lens':
      return lensOptions;
    default:
      return await readTask(task);
  }
}

/**
 * Fashion products as phase objects of up to half a turn, with which linear optics tells them apart best (ten quadratic
 * forms fitted without any plates: 88 % with half a turn, 86 % with a whole or a quarter of one); the images of Debian's
 * package where it is installed.
 */
async function fashionOptions(): Promise<TaskOptions> {
  const isInstalled = await access(fashionFiles.images).then(
    () => true,
    () => false,
  );
  return {
    learn: 'classes',
    object: 'phase',
    'phase-turns': 0.5,
    name: 'fashion',
    ...(isInstalled ? fashionFiles : {}),
  };
}

/**
 * The imaging lens of Lin et al. 2018 as it is reported: five plates of 300 x 300 at 0.3 mm, 4 mm apart, the image in
 * 7 mm; its objects were 2,000 images of 140 pixels, batches had 4. Plates begin as relay lenses, whose pictures
 * are right to a correlation of 0.88 before any training (flat plates: 0.69).
 */
const lensOptions: TaskOptions = {
  learn: 'imaging',
  name: 'lens',
  count: 300,
  'pitch-mm': 0.3,
  layers: 5,
  'gap-mm': 4,
  'output-gap-mm': 7,
  object: 'grey-amplitude',
  'object-side-mm': 42,
  'window-mm': 42,
  'start-lens-mm': 4.8,
  'scan-step-mm': 0,
  'training-count': 2000,
  'validation-count': 40,
  batch: 4,
  epochs: 5,
  'shift-pixels': 10,
  'rotation-deg': 180,
  'elastic-pixels': 0,
  'efficiency-weight': 0.02,
};

async function readTask(path: string): Promise<TaskOptions> {
  const bytes = await readBounded(path, taskLimitBytes, {
    subject: `The task ${path}`,
    whenMissing: 'Nothing was started; give digits, fashion, lens or a JSON file of options.',
    whenUnusable: 'Nothing was started.',
  });
  let json: unknown;
  try {
    json = parseBoundedJson(new TextDecoder().decode(bytes), taskLimitBytes);
  } catch (error) {
    throw unusable(path, error instanceof Error ? error.message : String(error), error);
  }
  const read = taskSchema.safeParse(json);
  if (!read.success) throw unusable(path, firstIssueText(read.error));
  const from = dirname(resolve(path));
  const isPath = (name: string): boolean => pathOptions.some((own) => own === name);
  return Object.fromEntries(
    Object.entries(read.data).map(([name, value]) => [
      name,
      isPath(name) ? resolve(from, String(value)) : value,
    ]),
  );
}

const unusable = (path: string, what: string, cause?: unknown): BenchError =>
  new BenchError(
    'file/invalid',
    `The task ${path} cannot be used: ${what}. It holds options of this command as one JSON object, such as {"object": "phase"}. Nothing was started.`,
    {cause},
  );
