import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** Rows of the tables of what is tried, under the heading of who tries it. */
const rows = page
  .split(/^## /m)
  .slice(1)
  .flatMap((section) => {
    const [who = '', ...lines] = section.split('\n');
    const table = lines.filter((line) => line.startsWith('| '));
    return table[0]?.includes('Proven by') === true
      ? table
          .slice(1)
          .filter((line) => !line.startsWith('| ---'))
          .map((row) => ({who, tried: row.split('|')[1]?.trim() ?? '', row}))
      : [];
  });

/** `path` "name", "name"; ... */
const proofsOf = (row: string): {path: string; name: string}[] =>
  [...row.matchAll(/`(test\/[^`]+)`((?:,? "[^"]+")+)/g)].flatMap(([, path = '', names = '']) =>
    [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => ({path, name})),
  );

test('the threat model asks for everybody who could get at the bench', () => {
  expect(new Set(rows.map(({who}) => who))).toEqual(
    new Set([
      'Other users of the computer',
      "Web pages in the operator's browser",
      'Hosts on the network',
      'A malicious file',
      'A malicious device',
    ]),
  );
});

test.each(rows)('$who: a test stands for "$tried"', ({row}) => {
  const proofs = proofsOf(row);
  expect(proofs.length).toBeGreaterThan(0);
  expect([...row.matchAll(/`test\//g)]).toHaveLength(new Set(proofs.map(({path}) => path)).size);
  for (const {path, name} of proofs) {
    expect([path, existsSync(join(root, path))]).toEqual([path, true]);
    const source = readFileSync(join(root, path), 'utf8');
    // The whole name of a test or group, or how it begins.
    const isNamed = [`'${name}`, `"${name}`, `\`${name}`].some((text) => source.includes(text));
    expect([path, name, isNamed]).toEqual([path, name, true]);
  }
});
