/**
 * A heat-map of 200 x 200 cells fed by 1,000 points a second beside a strip chart, in real Chromium. Wanted: the
 * display's rate for less than a quarter of a core, and memory that stays flat over 1,000,000 points.
 */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import react from '@vitejs/plugin-react';
import {chromium, type CDPSession, type Page} from 'playwright-core';
import {build, preview, type InlineConfig} from 'vite';
import {requireBrowser} from '../../tools/find-browser.mjs';
import type {BenchResult} from '../figures.ts';
import type {} from './feed.ts';

const watchedMs = 10_000;

async function metric(session: CDPSession, name: string): Promise<number> {
  const {metrics} = await session.send('Performance.getMetrics');
  return metrics.find((entry) => entry.name === name)?.value ?? NaN;
}

/** Processor time by kind of process, s. */
async function processTimes(session: CDPSession): Promise<Readonly<Record<string, number>>> {
  const {processInfo} = await session.send('SystemInfo.getProcessInfo');
  const times: Record<string, number> = {};
  for (const {type, cpuTime} of processInfo) times[type] = (times[type] ?? 0) + cpuTime;
  return times;
}

async function heapMb(page: Page, session: CDPSession, pointCount: number): Promise<number> {
  await page.evaluate((count) => window.benchFeed?.burst(count), pointCount);
  await session.send('HeapProfiler.collectGarbage');
  return (await metric(session, 'JSHeapUsedSize')) / 2 ** 20;
}

/** Opens a page that has a `benchFeed` in a browser and measures it. */
export async function measurePage(
  url: string,
  args: readonly string[] = ['--disable-gpu'],
): Promise<Record<string, number>> {
  const quiet = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ];
  const browser = await chromium.launch({
    executablePath: requireBrowser(),
    args: ['--no-sandbox', ...quiet, ...args],
  });
  try {
    const page = await browser.newPage({viewport: {width: 900, height: 980}});
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(url);
    const session = await page.context().newCDPSession(page);
    const browserSession = await browser.newBrowserCDPSession();
    await session.send('Performance.enable');
    await page.waitForFunction(() => window.benchFeed !== undefined);
    await page.waitForTimeout(1000);
    await page.evaluate(() => window.benchFeed?.run(1000));
    await page.waitForTimeout(2000);
    const begin = {
      ms: performance.now(),
      taskS: await metric(session, 'TaskDuration'),
      frames: (await page.evaluate(() => window.benchFeed?.frames())) ?? NaN,
      times: await processTimes(browserSession),
    };
    await page.waitForTimeout(watchedMs);
    const times = await processTimes(browserSession);
    const frames = (await page.evaluate(() => window.benchFeed?.frames())) ?? NaN;
    const taskS = await metric(session, 'TaskDuration');
    const spentS = (performance.now() - begin.ms) / 1000;
    await page.evaluate(() => window.benchFeed?.run(0));
    const share = (kind: string) => ((times[kind] ?? 0) - (begin.times[kind] ?? 0)) / spentS;
    const figures = {
      framesPerS: (frames - begin.frames) / spentS,
      mainThreadShareOfCore: (taskS - begin.taskS) / spentS,
      rendererProcessShareOfCore: share('renderer'),
      gpuProcessShareOfCore: share('GPU'),
      heapMbAfter10k: await heapMb(page, session, 10_000),
      heapMbAfter100k: await heapMb(page, session, 90_000),
      heapMbAfter1M: await heapMb(page, session, 900_000),
    };
    if (problems.length > 0) throw new Error(`The page failed: ${problems.join('; ')}`);
    return figures;
  } finally {
    await browser.close();
  }
}

export async function run(): Promise<BenchResult[]> {
  const outDir = await mkdtemp(join(tmpdir(), 'heat-map-bench-'));
  try {
    const root = fileURLToPath(new URL('.', import.meta.url));
    const shared = {
      configFile: false,
      root,
      logLevel: 'error' as const,
      plugins: [react()],
    } satisfies InlineConfig;
    await build({
      ...shared,
      base: './',
      css: {modules: {localsConvention: 'camelCaseOnly'}},
      build: {outDir, emptyOutDir: true, chunkSizeWarningLimit: 2000},
    });
    const server = await preview({...shared, build: {outDir}, preview: {host: '127.0.0.1', port: 4390}});
    try {
      const url = server.resolvedUrls?.local[0];
      if (!url) throw new Error('The page of the bench was built, but nothing serves it.');
      return [
        {name: 'heat-map 200 x 200, 1,000 points/s, strip chart open', figures: await measurePage(url)},
      ];
    } finally {
      await server.close();
    }
  } finally {
    await rm(outDir, {recursive: true, force: true});
  }
}
