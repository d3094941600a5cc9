import {expect, test} from 'vitest';
import {settingsPolicyFrom} from '../../src/cli/settings-options.ts';

test('what becomes of settings follows the options', () => {
  expect(settingsPolicyFrom({})).toBe('ask');
  expect(settingsPolicyFrom({setRight: true})).toBe('set-right');
  expect(settingsPolicyFrom({keepSettings: true})).toBe('keep');
});

test('both options at once are refused', () => {
  expect(() => settingsPolicyFrom({setRight: true, keepSettings: true})).toThrow(
    'Give one of --set-right and --keep-settings. Nothing was started.',
  );
});
