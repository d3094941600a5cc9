import type {Settings} from '../../contract/api/index.ts';
import {settingsStore} from '../settings/settings.ts';

const key = 'd2nn-bench.appearance';

/** Puts theme and scale on the document. `system` follows the computer. */
function show({theme, scale}: Pick<Settings, 'theme' | 'scale'>): void {
  const root = document.documentElement;
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset['theme'] = theme === 'system' ? (isDark ? 'dark' : 'light') : theme;
  root.style.setProperty('--scale', String(scale));
}

/** What this browser showed last, so that the first picture does not flash in another theme. */
function remembered(): Pick<Settings, 'theme' | 'scale'> | null {
  const [theme, scale] = (localStorage.getItem(key) ?? '').split(' ');
  const themes: readonly Settings['theme'][] = ['system', 'dark', 'light', 'contrast', 'red'];
  const known = themes.find((name) => name === theme);
  const size = Number(scale);
  return known && size >= 0.75 && size <= 3 ? {theme: known, scale: size} : null;
}

/** Keeps theme and scale as chosen, for as long as the page lives. */
export function keepAppearance(): void {
  const shownNow = (): Pick<Settings, 'theme' | 'scale'> => {
    const {settings, isLoaded} = settingsStore.getState();
    return isLoaded ? settings : (remembered() ?? settings);
  };
  show(shownNow());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => show(shownNow()));
  settingsStore.subscribe(({settings, isLoaded}) => {
    show(shownNow());
    if (isLoaded) localStorage.setItem(key, `${settings.theme} ${settings.scale}`);
  });
}
