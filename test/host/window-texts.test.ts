import {readdirSync, readFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import {expect, test} from 'vitest';

/** What only a terminal reaches: command lines of the host, calls of the commands, files written by options. */
const terminalOnly = [
  'host/process/',
  'host/calls/',
  'host/instruments/',
  'host/scan/export-points.ts',
  'host/report/',
  'contract/host-process.ts',
];
const sources = join(import.meta.dirname, '../../src');

const filesOf = (folder: string): readonly string[] =>
  readdirSync(join(sources, folder), {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));

/** Texts in quotes that tell of an option, with their file; what stands in a hint for the terminal is where it belongs. */
function optionTexts(path: string): readonly string[] {
  return (
    readFileSync(join(sources, path), 'utf8')
      .split('\n')
      .filter((line) => /['"`][^'"`]*(?:^|[\s('"`])--[a-z][a-z-]+/.test(line))
      .filter((line) => !/^\s*(?:\*|\/\/|\/\*)/.test(line) && !line.includes('atTerminal'))
      // A command of the operating system, told as one.
      .filter((line) => !line.includes('udevadm'))
      .map((line) => `${relative(sources, join(sources, path))}: ${line.trim()}`)
  );
}

test('no message that a window can show tells of options of the command line', () => {
  const shown = ['host', 'contract', 'twin', 'base']
    .flatMap(filesOf)
    .filter((path) => !terminalOnly.some((own) => path.startsWith(own)));
  expect(shown.length).toBeGreaterThan(200);
  expect(shown.flatMap(optionTexts)).toEqual([]);
});
