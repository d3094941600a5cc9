// Counts the functions over the limits of tools/function-size.mjs, and writes their list anew.
//   node tools/long-functions.mjs           counts by the code, with the longest functions; fails where the list differs
//   node tools/long-functions.mjs --write   writes tools/long-functions.json; refuses when the list would grow
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join, relative, resolve, sep} from 'node:path';
import {fileURLToPath} from 'node:url';
import {sizeLimits} from './function-size.mjs';
import {programPath} from './test.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const listFile = join(root, 'tools', 'long-functions.json');

/** Reads the list of exceptions. */
const readList = () => JSON.parse(readFileSync(listFile, 'utf8'));

/** The list of exceptions for the rule; throws when it names a file that is gone. */
export function readExceptions() {
  const list = readList();
  for (const key of Object.values(list).flatMap((entries) => Object.keys(entries))) {
    const [file] = key.split(' ');
    if (!existsSync(join(root, file)))
      throw new Error(
        `tools/long-functions.json names ${file}, which is gone. Run: node tools/long-functions.mjs --write`,
      );
  }
  return list;
}

/** The list's name of a file: from the root, with slashes. */
export const fileInList = (path) => relative(root, path).split(sep).join('/');

/**
 * Functions over a limit in `src` and `drivers`, as entries of the list: the linter measures, by the rule without
 * exceptions. AssemblyScript is not ours to parse.
 */
function findOversized() {
  const {stdout, stderr, error} = spawnSync(
    process.execPath,
    [
      ...[programPath('oxlint'), '--config', 'tools/oversized.oxlintrc.json', '--format', 'json'],
      ...['--ignore-pattern', 'src/twin/kernel/assembly', '--ignore-pattern', 'src/twin/kernel/fft-wasm.ts'],
      ...['src', 'drivers'],
    ],
    {cwd: root, encoding: 'utf8', maxBuffer: 1e8},
  );
  if (error !== undefined) throw error;
  if (!stdout.startsWith('{')) throw new Error(`The linter did not answer: ${stdout}${stderr}`);
  return JSON.parse(stdout).diagnostics.map(({message, filename}) => {
    const [, name, size, kind] = /^'(.*)' has (\d+) (lines|parameters); /s.exec(message) ?? [];
    if (name === undefined) throw new Error(`${filename}: ${message}`);
    return {kind, key: `${fileInList(join(root, filename))} ${name}`, size: Number(size)};
  });
}

/** The list as the code stands, sorted by name so that changes of two people rarely touch the same lines. */
function listFrom(found) {
  return Object.fromEntries(
    Object.keys(sizeLimits).map((kind) => [
      kind,
      Object.fromEntries(
        found
          .filter((one) => one.kind === kind)
          .map(({key, size}) => [key, size])
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    ]),
  );
}

/**
 * What makes `next` a longer list than `before`, in words; undefined when nothing does. Functions may be renamed and
 * moved, so sizes are compared by rank: there may be no more of them, and none may be larger than the one of its rank.
 */
export function growthOf(before, next) {
  for (const kind of Object.keys(sizeLimits)) {
    const [old, now] = [before, next].map((list) => Object.values(list[kind]).sort((a, b) => b - a));
    if (now.length > old.length)
      return `${now.length} functions over ${sizeLimits[kind]} ${kind}, ${old.length} before`;
    const grown = now.findIndex((size, rank) => size > old[rank]);
    if (grown !== -1) return `a function of ${now[grown]} ${kind} where the list has ${old[grown]}`;
  }
  return undefined;
}

/** Entries whose size is another one in `next`, in words. */
const differencesOf = (before, next) =>
  Object.keys(sizeLimits).flatMap((kind) =>
    [...new Set([...Object.keys(before[kind]), ...Object.keys(next[kind])])]
      .filter((key) => before[kind][key] !== next[kind][key])
      .map(
        (key) =>
          `${key}: ${kind} ${before[kind][key] ?? 'not listed'} -> ${next[kind][key] ?? 'within the limit'}`,
      ),
  );

const say = (text) => process.stdout.write(`${text}\n`);

function report(list) {
  const sizes = Object.values(list.lines);
  const parameters = Object.keys(list.parameters).length;
  say(`entries ${sizes.length + parameters}`);
  say(`functions over 60 lines ${sizes.length}`);
  say(`functions over 100 lines ${sizes.filter((size) => size > 100).length}`);
  say(`functions over 4 parameters ${parameters}`);
  for (const [key, size] of Object.entries(list.lines)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 10))
    say(`${String(size).padStart(5)}  ${key}`);
}

function main(isWriting) {
  const before = readList();
  const next = listFrom(findOversized());
  report(next);
  if (JSON.stringify(before) === JSON.stringify(next)) return 0;
  if (!isWriting) {
    say('tools/long-functions.json differs from the code:');
    for (const difference of differencesOf(before, next)) say(`  ${difference}`);
    return 1;
  }
  const growth = growthOf(before, next);
  if (growth !== undefined) {
    say(
      `The list is not written, for it would grow: ${growth}. Split what has grown; npm run lint names it.`,
    );
    return 1;
  }
  writeFileSync(listFile, `${JSON.stringify(next, null, 2)}\n`);
  return 0;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = main(process.argv.includes('--write'));
