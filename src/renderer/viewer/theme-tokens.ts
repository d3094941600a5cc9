import {useSyncExternalStore} from 'react';
import type {Rgb} from './colour/colour-maps.ts';

/** Custom properties of the document root that drawings use, with what stands in where a page has no theme. */
const properties = {
  surface0: ['--surface-0', '#14181d'],
  surface1: ['--surface-1', '#1b2026'],
  surface2: ['--surface-2', '#2a3038'],
  text1: ['--text-1', '#e8ecf1'],
  text2: ['--text-2', '#a3adb9'],
  line: ['--line', '#3a424c'],
  accent: ['--accent', '#8ab4f8'],
  measured: ['--measured', '#6aa9ff'],
  simulated: ['--simulated', '#3cc3b2'],
  sourceOn: ['--source-on', '#f2a03d'],
  attention: ['--attention', '#e5b94b'],
  fault: ['--fault', '#f0625d'],
  good: ['--good', '#6cc08b'],
  hatch: ['--hatch', '#4a535e'],
  focus: ['--focus', '#9cc2ff'],
} as const;

export type ThemeColour = keyof typeof properties;

/** Colours of the theme now, as CSS colours that a canvas takes, with type and size. */
export type ThemeTokens = Readonly<Record<ThemeColour, string>> & {
  readonly fontFamily: string;
  /** CSS pixels of one drawing pixel: 1 at the default size of the window, 2 when everything is twice as large. */
  readonly scale: number;
};

/** Size of the document's text at scale 1, CSS pixels. */
const defaultTextPx = 14;

/** A length in drawing pixels for a style: it follows the size of everything else. */
export const remOf = (drawingPx: number): string => `${drawingPx / defaultTextPx}rem`;

let known: ThemeTokens | null = null;
const listeners = new Set<() => void>();
let stopWatching: (() => void) | null = null;

function readTokens(): ThemeTokens {
  const style = getComputedStyle(document.documentElement);
  const entries = Object.entries(properties).map(([name, [property, fallback]]) => [
    name,
    style.getPropertyValue(property).trim() || fallback,
  ]);
  const colours = Object.fromEntries(entries) as Record<ThemeColour, string>;
  return {
    ...colours,
    fontFamily: getComputedStyle(document.body).fontFamily || 'system-ui, sans-serif',
    scale: (parseFloat(style.fontSize) || defaultTextPx) / defaultTextPx,
  };
}

/** The tokens of the theme and size that are set now; the same object until one changes. */
export function themeTokens(): ThemeTokens {
  // Without anyone watching, a theme may have changed unseen.
  if (!known || listeners.size === 0) {
    const fresh = readTokens();
    if (!known || JSON.stringify(fresh) !== JSON.stringify(known)) known = fresh;
  }
  return known;
}

/** Calls back after the theme or the size of everything changed. Returns the way to end it. */
export function subscribeTheme(listener: () => void): () => void {
  listeners.add(listener);
  stopWatching ??= watchTheme();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stopWatching?.();
    stopWatching = null;
  };
}

function watchTheme(): () => void {
  const renew = () => {
    known = readTokens();
    for (const listener of listeners) listener();
  };
  const observer = new MutationObserver(renew);
  observer.observe(document.documentElement, {attributeFilter: ['data-theme', 'class', 'style']});
  // A theme that follows the system has no attribute that changes; style sheets may also arrive late.
  const preference = matchMedia('(prefers-color-scheme: dark)');
  preference.addEventListener('change', renew);
  window.addEventListener('load', renew);
  return () => {
    observer.disconnect();
    preference.removeEventListener('change', renew);
    window.removeEventListener('load', renew);
  };
}

/** The theme's tokens for a component; renders again when the theme changes. */
export const useThemeTokens = (): ThemeTokens => useSyncExternalStore(subscribeTheme, themeTokens);

let probe: CanvasRenderingContext2D | null = null;

/** Red, green, blue of any CSS colour, as the browser itself resolves it. */
export function cssColourToRgb(colour: string): Rgb {
  probe ??= document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  if (!probe) throw new Error('This browser gives no 2D canvas, so nothing can be drawn.');
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = colour;
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
