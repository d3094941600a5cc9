// How large functions are, and the lint rule that keeps them small: at most 60 lines of code and 4 parameters.
// Lines without code (blank, or comment alone) are not counted: explaining a function must not make it too long.
// What was larger when the rule came stands in tools/long-functions.json. An entry must say the function's size
// exactly, so that no listed function grows again and the list only becomes shorter.

/** @typedef {{name: string, node: object, lines: number, parameters: number}} MeasuredFunction */
/** @typedef {{lines: Record<string, number>, parameters: Record<string, number>}} SizeExceptions by `file name` */

export const sizeLimits = {lines: 60, parameters: 4};

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** The name that the code around a function gives it; what is passed to a call bears the name of the call. */
function ownName(node, sourceCode) {
  if (node.id) return node.id.name;
  const {parent} = node;
  const named = parent?.id ?? parent?.key ?? parent?.left;
  if (named && parent.callee === undefined) return sourceCode.getText(named).split(':')[0];
  if (parent?.callee) return `${sourceCode.getText(parent.callee.property ?? parent.callee)}()`;
  return 'function';
}

/**
 * Every function of a file with its size. Its name is the path of names that leads to it, `createLink.open`;
 * a second one of the same path is called `createLink.open (2)`.
 * @returns {MeasuredFunction[]} in the order of the file
 */
function measureFunctions(sourceCode) {
  const {ast, visitorKeys} = sourceCode;
  const codeLines = new Set();
  for (const {loc} of ast.tokens)
    for (let line = loc.start.line; line <= loc.end.line; line += 1) codeLines.add(line);
  const found = [];
  const seen = new Map();
  const measure = (node, path) => {
    const outer = node.parent?.type === 'MethodDefinition' ? node.parent : node;
    let lines = 0;
    for (let line = outer.loc.start.line; line <= outer.loc.end.line; line += 1)
      if (codeLines.has(line)) lines += 1;
    const parameters = node.params.filter(
      ({type, name}) => !(type === 'Identifier' && name === 'this'),
    ).length;
    const times = (seen.get(path) ?? 0) + 1;
    seen.set(path, times);
    found.push({name: times === 1 ? path : `${path} (${times})`, node, lines, parameters});
  };
  const visit = (node, path) => {
    let inner = path;
    if (functionTypes.has(node.type)) {
      const name = ownName(node, sourceCode);
      inner = path === '' ? name : `${path}.${name}`;
      measure(node, inner);
    }
    for (const key of visitorKeys[node.type] ?? [])
      for (const child of [node[key]].flat())
        if (child && typeof child.type === 'string') visit(child, inner);
  };
  visit(ast, '');
  return found;
}

/** Functions of one file over a limit, as entries of the list would name them. */
function oversized(file, functions) {
  return functions.flatMap((one) =>
    Object.entries(sizeLimits)
      .filter(([kind, limit]) => one[kind] > limit)
      .map(([kind]) => ({kind, key: `${file} ${one.name}`, size: one[kind], node: one.node, name: one.name})),
  );
}

const advice = {
  lines: 'Split it by what its parts are about',
  parameters: 'Make one object of what belongs together',
};

/**
 * The rule `house/function-size`. `exceptions` are those of the list, `fileOf` makes the list's file name of the linter's.
 * Reports a function over a limit that is not listed, one that is larger than its entry, one that has become smaller
 * than its entry, and an entry that no function needs.
 */
export function functionSizeRule(exceptions, fileOf) {
  return {
    meta: {type: 'suggestion', schema: []},
    create: (context) => ({
      'Program:exit'(program) {
        const file = fileOf(context.filename);
        const needed = {lines: new Set(), parameters: new Set()};
        for (const {kind, key, size, node, name} of oversized(file, measureFunctions(context.sourceCode))) {
          needed[kind].add(key);
          const listed = exceptions[kind][key];
          const over = `'${name}' has ${size} ${kind}; at most ${sizeLimits[kind]} are allowed`;
          if (listed === undefined) context.report({node, message: `${over}. ${advice[kind]}.`});
          else if (size > listed)
            context.report({
              node,
              message: `${over}, and ${listed} by the list of exceptions. ${advice[kind]}.`,
            });
          else if (size < listed)
            context.report({
              node,
              message: `'${name}' has only ${size} ${kind} now, ${listed} by the list of exceptions. Run: node tools/long-functions.mjs --write`,
            });
        }
        for (const kind of Object.keys(sizeLimits))
          for (const key of Object.keys(exceptions[kind]))
            if (key.startsWith(`${file} `) && !needed[kind].has(key))
              context.report({
                node: program,
                message: `The list of exceptions names '${key}' for its ${kind}, without need. Run: node tools/long-functions.mjs --write`,
              });
      },
    }),
  };
}
