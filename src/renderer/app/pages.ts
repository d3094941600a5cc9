import {type ComponentType, lazy} from 'react';

export interface PageEntry {
  readonly id: string;
  readonly name: string;
  readonly shortcut: string;
  /** What one does there, for hints and the palette. */
  readonly purpose: string;
  readonly Page: ComponentType;
  /** Fetches the page's code ahead of its first showing, so that it can be opened without the host. */
  readonly load: () => Promise<unknown>;
}

type PageModule = Readonly<Record<string, ComponentType>>;

const modules = import.meta.glob<PageModule>('../features/*/index.ts');

/** All pages in the order of the navigation. */
const list = [
  ['bench', 'Bench', 'g b', 'Instruments, jog, source, lock-in'],
  ['scan', 'Scan', 'g s', 'Measure a plane, a line or a point'],
  ['campaign', 'Campaign', 'g c', 'Measure digits and compare them with the twin'],
  ['compare', 'Compare', 'g m', 'Two planes beside each other'],
  ['design', 'Design', 'g d', 'Plates, geometry and what the twin predicts'],
  ['sessions', 'Sessions', 'g e', 'Everything that was measured'],
  ['log', 'Log', 'g l', 'What happened, keyboard map, versions'],
] as const;

export const pages: readonly PageEntry[] = list.flatMap(([id, name, shortcut, purpose]) => {
  const load = modules[`../features/${id}/index.ts`];
  if (!load) return [];
  const Page = lazy(async () => {
    const component = (await load())[`${name}Page`];
    if (!component) throw new Error(`The page ${name} has no component.`);
    return {default: component};
  });
  return [{id, name, shortcut, purpose, Page, load}];
});
