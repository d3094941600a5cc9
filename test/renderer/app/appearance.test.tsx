import {settingsSchema} from '../../../src/contract/api/index.ts';
import {keepAppearance} from '../../../src/renderer/app/appearance.ts';
import {settingsStore} from '../../../src/renderer/settings/settings.ts';
import {afterEach, expect, test} from 'vitest';

const root = document.documentElement;
const shown = (): [theme: string | undefined, scale: string] => [
  root.dataset['theme'],
  root.style.getPropertyValue('--scale'),
];

afterEach(() => {
  localStorage.clear();
  settingsStore.setState({settings: settingsSchema.parse({}), isLoaded: false});
});

test('a window shows theme and size of last time at once, and what the host keeps when that is known', () => {
  localStorage.setItem('d2nn-bench.appearance', 'red 1.5');
  keepAppearance();
  expect(shown()).toEqual(['red', '1.5']);

  settingsStore.setState({settings: settingsSchema.parse({theme: 'contrast', scale: 1.25}), isLoaded: true});
  expect(shown()).toEqual(['contrast', '1.25']);
  expect(localStorage.getItem('d2nn-bench.appearance')).toBe('contrast 1.25');
});

test.each(['', 'pink 1', 'dark 40', 'dark', 'dark NaN'])(
  'what a browser remembers of no use (%o) is replaced by the default',
  (remembered) => {
    localStorage.setItem('d2nn-bench.appearance', remembered);
    keepAppearance();
    const {theme, scale} = settingsSchema.parse({});
    expect(shown()).toEqual([theme === 'system' ? 'light' : theme, String(scale)]);
  },
);
