import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestProject} from 'vitest/node';
import {createPlates} from '../host/alignment/small-plates.ts';
import {root} from './app.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folders of designs whose light takes little time to compute: the middle of two and of five shipped plates. */
    readonly smallDesigns: {readonly two: string; readonly five: string};
  }
}

/** Builds the window once, before any scenario: not inside the first one's time limit, and not twice at once. */
export async function setup({provide}: TestProject): Promise<() => void> {
  execFileSync(process.execPath, [join(root, 'src/cli/start.ts'), '--prepare'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-bench-plates-'));
  const [two, five] = [join(folder, 'two'), join(folder, 'five')];
  await createPlates(two, 'two small plates', [0, 1], {sideMm: 36});
  await createPlates(five, 'five small plates', [0, 1, 2, 3, 4], {sideMm: 36});
  provide('smallDesigns', {two, five});
  return () => rmSync(folder, {recursive: true});
}
