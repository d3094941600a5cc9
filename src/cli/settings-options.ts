import type {Command} from 'commander';
import {BenchError} from '../contract/errors.ts';
import type {SettingsPolicy} from '../contract/questions.ts';

/** Options of every command that measures: what becomes of settings that change what readings mean. */
export interface SettingsCliOptions {
  readonly setRight?: boolean;
  readonly keepSettings?: boolean;
}

export const addSettingsOptions = (command: Command): Command =>
  command
    .option(
      '--set-right',
      'set the safe values of settings that change what readings mean and that the bench file does not name',
    )
    .option('--keep-settings', 'keep such settings as they were found; noted in the run');

/** What becomes of settings that change what readings mean. Throws `cli/usage` when both options are given. */
export function settingsPolicyFrom({setRight, keepSettings}: SettingsCliOptions): SettingsPolicy {
  if (setRight === true && keepSettings === true)
    throw new BenchError('cli/usage', 'Give one of --set-right and --keep-settings. Nothing was started.');
  return setRight === true ? 'set-right' : keepSettings === true ? 'keep' : 'ask';
}

/** Options that say what suspends a run. */
export interface SuspenderCliOptions {
  readonly suspend?: readonly string[];
}

/** What a run can be suspended for, without the schemas of it: those are loaded when a command runs. */
export const suspenderNames = [
  'source-level',
  'source-status',
  'reference-lock',
  'input',
  'reference-drift',
  'disk-space',
  'operator-absent',
] as const;

export const withSuspenderOptions = (command: Command): Command =>
  command.option(
    '--suspend <condition>',
    `pause the run while something is not well, and go on by itself: ${suspenderNames.join(', ')}; ` +
      'with a number where it has one (source-level=0.5 dB, reference-drift=0.05, disk-space=2e9 bytes, operator-absent=600 s), ' +
      'or as JSON with every field (docs/watching.md); several times for several; none for nothing that the bench file names',
    (text: string, before: readonly string[] = []) => [...before, text],
  );
