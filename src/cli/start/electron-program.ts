import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {runQuietly} from './page-build.ts';

/** Longest time for fetching Electron's program (about 110 MB), ms. */
const fetchLimitMs = 180_000;

/** Where Electron's program is, or in one sentence why it is not there. */
export type ElectronProgram =
  | {readonly path: string; readonly reason?: undefined}
  | {readonly path?: undefined; readonly reason: string};

interface FailedFetch {
  readonly version: string;
  readonly reason: string;
}

/**
 * Finds Electron's program, fetching it once after an install: npm brings the package only, its program comes from
 * elsewhere, which many laboratories' networks do not reach. A failure is remembered, so that later starts lose no
 * time; `fetches` tries again.
 */
export async function findElectron(
  root: string,
  {fetches, say}: {readonly fetches: boolean; readonly say: (text: string) => void},
): Promise<ElectronProgram> {
  const folder = join(root, 'node_modules', 'electron');
  const memory = join(root, 'node_modules', '.d2nn-electron.json');
  if (!existsSync(join(folder, 'package.json'))) return {reason: 'its package is not installed'};
  const there = programIn(folder);
  if (there !== undefined) return {path: there};
  const {version} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {version: string};
  const failed = readFailure(memory);
  if (failed?.version === version && !fetches) return {reason: failed.reason};
  say(`fetching Electron ${version} (about 110 MB, once) ...`);
  const {code, output} = await runQuietly([join(folder, 'install.js')], folder, {timeoutMs: fetchLimitMs});
  const path = programIn(folder);
  if (code === 0 && path !== undefined) {
    rmSync(memory, {force: true});
    return {path};
  }
  const reason = code === null ? `not fetched within ${fetchLimitMs / 1000} s` : reasonFrom(output);
  writeFileSync(memory, `${JSON.stringify({version, reason} satisfies FailedFetch)}\n`);
  return {reason};
}

/** Path of the program if all of it is there; `path.txt` is written last. */
function programIn(folder: string): string | undefined {
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const program = join(override ?? join(folder, 'dist'), readFileSync(pathFile, 'utf8'));
  return existsSync(program) ? program : undefined;
}

function readFailure(file: string): FailedFetch | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const {version, reason} = JSON.parse(readFileSync(file, 'utf8')) as Partial<FailedFetch>;
    return typeof version === 'string' && typeof reason === 'string' ? {version, reason} : undefined;
  } catch {
    return undefined; // a half-written memory is no memory
  }
}

/** The line of an installer's output that says why: the first that names an error. */
export function reasonFrom(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const line = lines.find((text) => /\b(\w*Error|E[A-Z]{4,}|failed)\b/.test(text)) ?? lines.find(Boolean);
  const text = (line ?? 'its installer said nothing').replace(/^\w*Error: /, '');
  return `it could not be fetched: ${text.length > 160 ? `${text.slice(0, 157)}...` : text}`;
}
