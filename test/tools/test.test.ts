import {pathToFileURL} from 'node:url';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';

interface GateResult {
  readonly name: string;
  readonly isPassed: boolean;
  readonly output: string;
  readonly seconds: number;
}
interface Gate {
  readonly name: string;
  readonly args: readonly string[];
  readonly needs?: string;
}
interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}
interface TestTool {
  runGates(
    gates: readonly Gate[],
    options?: {limit?: number; onResult?: (result: GateResult) => void},
  ): Promise<GateResult[]>;
  readTestReport(text: string): TestReport | undefined;
  countResults(
    gates: readonly GateResult[],
    testRuns: readonly {readonly result: GateResult; readonly report: TestReport | undefined}[],
  ): {passed: number; failed: number};
}

// The tool is plain JavaScript without declarations, so its shape is stated above.
const tool = (await import(
  pathToFileURL(join(import.meta.dirname, '..', '..', 'tools', 'test.mjs')).href
)) as TestTool;

const gate = (isPassed: boolean): GateResult => ({name: 'gate', isPassed, output: '', seconds: 0});
const script = (code: string): readonly string[] => ['-e', code];

describe('runGates', () => {
  it('runs every gate although one fails, and keeps the order and the output', async () => {
    const seen: string[] = [];
    const results = await tool.runGates(
      [
        {name: 'breaks', args: script("process.stderr.write('why'); process.exitCode = 3")},
        {name: 'works', args: script('0')},
      ],
      {limit: 2, onResult: ({name}) => seen.push(name)},
    );
    expect(results.map(({name, isPassed}) => [name, isPassed])).toEqual([
      ['breaks', false],
      ['works', true],
    ]);
    expect(results[0]?.output).toBe('why');
    expect(seen.toSorted()).toEqual(['breaks', 'works']);
  });

  it('fails a gate whose file is missing instead of skipping it', async () => {
    const [result] = await tool.runGates([{name: 'absent', needs: 'tools/absent.mjs', args: script('0')}]);
    expect(result?.isPassed).toBe(false);
    expect(result?.output).toContain('tools/absent.mjs is missing');
  });
});

describe('readTestReport', () => {
  it('counts tests and names the ones that were not run', () => {
    const text = JSON.stringify({
      numPassedTests: 4,
      numFailedTests: 1,
      testResults: [{assertionResults: [{fullName: 'a b', status: 'skipped'}, {status: 'passed'}]}],
    });
    expect(tool.readTestReport(text)).toEqual({passed: 4, failed: 1, skipped: ['skipped: a b']});
  });

  it('has no counts for a broken report', () => {
    expect(tool.readTestReport('{"numPassedTests": 4')).toBeUndefined();
    expect(tool.readTestReport('{}')).toBeUndefined();
  });
});

describe('countResults', () => {
  const counted = (passed: number, failed: number): TestReport => ({passed, failed, skipped: []});

  it('adds the tests of every run and the gates', () => {
    const runs = [
      {result: gate(false), report: counted(10, 2)},
      {result: gate(true), report: counted(3, 0)},
    ];
    expect(tool.countResults([gate(true), gate(false)], runs)).toEqual({passed: 14, failed: 3});
  });

  it('counts a run that failed without a failed test, or without a report, as a failure', () => {
    expect(tool.countResults([gate(true)], [{result: gate(false), report: counted(5, 0)}])).toEqual({
      passed: 6,
      failed: 1,
    });
    expect(tool.countResults([gate(true)], [{result: gate(true), report: undefined}])).toEqual({
      passed: 1,
      failed: 1,
    });
  });
});
