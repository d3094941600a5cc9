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

interface PageWords {
  readonly id: string;
  readonly name: string;
  readonly shortcut: string;
  readonly purpose: string;
}

/** Names the module once: the page and the fetching ahead ask for the same. */
function page(words: PageWords, load: () => Promise<ComponentType>): PageEntry {
  return {...words, load, Page: lazy(async () => ({default: await load()}))};
}

/** All pages in the order of the navigation. */
export const pages: readonly PageEntry[] = [
  page(
    {id: 'bench', name: 'Bench', shortcut: 'g b', purpose: 'Instruments, jog, source, lock-in'},
    async () => (await import('../features/bench/index.ts')).BenchPage,
  ),
  page(
    {id: 'scan', name: 'Scan', shortcut: 'g s', purpose: 'Measure a plane, a line or a point'},
    async () => (await import('../features/scan/index.ts')).ScanPage,
  ),
  page(
    {
      id: 'campaign',
      name: 'Campaign',
      shortcut: 'g c',
      purpose: 'Measure digits and compare them with the twin',
    },
    async () => (await import('../features/campaign/index.ts')).CampaignPage,
  ),
  page(
    {id: 'compare', name: 'Compare', shortcut: 'g m', purpose: 'Two planes beside each other'},
    async () => (await import('../features/compare/index.ts')).ComparePage,
  ),
  page(
    {id: 'design', name: 'Design', shortcut: 'g d', purpose: 'Plates, geometry and what the twin predicts'},
    async () => (await import('../features/design/index.ts')).DesignPage,
  ),
  page(
    {id: 'sessions', name: 'Sessions', shortcut: 'g e', purpose: 'Everything that was measured'},
    async () => (await import('../features/sessions/index.ts')).SessionsPage,
  ),
  page(
    {id: 'log', name: 'Log', shortcut: 'g l', purpose: 'What happened, keyboard map, versions'},
    async () => (await import('../features/log/index.ts')).LogPage,
  ),
];
