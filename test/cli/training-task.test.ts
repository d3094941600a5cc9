import {Command} from 'commander';
import {expect, test} from 'vitest';
import {applyTask} from '../../src/cli/commands/training-task.ts';
import {settingsFrom, type TrainOptions} from '../../src/cli/commands/twin-train-action.ts';
import {addTwinTrain} from '../../src/cli/commands/twin-train.ts';
import type {CliContext} from '../../src/cli/context.ts';
import {thickPlates} from '../../src/contract/plate-optics.ts';
import {presetSettings, type TrainingPreset} from '../../src/contract/training-presets.ts';
import {trainingSettingsSchema} from '../../src/contract/training.ts';

/** Settings of `twin train --task TASK` with these other options. */
async function settingsOfTask(task: TrainingPreset, ...options: readonly string[]) {
  const twin = new Command('twin');
  // Nothing is run, so that nothing of the context is used.
  addTwinTrain(twin, {} as CliContext);
  const train = twin.commands[0];
  train.parseOptions([...options]);
  await applyTask(train, task);
  return trainingSettingsSchema.parse(settingsFrom(train.opts<TrainOptions>()));
}

test.each(['digits', 'fashion', 'lens'] as const)(
  'the window fills its form in for %s as the command line begins it',
  async (task) => {
    const {data, ...own} = await settingsOfTask(task);
    const {data: named, ...expected} = presetSettings(task);
    expect(own).toEqual(expected);
    // The command names files of Debian's package only where they are installed.
    if (data !== null) expect(data).toEqual(named);
  },
);

test('thick plates are named with their slices and faces, as the form of the window sends them', async () => {
  const settings = await settingsOfTask(
    'digits',
    '--plates',
    'thick',
    '--slices',
    '3',
    '--relief-faces',
    'source',
  );
  expect(settings).toEqual({
    ...presetSettings('digits'),
    plateOptics: {kind: 'thick', sliceCount: 3},
    reliefFaces: 'source',
  });
  expect((await settingsOfTask('digits', '--plates', 'thick')).plateOptics).toEqual(thickPlates);
});
