#!/usr/bin/env node
// What each package that package.json names weighs in node_modules: itself, and with it what nothing else needs
// (decision 0020). `npm run counts -- --packages`.
import {existsSync, lstatSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Bytes of a folder; packages inside it (node_modules) are counted as packages of their own. */
function bytesOf(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, {withFileTypes: true})) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += entry.name === 'node_modules' ? 0 : bytesOf(path);
    else if (entry.isFile()) bytes += lstatSync(path).size;
  }
  return bytes;
}

const {packages} = readJson(join(root, 'package-lock.json'));
const installed = Object.keys(packages).filter((path) => path !== '' && existsSync(join(root, path)));
const sizes = new Map(installed.map((path) => [path, bytesOf(join(root, path))]));

/** Where a package finds another one: in its own node_modules, else in those of the folders above it. */
function find(from, name) {
  for (let at = from; ; at = at.replace(/(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+$/, '')) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (sizes.has(path)) return path;
    if (at === '') return undefined;
  }
}

const namesOf = ({dependencies, optionalDependencies, peerDependencies}) =>
  Object.keys({...dependencies, ...optionalDependencies, ...peerDependencies});

/** Paths of all packages that are reached from some that package.json names. */
function reach(names) {
  const reached = new Set();
  const open = names.map((name) => find('', name));
  while (open.length > 0) {
    const path = open.pop();
    if (path === undefined || reached.has(path)) continue;
    reached.add(path);
    open.push(...namesOf(packages[path]).map((name) => find(path, name)));
  }
  return reached;
}

const manifest = readJson(join(root, 'package.json'));
const direct = Object.keys({
  ...manifest.dependencies,
  ...manifest.optionalDependencies,
  ...manifest.devDependencies,
}).sort();
const sum = (paths) => [...paths].reduce((bytes, path) => bytes + (sizes.get(path) ?? 0), 0);
const megabytes = (bytes) => (bytes / 1e6).toFixed(1).padStart(8);

console.log(`${'package'.padEnd(36)} itself MB, with what only it needs`);
const whole = reach(direct);
for (const name of direct) {
  const path = find('', name);
  if (path === undefined) {
    console.log(`${name.padEnd(36)} not installed`);
    continue;
  }
  const others = reach(direct.filter((other) => other !== name));
  const own = [...whole].filter((reached) => !others.has(reached));
  console.log(`${name.padEnd(36)} ${megabytes(sizes.get(path))} ${megabytes(sum(own))}`);
}
console.log(`${`all ${sizes.size} packages`.padEnd(36)} ${megabytes(sum(sizes.keys()))}`);
