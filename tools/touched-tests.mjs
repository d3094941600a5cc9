// Which tests a change touches, the nearest first: by who imports whom, and by how long each test file took when it ran
// here last.
import {existsSync, globSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join, posix} from 'node:path';
import {fileURLToPath} from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const durationsFile = join(root, 'node_modules', '.cache', 'd2nn-bench-test-durations.json');

export const isTest = (file) => /^test\/.*\.test\.tsx?$/.test(file);

/** Files by who imports them, paths from the repository's folder; workers that are named by their URL count as imported. */
export function readImporters(folder = root) {
  const importers = new Map();
  const files = globSync('{src,drivers,test,bench}/**/*.{ts,tsx}', {cwd: folder}).map((file) =>
    file.replaceAll('\\', '/'),
  );
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    const names = ts.preProcessFile(text, true, true).importedFiles.map(({fileName}) => fileName);
    for (const [, name] of text.matchAll(/'(\.[^']+)',\s*import\.meta\.url/g)) names.push(name);
    for (const name of names.filter((one) => one.startsWith('.'))) {
      const imported = posix.join(posix.dirname(file), name);
      importers.set(imported, (importers.get(imported) ?? new Set()).add(file));
    }
  }
  return importers;
}

/** Every file that a change reaches, with the number of imports on the way: 0 for a changed file itself. */
export function distancesFrom(changed, importers) {
  const distances = new Map(changed.map((file) => [file, 0]));
  // A map is gone through in the order of its entries, those that are added on the way included: nearest first.
  for (const [file, distance] of distances)
    for (const importer of importers.get(file) ?? [])
      if (!distances.has(importer)) distances.set(importer, distance + 1);
  return distances;
}

/** What a test file takes that has not run here yet, seconds: at the upper end of its kind. */
function expectedSeconds(file) {
  if (/scenario/.test(file)) return 40;
  if (/^test\/(base|contract|drivers|renderer|twin)\/.*\.test\.ts$/.test(file)) return 1;
  return /^test\/cli\//.test(file) ? 10 : 4;
}

/** What a worker of its own takes to load a test file and what it imports, seconds; not in the duration of its tests. */
const loadingSeconds = (file) =>
  /^test\/(base|contract|drivers|renderer|twin)\/.*\.test\.ts$/.test(file) ? 0.1 : 1.5;

/**
 * The tests among the reached files, as many of the nearest as fit into `budgetS` seconds; those that changed themselves
 * always. Among tests that are as near the quickest come first.
 */
export function chooseTests(distances, {budgetS, durations = {}}) {
  const tests = [...distances]
    .filter(([file]) => isTest(file))
    .map(([file, distance]) => ({
      file,
      distance,
      seconds: (durations[file] ?? expectedSeconds(file)) + loadingSeconds(file),
    }))
    .toSorted((one, other) => one.distance - other.distance || one.seconds - other.seconds);
  const [chosen, left] = [[], []];
  let totalS = 0;
  for (const {file, distance, seconds} of tests) {
    const isIn = distance === 0 || totalS + seconds <= budgetS;
    if (isIn) totalS += seconds;
    (isIn ? chosen : left).push(file);
  }
  return {chosen, left, seconds: totalS};
}

/** Seconds of each test file, by its path, as they were when it ran here last. */
export const readDurations = () =>
  existsSync(durationsFile) ? JSON.parse(readFileSync(durationsFile, 'utf8')) : {};

/** Keeps how long the test files of a report of Vitest took. */
export function keepDurations(reportText) {
  const {testResults = []} = JSON.parse(reportText);
  const durations = readDurations();
  for (const {name, startTime, endTime} of testResults)
    durations[posix.relative(root.replaceAll('\\', '/'), name.replaceAll('\\', '/'))] =
      Math.round((endTime - startTime) / 100) / 10;
  mkdirSync(dirname(durationsFile), {recursive: true});
  writeFileSync(durationsFile, JSON.stringify(durations, null, 1));
}
