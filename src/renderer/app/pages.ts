import {type ComponentType, lazy} from 'react';
import type {PageAct} from '../actions/page-acts.ts';
import {alignActs} from '../features/align/align-acts.ts';
import {benchActs} from '../features/bench/bench-acts.ts';
import {campaignActs} from '../features/campaign/campaign-acts.ts';
import {compareActs} from '../features/compare/compare-acts.ts';
import {designActs} from '../features/design/design-acts.ts';
import {logActs} from '../features/log/log-acts.ts';
import {scanActs} from '../features/scan/scan-acts.ts';
import {sessionsActs} from '../features/sessions/sessions-acts.ts';

export interface PageEntry {
  readonly id: string;
  readonly name: string;
  readonly shortcut: string;
  /** What one does there, for hints and the palette. */
  readonly purpose: string;
  /** What the palette offers of the page while another is open. */
  readonly acts: readonly PageAct[];
  readonly Page: ComponentType;
  /** Fetches the page's code ahead of its first showing, so that it can be opened without the host. */
  readonly load: () => Promise<unknown>;
}

interface PageLabels {
  readonly id: string;
  readonly name: string;
  readonly shortcut: string;
  readonly purpose: string;
  readonly acts: readonly PageAct[];
}

/** Names the module once: the page and the fetching ahead ask for the same. */
function page(words: PageLabels, load: () => Promise<ComponentType>): PageEntry {
  return {...words, load, Page: lazy(async () => ({default: await load()}))};
}

/** All pages in the order of the navigation. */
export const pages: readonly PageEntry[] = [
  page(
    {
      id: 'bench',
      name: 'Bench',
      shortcut: 'g b',
      purpose: 'Instruments, jog, source, lock-in',
      acts: benchActs,
    },
    async () => (await import('../features/bench/index.ts')).BenchPage,
  ),
  page(
    {
      id: 'scan',
      name: 'Scan',
      shortcut: 'g s',
      purpose: 'Measure a plane, a line or a point',
      acts: scanActs,
    },
    async () => (await import('../features/scan/index.ts')).ScanPage,
  ),
  page(
    {
      id: 'align',
      name: 'Align',
      shortcut: 'g a',
      purpose: 'Where plates, light and scan really stand',
      acts: alignActs,
    },
    async () => (await import('../features/align/index.ts')).AlignPage,
  ),
  page(
    {
      id: 'campaign',
      name: 'Campaign',
      shortcut: 'g c',
      purpose: 'Measure digits and compare them with the twin',
      acts: campaignActs,
    },
    async () => (await import('../features/campaign/index.ts')).CampaignPage,
  ),
  page(
    {
      id: 'compare',
      name: 'Compare',
      shortcut: 'g m',
      purpose: 'Two planes beside each other',
      acts: compareActs,
    },
    async () => (await import('../features/compare/index.ts')).ComparePage,
  ),
  page(
    {
      id: 'design',
      name: 'Design',
      shortcut: 'g d',
      purpose: 'Plates, geometry and what the twin predicts',
      acts: designActs,
    },
    async () => (await import('../features/design/index.ts')).DesignPage,
  ),
  page(
    {
      id: 'sessions',
      name: 'Sessions',
      shortcut: 'g e',
      purpose: 'Everything that was measured',
      acts: sessionsActs,
    },
    async () => (await import('../features/sessions/index.ts')).SessionsPage,
  ),
  page(
    {
      id: 'log',
      name: 'Log',
      shortcut: 'g l',
      purpose: 'What happened, keyboard map, versions',
      acts: logActs,
    },
    async () => (await import('../features/log/index.ts')).LogPage,
  ),
];
