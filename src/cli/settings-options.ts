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
