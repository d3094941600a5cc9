import {type ComponentType, lazy} from 'react';
import type {PageAct} from '../actions/page-acts.ts';
import {alignActs} from '../features/align/align-acts.ts';
import {benchActs} from '../features/bench/bench-acts.ts';
import {calibrateActs} from '../features/calibrate/calibrate-acts.ts';
import {campaignActs} from '../features/campaign/campaign-acts.ts';
import {compareActs} from '../features/compare/compare-acts.ts';
import {designActs} from '../features/design/design-acts.ts';
import {logActs} from '../features/log/log-acts.ts';
import {queueActs} from '../features/queue/queue-acts.ts';
import {scanActs} from '../features/scan/scan-acts.ts';
import {sessionsActs} from '../features/sessions/sessions-acts.ts';

export interface PageEntry {
  readonly id: string;
  /** Path of its drawing, on a field of 20 x 20. */
  readonly icon: string;
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
  /** Path of its drawing, on a field of 20 x 20. */
  readonly icon: string;
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
      icon: 'M3 15h14M5 15v-4h4v4M11 15V7h4v8M13 7V4',
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
      icon: 'M4 4h12v3.5H4zM4 7.5h12V11H4zM4 11h7v4H4M8 4v11M12 4v7',
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
      icon: 'M4 4h9v9H4zM7.5 7h9v9h-9zM12 9.5v4M10 11.5h4',
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
      icon: 'M3 4h5v5H3zM12 4h5v5h-5zM3 12h5v5H3zM12 14.5l2 2 3.5-4',
      name: 'Campaign',
      shortcut: 'g c',
      purpose: 'Measure digits and compare them with the twin',
      acts: campaignActs,
    },
    async () => (await import('../features/campaign/index.ts')).CampaignPage,
  ),
  page(
    {
      id: 'queue',
      icon: 'M4 4h12v3H4zM4 9h12v3H4zM4 14h12v3H4z',
      name: 'Queue',
      shortcut: 'g q',
      purpose: 'What is measured one after the other',
      acts: queueActs,
    },
    async () => (await import('../features/queue/index.ts')).QueuePage,
  ),
  page(
    {
      id: 'calibrate',
      icon: 'M4 6h6M14 6h2M12 4v4M4 14h2M10 14h6M8 12v4',
      name: 'Calibrate',
      shortcut: 'g k',
      purpose: 'Make a printed network work that is not as designed',
      acts: calibrateActs,
    },
    async () => (await import('../features/calibrate/index.ts')).CalibratePage,
  ),
  page(
    {
      id: 'compare',
      icon: 'M3 4h6v12H3zM11 4h6v12h-6zM5 8h2M13 12h2',
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
      icon: 'M4 3v14M8 5v10M12 5v10M16 3v14',
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
      icon: 'M3 5h14v4H3zM3 11h14v4H3zM6 7h3M6 13h3',
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
      icon: 'M5 3h10v14H5zM7.5 7h5M7.5 10h5M7.5 13h3',
      name: 'Log',
      shortcut: 'g l',
      purpose: 'What happened, keyboard map, versions',
      acts: logActs,
    },
    async () => (await import('../features/log/index.ts')).LogPage,
  ),
];
