import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {Linter, type Rule} from 'eslint';
import tseslint from 'typescript-eslint';
import {describe, expect, it} from 'vitest';

interface Sizes {
  readonly lines: Readonly<Record<string, number>>;
  readonly parameters: Readonly<Record<string, number>>;
}
interface SizeTool {
  readonly functionSizeRule: (exceptions: Sizes, fileOf: (path: string) => string) => Rule.RuleModule;
}
interface ListTool {
  readonly growthOf: (before: Sizes, next: Sizes) => string | undefined;
}

// Tools are plain JavaScript without types; the interfaces above state what these tests use.
const toolsFolder = join(import.meta.dirname, '..', '..', 'tools');
const load = (file: string): Promise<unknown> => import(pathToFileURL(join(toolsFolder, file)).href);
const {functionSizeRule} = (await load('function-size.mjs')) as SizeTool;
const {growthOf} = (await load('long-functions.mjs')) as ListTool;

/** What the rule says of one file, `src/a.ts`, under a list of exceptions. */
function lint(code: string, exceptions: Partial<Sizes> = {}): string[] {
  const rule = functionSizeRule({lines: {}, parameters: {}, ...exceptions}, (path) => path);
  const config: Linter.Config = {
    files: ['**/*.ts'],
    plugins: {house: {rules: {'function-size': rule}}},
    languageOptions: {parser: tseslint.parser},
    rules: {'house/function-size': 'error'},
  };
  return new Linter().verify(code, [config], 'src/a.ts').map(({message}) => message);
}

/** A function of so many lines of code, its head and its closing brace included. */
const functionOf = (lines: number, more = '') => `function f() {\n${more}${'  g();\n'.repeat(lines - 2)}}\n`;

describe('the size of functions', () => {
  it('allows 60 lines of code, and any number of blank lines and comments among them', () => {
    expect(lint(functionOf(60, '\n  // why\n  /* and\n  how */\n\n'))).toEqual([]);
    expect(lint(functionOf(61))).toEqual([expect.stringContaining("'f' has 61 lines")]);
  });

  it('allows 4 parameters, of functions, methods and what is passed to a call', () => {
    expect(lint('const f = (a, b, c, d) => a;')).toEqual([]);
    expect(lint('class A { constructor(a, b, c, d, e) {} }')).toEqual([
      expect.stringContaining("'constructor' has 5 parameters"),
    ]);
    expect(lint('function f() { g.on("x", (a, b, c, d, e) => a); }')).toEqual([
      expect.stringContaining("'f.on()' has 5 parameters"),
    ]);
  });

  it('lets a listed function stand as it is, and no larger', () => {
    expect(lint(functionOf(70), {lines: {'src/a.ts f': 70}})).toEqual([]);
    expect(lint(functionOf(71), {lines: {'src/a.ts f': 70}})).toEqual([
      expect.stringContaining('and 70 by the list'),
    ]);
  });

  it('wants a listed function that became smaller to have its smaller number', () => {
    expect(lint(functionOf(69), {lines: {'src/a.ts f': 70}})).toEqual([
      expect.stringContaining('only 69 lines now'),
    ]);
  });

  it('wants an entry that nothing needs to go', () => {
    expect(lint(functionOf(60), {lines: {'src/a.ts f': 70}})).toEqual([
      expect.stringContaining("names 'src/a.ts f' for its lines, without need"),
    ]);
    expect(lint('', {parameters: {'src/a.ts gone': 5, 'src/other.ts f': 5}})).toHaveLength(1);
  });
});

describe('the list of exceptions', () => {
  const list = (...lines: number[]): Sizes => ({
    lines: Object.fromEntries(lines.map((size, index) => [`src/a.ts f${index}`, size])),
    parameters: {},
  });

  it('may shrink, and follow functions that were renamed', () => {
    expect(growthOf(list(100, 70), list(65))).toBeUndefined();
    expect(
      growthOf(list(100, 70), {...list(), lines: {'src/b.ts g': 100, 'src/b.ts h': 61}}),
    ).toBeUndefined();
  });

  it('may not grow, neither by one more function nor by a longer one', () => {
    expect(growthOf(list(100), list(100, 61))).toContain('2 functions over 60 lines');
    expect(growthOf(list(100, 70), list(100, 71))).toContain('a function of 71 lines');
    expect(growthOf(list(), {lines: {}, parameters: {'src/a.ts f': 5}})).toContain('1 functions over 4');
  });
});
