import {expect, test} from 'vitest';
import {decisionsFrom} from '../../src/cli/settings-options.ts';

const quiet = {before: () => undefined};

test('what becomes of settings follows the options; without a terminal nobody is asked', () => {
  expect(process.stdin.isTTY).toBeFalsy();
  expect(decisionsFrom({}, quiet)).toEqual({ask: undefined, settingsPolicy: 'ask'});
  expect(decisionsFrom({setRight: true}, quiet).settingsPolicy).toBe('set-right');
  expect(decisionsFrom({keepSettings: true}, quiet).settingsPolicy).toBe('keep');
});

test('both options at once are refused', () => {
  expect(() => decisionsFrom({setRight: true, keepSettings: true}, quiet)).toThrow(
    'Give one of --set-right and --keep-settings. Nothing was started.',
  );
});
