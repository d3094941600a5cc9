/**
 * `npm start` with everything installed and the page built, until the window can be used: its page stands, the
 * connection is open and STOP is there. The browser runs already, as an operator's does. Wanted: 2 s at most.
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {chromium, type Browser} from 'playwright-core';
import {requireBrowser} from '../../tools/find-browser.mjs';
import type {BenchResult} from '../figures.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function startOnce(browser: Browser, data: string): Promise<{linkS: number; usableS: number}> {
  const startedMs = performance.now();
  const sinceStartS = (): number => (performance.now() - startedMs) / 1000;
  const child = spawn(
    process.execPath,
    [join(root, 'tools/run.mjs'), '@start', '--no-open', '--browser', '--data', data],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  try {
    const link = await new Promise<string>((resolve, reject) => {
      createInterface({input: child.stdout}).on('line', (line) => {
        const match = /http:\/\/\S+#token=\S+/.exec(line);
        if (match) resolve(match[0]);
      });
      child.once('exit', (code) => reject(new Error(`npm start ended with ${code}`)));
    });
    const linkS = sinceStartS();
    const page = await browser.newPage();
    await page.goto(link);
    await page.getByRole('heading', {level: 1}).first().waitFor();
    await page.getByRole('button', {name: /STOP/}).waitFor();
    const usableS = sinceStartS();
    await page.close();
    return {linkS, usableS};
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
}

export async function run(): Promise<BenchResult[]> {
  const data = mkdtempSync(join(tmpdir(), 'd2nn-bench-start-'));
  const browser = await chromium.launch({
    executablePath: requireBrowser(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  try {
    // The first start builds the page if that is due and fills the cache of compiled modules.
    const first = await startOnce(browser, data);
    const times = [
      await startOnce(browser, data),
      await startOnce(browser, data),
      await startOnce(browser, data),
    ];
    const usable = times.map(({usableS}) => usableS).sort((a, b) => a - b);
    const links = times.map(({linkS}) => linkS).sort((a, b) => a - b);
    return [
      {
        name: 'npm start to a usable window (wanted: 2 s)',
        figures: {firstS: first.usableS, linkS: links[1], usableS: usable[1]},
      },
    ];
  } finally {
    await browser.close();
    rmSync(data, {recursive: true, force: true});
  }
}
