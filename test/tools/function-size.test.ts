import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {RuleTester} from 'oxlint/plugins-dev';
import {describe, expect, it} from 'vitest';

interface Sizes {
  readonly lines: Readonly<Record<string, number>>;
  readonly parameters: Readonly<Record<string, number>>;
}
type Rule = Parameters<RuleTester['run']>[1];
interface SizeTool {
  readonly functionSizeRule: (exceptions: Sizes, fileOf: (path: string) => string) => Rule;
}
interface ListTool {
  readonly growthOf: (before: Sizes, next: Sizes) => string | undefined;
}

// Tools are plain JavaScript without types; the interfaces above state what these tests use.
const toolsFolder = join(import.meta.dirname, '..', '..', 'tools');
const load = (file: string): Promise<unknown> => import(pathToFileURL(join(toolsFolder, file)).href);
const {functionSizeRule} = (await load('function-size.mjs')) as SizeTool;
const {growthOf} = (await load('long-functions.mjs')) as ListTool;

// The tester's own cases run at once, inside the tests below.
RuleTester.describe = (_text, run) => run();
RuleTester.it = (_text, run) => run();

/**
 * Checks what the rule says of one file, `src/a.ts`, under a list of exceptions: a report for each of `expected`;
 * none when it is empty.
 */
function expectReports(code: string, expected: RegExp[], exceptions: Partial<Sizes> = {}): void {
  const rule = functionSizeRule({lines: {}, parameters: {}, ...exceptions}, () => 'src/a.ts');
  new RuleTester({languageOptions: {parserOptions: {lang: 'ts'}}}).run('house/function-size', rule, {
    valid: expected.length === 0 ? [code] : [],
    invalid: expected.length === 0 ? [] : [{code, errors: expected}],
  });
}

/** A function of so many lines of code, its head and its closing brace included. */
const functionOf = (lines: number, more = '') => `function f() {\n${more}${'  g();\n'.repeat(lines - 2)}}\n`;

describe('the size of functions', () => {
  it('allows 60 lines of code, and any number of blank lines and comments among them', () => {
    expectReports(functionOf(60, '\n  // why\n  /* and\n  how */\n\n'), []);
    expectReports(functionOf(61), [/'f' has 61 lines/]);
  });

  it('allows 4 parameters, of functions, methods and what is passed to a call', () => {
    expectReports('const f = (a, b, c, d) => a;', []);
    expectReports('class A { constructor(a, b, c, d, e) {} }', [/'constructor' has 5 parameters/]);
    expectReports('function f() { g.on("x", (a, b, c, d, e) => a); }', [/'f\.on\(\)' has 5 parameters/]);
  });

  it('lets a listed function stand as it is, and no larger', () => {
    expectReports(functionOf(70), [], {lines: {'src/a.ts f': 70}});
    expectReports(functionOf(71), [/and 70 by the list/], {lines: {'src/a.ts f': 70}});
  });

  it('wants a listed function that became smaller to have its smaller number', () => {
    expectReports(functionOf(69), [/only 69 lines now/], {lines: {'src/a.ts f': 70}});
  });

  it('wants an entry that nothing needs to go', () => {
    expectReports(functionOf(60), [/names 'src\/a\.ts f' for its lines, without need/], {
      lines: {'src/a.ts f': 70},
    });
    expectReports('', [/names 'src\/a\.ts gone'/], {parameters: {'src/a.ts gone': 5, 'src/other.ts f': 5}});
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
