// Builds what Electron needs beside the window's page: dist/node (the Node code, one .js for each .ts, same tree, types
// taken away) and dist/preload/preload.cjs (one CommonJS file, because a sandboxed preload can be nothing else).
//   node tools/build-app.mjs [--if-stale]
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {hasStamp, stampOf} from '../src/cli/start/build-stamp.ts';
import {ensurePage} from '../src/cli/start/page-build.ts';

const programRoot = join(dirname(fileURLToPath(import.meta.url)), '..');
const sourceFolders = ['src', 'drivers'];
// The page has a build of its own; the kernel's AssemblyScript is no TypeScript and ships compiled.
const leftOut = [join('src', 'renderer'), join('src', 'twin', 'kernel', 'assembly')];
const isLeftOut = (path) => leftOut.includes(path) || path.endsWith('.d.ts');

function* filesBelow(root, folder) {
  if (isLeftOut(folder) || !existsSync(join(root, folder))) return;
  for (const entry of readdirSync(join(root, folder), {withFileTypes: true})) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(root, path);
    else if (!isLeftOut(path)) yield path;
  }
}

/** Writes every module below src and drivers as JavaScript into `folder`; returns how many there are. */
export async function buildNode(folder, root = programRoot) {
  const {transformWithOxc} = await import('vite');
  const options = {
    // Nothing but the types goes: Electron's Node knows the rest of the language, as the one that runs the sources.
    target: 'esnext',
    sourcemap: false,
    typescript: {onlyRemoveTypeImports: true, rewriteImportExtensions: 'rewrite'},
  };
  let count = 0;
  for (const path of sourceFolders.flatMap((source) => [...filesBelow(root, source)])) {
    const target = join(folder, path.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), {recursive: true});
    if (!path.endsWith('.ts')) {
      cpSync(join(root, path), target);
      continue;
    }
    const source = readFileSync(join(root, path), 'utf8');
    const {code} = await transformWithOxc(source, join(root, path), options).catch((error) => {
      throw new Error(`${path} cannot be read as TypeScript: ${error.message}`, {cause: error});
    });
    writeFileSync(target, code);
    count += 1;
  }
  return count;
}

/** Writes preload.cjs into `folder`. */
export async function buildPreload(folder, root = programRoot) {
  const {build} = await import('vite');
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    build: {
      outDir: folder,
      emptyOutDir: true,
      minify: false,
      target: 'chrome134',
      lib: {entry: join(root, 'src', 'main', 'preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs'},
      rollupOptions: {external: ['electron']},
    },
  });
}

/**
 * Builds dist/node and dist/preload below `outputFolder`, each beside its place first and then moved there whole.
 * `isLazy`: does nothing when they are what the sources say.
 */
export async function buildApp({root = programRoot, outputFolder = join(root, 'dist'), isLazy = false} = {}) {
  const stampFile = join(outputFolder, 'node', '.build-stamp');
  const stamp = stampOf(root, [...sourceFolders, 'tools/build-app.mjs', 'package-lock.json'], isLeftOut);
  if (isLazy && hasStamp(stampFile, stamp) && existsSync(join(outputFolder, 'preload', 'preload.cjs')))
    return {isBuilt: false, moduleCount: 0};
  const fresh = join(outputFolder, `app.new-${process.pid}`);
  try {
    const moduleCount = await buildNode(join(fresh, 'node'), root);
    await buildPreload(join(fresh, 'preload'), root);
    writeFileSync(join(fresh, 'node', '.build-stamp'), stamp);
    for (const name of ['preload', 'node']) {
      rmSync(join(outputFolder, name), {recursive: true, force: true});
      renameSync(join(fresh, name), join(outputFolder, name));
    }
    return {isBuilt: true, moduleCount};
  } finally {
    rmSync(fresh, {recursive: true, force: true});
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const startedMs = Date.now();
  const say = (text) => process.stdout.write(`${text}\n`);
  const [page, app] = await Promise.all([
    ensurePage(programRoot, say),
    buildApp({isLazy: process.argv.includes('--if-stale')}),
  ]);
  if (!page.isBuilt) {
    process.stderr.write(`The window's page could not be built: ${page.problem}\n`);
    process.exitCode = 1;
  } else if (app.isBuilt)
    say(`${app.moduleCount} modules, preload and page in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
}
