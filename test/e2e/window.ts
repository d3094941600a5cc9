import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserServer,
  type LaunchOptions,
  type Page,
} from 'playwright-core';
import {requireBrowser} from '../../tools/find-browser.mjs';
import {patienceMs, shellWindows} from './app.ts';

/**
 * What the browser is told to leave: Playwright's own list, of which only the last is heeded, a process made in advance
 * for each next window, and the popup of an address bar that nobody sees, which costs each window as much as its page.
 */
const disabledFeatures = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'OptimizationHints',
  'PaintHolding',
  'SpareRendererForSitePerProcess',
  'ThirdPartyStoragePartitioning',
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
];

let browser: Promise<Browser> | undefined;
let gpuBrowser: Promise<Browser> | undefined;

/** One browser for all tests of a file; it ends with the test process at the latest. */
const openBrowser = (): Promise<Browser> => (browser ??= launchBrowser(['--disable-gpu']));

/** One whose GPU is computed by the processor, for what is computed on a GPU. */
export const openGpuBrowser = (): Promise<Browser> =>
  (gpuBrowser ??= launchBrowser(['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']));

const launchOptions = (own: readonly string[]): LaunchOptions => ({
  executablePath: requireBrowser(),
  args: [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...own,
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
    `--disable-features=${disabledFeatures.join(',')}`,
  ],
});

const launchBrowser = (own: readonly string[]): Promise<Browser> => chromium.launch(launchOptions(own));

/** A browser of its own whose process a test may kill. */
export async function openMortalBrowser(): Promise<{
  readonly browser: Browser;
  readonly server: BrowserServer;
}> {
  const server = await chromium.launchServer(launchOptions(['--disable-gpu']));
  return {browser: await chromium.connect(server.wsEndpoint()), server};
}

export async function closeBrowser(): Promise<void> {
  const opened = await Promise.all([browser, gpuBrowser]);
  browser = gpuBrowser = undefined;
  for (const one of opened) await one?.close();
}

/** A window on the program. */
export interface OpenWindow {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What its console said beyond notes, and every failed script. */
  readonly complaints: readonly string[];
  /** From here on complaints like this one are part of the test: a dead host, a refused token. */
  readonly expectComplaints: (pattern: RegExp) => void;
}

export interface WindowOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colourScheme?: 'dark' | 'light';
  /** The browser's language; numbers are written as it does. */
  readonly locale?: string;
  /** Whether the browser lends a GPU. */
  readonly hasGpu?: boolean;
}

/** Opens the link in a fresh profile; in Electron the first one asked for is the shell's own window. */
export async function openWindow(
  url: string,
  {width = 1280, height = 800, colourScheme = 'dark', locale = 'en-US', hasGpu = false}: WindowOptions = {},
): Promise<OpenWindow> {
  const shell = shellWindows.get(url);
  shellWindows.delete(url);
  const page = shell
    ? await shell.firstWindow()
    : await newPage(await (hasGpu ? openGpuBrowser() : openBrowser()), {
        viewport: {width, height},
        colorScheme: colourScheme,
        reducedMotion: 'reduce',
        locale,
      });
  // Of what never comes: a machine that is slow or busy takes its time, a fit at full size some minutes.
  page.setDefaultTimeout(patienceMs);
  const complaints: string[] = [];
  const expected: RegExp[] = [];
  const complain = (text: string): void => {
    if (!expected.some((pattern) => pattern.test(text))) complaints.push(text);
  };
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      complain(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complain(`page error: ${error.message}`));
  if (!shell) await page.goto(url);
  return {
    page,
    context: page.context(),
    complaints,
    expectComplaints: (pattern) => void expected.push(pattern),
  };
}

async function newPage(own: Browser, options: Parameters<Browser['newContext']>[0]): Promise<Page> {
  const context = await own.newContext(options);
  return await context.newPage();
}
