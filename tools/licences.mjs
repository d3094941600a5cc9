#!/usr/bin/env node
// Licences of everything that is shipped: what the program needs at run time, and what the window is built from, with
// all that they need in turn, from the packages' own metadata. `npm run licences` writes docs/licences.md,
// `npm run licences -- --check` only says whether it is up to date (test/tools/licences.test.ts asks the same).
import {existsSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {isBuiltin} from 'node:module';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

const projectRoot = fileURLToPath(new URL('..', import.meta.url));
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Names of the packages that the sources import, types aside. */
function importedNames(folder) {
  const names = new Set();
  for (const entry of readdirSync(folder, {recursive: true, withFileTypes: true})) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    for (const [, type, from, loaded] of text.matchAll(
      /^(?:import|export) (type )?[^;]*? ?from '([^'.][^']*)';|\bimport\('([^'.][^']*)'\)/gm,
    )) {
      const name = /^(?:@[^/]+\/)?[^/]+/.exec(from ?? loaded)?.[0];
      if (type === undefined && name !== undefined && !isBuiltin(from ?? loaded)) names.add(name);
    }
  }
  return names;
}

/** Where a package finds another one: in its own node_modules, else in those of the folders above it. */
function find(packages, from, name) {
  for (let at = from; ; at = at.replace(/(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+$/, '')) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (at === '') return undefined;
  }
}

/** Paths in the lock file of some packages and all that they need. */
function reach(packages, names) {
  const reached = new Set();
  const open = [...names].map((name) => find(packages, '', name));
  while (open.length > 0) {
    const path = open.pop();
    if (path === undefined || reached.has(path)) continue;
    reached.add(path);
    const {dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta} = packages[path];
    const peers = Object.keys(peerDependencies ?? {}).filter(
      (name) => !peerDependenciesMeta?.[name]?.optional,
    );
    open.push(
      ...[...Object.keys({...dependencies, ...optionalDependencies}), ...peers].map((name) =>
        find(packages, path, name),
      ),
    );
  }
  return reached;
}

/** What an installed package says of its licence; undefined where it is not installed (another system's, or optional). */
function installedLicence(root, path) {
  const file = join(root, path, 'package.json');
  if (!existsSync(file)) return undefined;
  const {license} = readJson(file);
  return typeof license === 'object' ? license?.type : license;
}

/**
 * Every shipped package: name, version, licence, and whether it belongs to the program or to the window alone. A package
 * that is not installed here has the licence that the lock file has kept of its metadata, so that the list is the same
 * on every system.
 */
export function shippedPackages(root = projectRoot) {
  const {packages} = readJson(join(root, 'package-lock.json'));
  const {dependencies, optionalDependencies, devDependencies} = packages[''];
  const program = reach(packages, Object.keys({...dependencies, ...optionalDependencies}));
  const imported = importedNames(join(root, 'src'));
  // Electron is the program that the window runs in, not a module in it.
  const windowOnly = Object.keys(devDependencies).filter((name) => imported.has(name) && name !== 'electron');
  const all = new Set([...program, ...reach(packages, windowOnly)]);
  return [...all]
    .map((path) => ({
      path,
      name: path.replace(/^.*node_modules\//, ''),
      version: packages[path].version,
      licence: installedLicence(root, path) ?? packages[path].license ?? 'not stated',
      part: program.has(path) ? 'program' : 'window',
    }))
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const tableOf = (rows) => {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const line = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [line(rows[0]), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)].join(
    '\n',
  );
};

/** The page docs/licences.md as it should be. */
export function licencesPage(root = projectRoot) {
  const rows = new Map();
  for (const {name, version, licence, part} of shippedPackages(root))
    rows.set(`${name} ${version}`, [name, version, licence, part]);
  const counts = new Map();
  for (const [, , licence] of rows.values()) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  const byCount = [...counts].toSorted(([a, m], [b, n]) => n - m || compare(a, b));
  return `# Licences of what is shipped

Written by \`npm run licences\` from the metadata of the packages; do not change it by hand. The program itself is under
Apache-2.0 (\`LICENSE\`). \`program\`: needed at run time; \`window\`: built into the page. Packages for other systems than
one's own, and optional ones, are listed on every system. Not in the list: Electron (MIT) and the Chromium in it, whose
licences lie beside the packaged program as \`LICENSE.electron.txt\` and \`LICENSES.chromium.html\`, and Node (MIT), which a
clone runs on.

${tableOf([['Licence', 'Packages'], ...byCount.map(([licence, count]) => [licence, String(count)])])}

${tableOf([['Package', 'Version', 'Licence', 'Part'], ...rows.values()])}
`;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const file = join(projectRoot, 'docs', 'licences.md');
  const page = licencesPage();
  if (!process.argv.includes('--check')) {
    writeFileSync(file, page);
    console.log(`docs/licences.md: ${shippedPackages().length} packages.`);
  } else if (existsSync(file) && readFileSync(file, 'utf8') === page)
    console.log('docs/licences.md is up to date.');
  else {
    console.error('docs/licences.md is not up to date: npm run licences writes it.');
    process.exitCode = 1;
  }
}
