#!/usr/bin/env node
// Counts what makes the next change dear, by the compiler's own syntax trees: long functions and parameter lists,
// long files, coined words, unchecked casts of stored values, exports without a description, unused exports,
// procedures and commands. `npm run counts -- [--list] [folder]`: of this tree, or of another checkout.
// `npm run counts -- --packages`: what each dependency weighs.
import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {dirname, join, normalize, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import ts from 'typescript';

const given = process.argv.slice(2);
if (given.includes('--packages')) {
  await import('./package-sizes.mjs');
  process.exit();
}
const isListing = given.includes('--list');
const root = resolve(
  given.find((text) => !text.startsWith('--')) ?? join(dirname(fileURLToPath(import.meta.url)), '..'),
);

const tracked = execFileSync('git', ['ls-files', '-z'], {cwd: root, encoding: 'utf8', maxBuffer: 1e8})
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(root, path)));
const trees = new Map(
  tracked
    .filter(
      (path) => /^(src|drivers|test|bench|tools)\/.*\.tsx?$/.test(path) && !path.includes('kernel/assembly'),
    )
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return [path, ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)];
    }),
);
const product = [...trees].filter(([path]) => /^(src|drivers)\//.test(path));

/** Every node of a tree, the tree itself first. */
function* nodesOf(node) {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}

const lineOf = (tree, position) => tree.getLineAndCharacterOfPosition(position).line + 1;

/** Functions with their lines from signature to closing brace, blank lines and comments included. */
function functions() {
  return product.flatMap(([path, tree]) =>
    [...nodesOf(tree)]
      .filter((node) => ts.isFunctionLike(node) && node.body !== undefined)
      .map((node) => ({
        name: node.name?.getText() ?? node.parent.name?.getText() ?? 'anonymous',
        path,
        lineCount: lineOf(tree, node.end) - lineOf(tree, node.getStart()) + 1,
        parameterCount: node.parameters.length,
      })),
  );
}

// Each with what stands for it now. Whole identifiers and parts of them, in code, window texts and docs.
const coinedWords = {
  'bell, ring (signal, notify)': /\b(?:createB|b|B)ell\b|\.ring\(/g,
  'board, present (BenchStatus, LiveState)':
    /\b(?:createBoard|createPresent|BoardParts|PresentOptions|interface Present|interface Board)\b/g,
  'hands, by-hand (ManualControl)':
    /\b(?:createHands|createByHand|ByHandOptions|interface Hands|interface ByHand)\b|-by-hand\b/g,
  'hear, ear, overhear (onEngineEvent)': /\b(?:hearEngine|EngineEar|overhear\w*)\b/g,
  'slot (DeviceConnection)': /\b(?:createSlots?|SlotState|SlotOptions|interface Slots?|slotsOf)\b/g,
  'desk, shelf (JobService, Cache)': /\b\w*(?:Desk|Shelf)\b|\b(?:desk|shelf)\b|-(?:desk|shelf)\b/g,
  'lack ratio (unexplained ratio)': /\b\w*[lL]ackRatio\w*/g,
  // Pull-off is what GRBL calls the way back from a switch.
  'pull (adjoint)': /\b(?!pullOff\()(?:pull[A-Z]\w*|pull)\(/g,
  'captured (converged)':
    /\bcaptured(?! as\b)|\bisCaptured\w*|\b[cC]apture(?:Bench|First|Parameters|Options|Result)\b/g,
  'typical (scale)': /\btypical[A-Z]\w*/g,
  'usual (default)': /\b\w*[uU]sual[A-Z]\w*/g,
  'mistakes (assembly errors)':
    /\b\w+Mistakes?\b|\b[mM]istakes? of assembly\b|\b[aA]ssembly mistakes?\b|\bmistakes\b(?=['\s]*[:,.)}])/g,
  'standing (status)': /\b(?:Align)?Standing\b(?! wave)|(?<!\bleft )\bstanding\b(?=\s*[:,.)}])/g,
  'in force, taken back (active, revoked)':
    /\bin force\b|\b(?:was|is|be|been|are|and|or|not) taken back\b|\b[tT]akes? (?:an? |this )?(?:\w+ )*placement back\b|\bisInForce\b|\btakenBack\w*/g,
  // The words of a G-code line are what its standard calls them.
  '...Words (labels)':
    /\b(?!axisWords|parseWords|valueWords)\w+Words\b|\b(?!grbl-words|trade-words)\w+-words\b/g,
  '...Place (view)': /\b(?:Guide|Result|Align)Place\b/g,
  'handwork (manual step)': /\b[hH]andwork\w*/g,
  'lead guide (run guide)': /\bleadGuide\w*|\blead-guide\b/g,
  'tell, told (report)':
    /\b(?:tell|mustTell|untilTold|shortestTold|whyNotTold)[A-Z]?\w*\(|\bisTold\b|\bwhyNotTold\b/g,
  'word of a person (confirmation)': /\b(?:takeWord|PositionWord|hasWord|onStageWord)\b/g,
  'look (variant)': /\blook(?=[?]?: '|="|\s*=\s*\{)/g,
};

function coined() {
  const texts = tracked
    .filter((path) => /^(?:(?:src|drivers|docs)\/.*\.(?:tsx?|md)|README\.md|CONTRIBUTING\.md)$/.test(path))
    .filter((path) => !path.startsWith('docs/decisions/'))
    // Former names are kept at the borders for clients and records of earlier versions (decision 0016).
    .filter((path) => path !== 'src/contract/api/former-names.ts' && path !== 'docs/api.md')
    .map((path) => ({
      path,
      // Migrations name what a field was called; as many line breaks stay.
      text: `${path}\n${readFileSync(join(root, path), 'utf8')}`.replaceAll(
        /renameFields\(\{[^}]*\}\)/g,
        (call) => call.replaceAll(/[^\n]/g, ''),
      ),
    }));
  return Object.entries(coinedWords).map(([word, pattern]) => {
    const places = texts.flatMap(({path, text}) =>
      [...text.matchAll(pattern)].map(
        // The path stands as a line of its own before the text.
        ({0: found, index}) => `${path}:${text.slice(0, index).split('\n').length - 1} ${found}`,
      ),
    );
    return {word, count: places.length, places};
  });
}

/** `JSON.parse(...) as T` and `x.value as T`-like casts whose lines or comments say that this program wrote the value. */
function storedCasts() {
  const found = [];
  for (const [path, tree] of product) {
    if (!path.startsWith('src/host/')) continue;
    for (const node of nodesOf(tree)) {
      if (!ts.isAsExpression(node) || node.type.getText() === 'const') continue;
      const from = node.expression.getText();
      const isParsed =
        /JSON\.parse\(|decodeJson|jsonOf\(|parseJson\(/.test(from) && node.type.getText() !== 'unknown';
      // A value of the store that TypeScript knows as unknown: columns `value`, `details`, `document`, `content`, ...
      const isColumn =
        /(?:^|[.?])(?:value|details|document|content|payload|metadata|config|settings|result|data|record|row|doc)\b[)\]?]*$/.test(
          from,
        ) &&
        /store|record|ledger|calibrations?|guide|correct|campaign|session|run|placement|probe|export|align/.test(
          path,
        ) &&
        !/HTMLElement|Error|keyof/.test(node.type.getText());
      if (isParsed || isColumn)
        found.push(
          `${path}:${lineOf(tree, node.getStart())} ${node.getText().slice(0, 90).replaceAll(/\s+/g, ' ')}`,
        );
    }
  }
  return found;
}

const isExported = (node) =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some(({kind}) => kind === ts.SyntaxKind.ExportKeyword);

/** Exported declarations of a folder, and those with a description before them. */
function described(prefix) {
  const all = product
    .filter(([path]) => path.startsWith(prefix))
    .flatMap(([, tree]) =>
      tree.statements.filter((node) => isExported(node) && !ts.isExportDeclaration(node)),
    );
  return `${all.filter((node) => ts.getJSDocCommentsAndTags(node).length > 0).length} of ${all.length}`;
}

/** Exports that nothing uses, in their own file or in another one. */
function unusedExports() {
  const uses = new Map();
  for (const [path, tree] of trees)
    for (const node of nodesOf(tree))
      if (ts.isIdentifier(node)) {
        const of = uses.get(node.text) ?? uses.set(node.text, new Map()).get(node.text);
        of.set(path, (of.get(path) ?? 0) + 1);
      }
  return product.flatMap(([path, tree]) =>
    tree.statements
      .filter((node) => isExported(node))
      .flatMap((node) =>
        ts.isVariableStatement(node)
          ? node.declarationList.declarations.map(({name}) => name.getText())
          : [node.name?.text ?? ''],
      )
      .filter((name) => uses.get(name)?.size === 1 && uses.get(name).get(path) === 1)
      .map((name) => `${path} ${name}`),
  );
}

/** Folders of files that need each other by a detour, parent and child folders apart. */
function folderRings() {
  const edges = new Map();
  for (const [path, tree] of [...trees].filter(([own]) => !own.startsWith('tools/')))
    for (const node of nodesOf(tree)) {
      const specifier =
        ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined;
      if (!specifier?.text.startsWith('.')) continue;
      const [from, to] = [dirname(path), dirname(normalize(join(dirname(path), specifier.text)))];
      if (from === to || `${to}/`.startsWith(`${from}/`) || `${from}/`.startsWith(`${to}/`)) continue;
      edges.set(from, (edges.get(from) ?? new Set()).add(to));
    }
  const reaches = (from, to, seen = new Set()) =>
    [...(edges.get(from) ?? [])].some(
      (next) => next === to || (!seen.has(next) && (seen.add(next), reaches(next, to, seen))),
    );
  return [...edges.keys()].filter((folder) => reaches(folder, folder));
}

/** Paths that a tree imports and runs; types are gone by then. */
function importsOf(path) {
  return [...nodesOf(trees.get(path))].flatMap((node) => {
    const specifier =
      (ts.isImportDeclaration(node) && !node.importClause?.isTypeOnly) ||
      (ts.isExportDeclaration(node) && !node.isTypeOnly)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : undefined;
    if (!specifier || !ts.isStringLiteral(specifier) || !specifier.text.startsWith('.')) return [];
    const imported = normalize(join(dirname(path), specifier.text));
    return trees.has(imported) ? [imported] : [];
  });
}

/** Whether a file holds nothing that runs: types are gone when a program is loaded. */
const isOfTypesAlone = (tree) =>
  tree.statements.every(
    (node) =>
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      (ts.isImportDeclaration(node) && node.importClause?.isTypeOnly === true) ||
      (ts.isExportDeclaration(node) && node.isTypeOnly),
  );

/** Files of the window that no test loads, neither by itself nor through what it imports; main.tsx is the browser tests'. */
function untestedWindowFiles() {
  const reached = new Set();
  const waiting = [...trees.keys()].filter((path) => /^test\/.*\.test\.tsx?$/.test(path));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    waiting.push(...importsOf(path));
  }
  return product
    .filter(([path, tree]) => /^src\/renderer\//.test(path) && !reached.has(path) && !isOfTypesAlone(tree))
    .map(([path]) => path);
}

const everyFunction = functions();
const over = (limit) => everyFunction.filter(({lineCount}) => lineCount > limit);
const words = coined();
const longFiles = product.filter(
  ([path, tree]) => tree.getLineStarts().length > 301 && !/\.d\.ts$/.test(path),
);
const casts = storedCasts();
const unused = unusedExports();
const rings = folderRings();
const untested = untestedWindowFiles();
const procedures = product
  .filter(([path]) => path.startsWith('src/contract/api/'))
  .flatMap(([, tree]) => [...nodesOf(tree)])
  .filter(
    (node) =>
      ts.isCallExpression(node) &&
      /^(?:reading|acting|administering|halting|fetching)$/.test(node.expression.getText()),
  );
const commands = product
  .filter(([path]) => path.startsWith('src/cli/'))
  .flatMap(([, tree]) => [...nodesOf(tree)])
  .filter((node) => ts.isCallExpression(node) && /\.command$|^new Command$/.test(node.expression.getText()));

const rows = [
  ['folders in a ring (src, drivers, test, bench)', rings.length, rings],
  ['functions over 60 lines', over(60).length, over(60)],
  ['functions over 100 lines', over(100).length, []],
  [
    'functions of more than 4 parameters',
    everyFunction.filter(({parameterCount}) => parameterCount > 4).length,
    [],
  ],
  [
    'files over 300 lines',
    longFiles.length,
    longFiles.map(([path, tree]) => `${path} ${tree.getLineStarts().length - 1}`),
  ],
  [
    'coined words',
    words.reduce((sum, {count}) => sum + count, 0),
    words.flatMap(({word, count, places}) => [`${count} ${word}`, ...places.map((place) => `    ${place}`)]),
  ],
  ['unchecked casts of stored values', casts.length, casts],
  ['exports of the contract with a description', described('src/contract/'), []],
  ['exports of the twin with a description', described('src/twin/'), []],
  ['exports of the drivers\u2019 kit with a description', described('drivers/kit/'), []],
  ['exports of host/api with a description', described('src/host/api/'), []],
  ['unused exports', unused.length, unused],
  ['files of the window that no test loads', untested.length, untested],
  ['procedures of the API', procedures.length, []],
  ['commands of the command line', commands.length, []],
];
for (const [what, count, list] of rows) {
  console.log(`${what.padEnd(52)} ${count}`);
  if (isListing)
    for (const item of list)
      console.log(
        typeof item === 'string' ? `    ${item}` : `    ${item.path} ${item.name} ${item.lineCount}`,
      );
}
