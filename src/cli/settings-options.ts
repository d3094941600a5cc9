import type {Command} from 'commander';
import {BenchError} from '../contract/errors.ts';
import type {QuestionHandler, SettingsPolicy} from '../contract/questions.ts';
import {askQuestionAtTerminal} from './ask-operator.ts';

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

/**
 * How a bench asks for decisions: at the terminal where there is one; else not at all, and what would be asked is
 * refused. `quiet` takes bars and keys away around a question. Throws `cli/usage` when both options are given.
 */
export function decisionsFrom(
  {setRight, keepSettings}: SettingsCliOptions,
  quiet: {readonly before: () => void; readonly after?: () => void},
): {readonly ask: QuestionHandler | undefined; readonly settingsPolicy: SettingsPolicy} {
  if (setRight === true && keepSettings === true)
    throw new BenchError('cli/usage', 'Give one of --set-right and --keep-settings. Nothing was started.');
  return {
    ask: process.stdin.isTTY
      ? async (question, {signal}) => {
          quiet.before();
          try {
            return await askQuestionAtTerminal(question, signal);
          } finally {
            quiet.after?.();
          }
        }
      : undefined,
    settingsPolicy: setRight === true ? 'set-right' : keepSettings === true ? 'keep' : 'ask',
  };
}
