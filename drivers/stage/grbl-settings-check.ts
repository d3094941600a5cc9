import type {StageConfig} from '../../src/contract/bench-file.ts';
import type {
  CallOptions,
  SettingDifference,
  SettingsCheck,
  SettingValue,
} from '../../src/contract/devices.ts';
import {createSettingsCheck} from '../kit/index.ts';
import type {Parameter} from '../kit/index.ts';

/** What judging the settings of a stage may use of it. */
export interface StageCheckControl {
  readonly config: StageConfig;
  readonly parameters: readonly Parameter[];
  set(name: string, value: SettingValue, options?: CallOptions): Promise<unknown>;
  /** Soft reset; the position is kept, as nothing moves. */
  reset(options?: CallOptions): Promise<void>;
}

/** Not a `$` setting: the state Check of `$C`, in which every line is answered and nothing moves. */
export const checkMode = 'isCheckModeOn';

/**
 * Units, distances, offsets and planes of the g-code parser are not judged: every line that moves the stage names them
 * itself and goes to machine positions. The unit of the reports is read with the settings, whatever it is.
 */
export function createStageCheck(of: StageCheckControl): SettingsCheck {
  const {role, settings: named} = of.config;
  const byName = createSettingsCheck(
    of.parameters,
    {role, named, chosen: new Map()},
    (name, value, options) => of.set(name, value, options),
  );
  const checking: SettingDifference = {
    role,
    name: checkMode,
    label: 'Check mode',
    unit: '',
    found: true,
    wanted: false,
    wantedBy: 'driver',
    effect: 'lines are answered but nothing moves, so that every point would be read at the same place',
  };
  return {
    differencesIn: (settings) => [
      ...(settings[checkMode] === true ? [checking] : []),
      ...byName.differencesIn(settings),
    ],
    putRight: (difference, options) =>
      difference.name === checkMode ? of.reset(options) : byName.putRight(difference, options),
  };
}
