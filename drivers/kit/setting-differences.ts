import type {
  CallOptions,
  SettingDifference,
  SettingsCheck,
  SettingsSnapshot,
  SettingValue,
} from '../../src/contract/devices.ts';
import type {Parameter} from './parameter.ts';

/** What is wanted of an instrument's settings besides the safe values. */
export interface WantedSettings {
  readonly role: string;
  /** By the bench file. */
  readonly named: SettingsSnapshot;
  /** Chosen with this program since; counts for settings that readings mean the same with. */
  readonly chosen: ReadonlyMap<string, SettingValue>;
}

/**
 * Settings that are not as they should be: what the bench file names; else the safe value of what decides the meaning
 * of readings. What is left to the operator (range, filter, phase) is only compared where somebody has chosen it.
 */
export function differencesOf(
  parameters: readonly Parameter[],
  settings: SettingsSnapshot,
  wanted: WantedSettings,
): readonly SettingDifference[] {
  return parameters.flatMap((parameter): SettingDifference[] => {
    const found = settings[parameter.name];
    // A measured frequency has the name of one that can be set; it is not the setting.
    if (found === undefined || parameter.write === undefined) return [];
    const wish = wishFor(parameter, settings, wanted);
    if (wish === undefined || wish.values.some((value) => parameter.isSame(value, found))) return [];
    const {name, label, unit, meaning} = parameter;
    const effect = meaning?.effect ?? '';
    const {role} = wanted;
    return [{role, name, label, unit, found, wanted: wish.values[0], wantedBy: wish.by, effect}];
  });
}

interface Wish {
  readonly values: readonly [SettingValue, ...SettingValue[]];
  readonly by: SettingDifference['wantedBy'];
}

function wishFor(
  parameter: Parameter,
  settings: SettingsSnapshot,
  {named, chosen}: WantedSettings,
): Wish | undefined {
  const {name, meaning} = parameter;
  const byFile = named[name] === undefined ? undefined : parameter.check(named[name]);
  const byOperator = meaning === undefined ? chosen.get(name) : undefined;
  if (byOperator !== undefined && (byFile === undefined || !parameter.isSame(byFile, byOperator)))
    return {values: [byOperator], by: 'operator'};
  if (byFile !== undefined) return {values: [byFile], by: 'bench-file'};
  if (meaning === undefined || meaning.matters?.(settings) === false) return undefined;
  return {values: meaning.safe, by: meaning.isNamedByBench === true ? 'bench-file' : 'driver'};
}

/** The check of an instrument that sets its parameters by name. */
export const createSettingsCheck = (
  parameters: readonly Parameter[],
  wanted: WantedSettings,
  set: (name: string, value: SettingValue, options?: CallOptions) => Promise<unknown>,
): SettingsCheck => ({
  differencesIn: (settings) => differencesOf(parameters, settings, wanted),
  async putRight({name, wanted: value}, options) {
    await set(name, value, options);
  },
});
