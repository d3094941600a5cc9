import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, it} from 'vitest';
import {judgeAudit} from '../../tools/audit.mjs';
import {licencesPage, shippedPackages} from '../../tools/licences.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface LockedPackage {
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
}
const {packages} = JSON.parse(read('package-lock.json')) as {packages: Record<string, LockedPackage>};
const locked = Object.entries(packages).filter(([path]) => path !== '');

describe('licences', () => {
  it('are listed as the packages state them: npm run licences', () => {
    expect(read('docs/licences.md')).toBe(licencesPage());
  });

  it('are those of everything that is needed at run time', () => {
    const needed = locked.filter(([, {dev}]) => dev !== true).map(([path]) => path);
    const program = shippedPackages().filter(({part}) => part === 'program');
    expect(program.map(({path}) => path).toSorted()).toEqual(needed.toSorted());
  });

  it('of what the window is built from are among them, with what that needs', () => {
    const window = shippedPackages().filter(({part}) => part === 'window');
    expect(window.map(({name}) => name)).toEqual(
      expect.arrayContaining(['react', 'react-dom', 'scheduler', 'react-aria', 'chart.js', '@kurkle/color']),
    );
    expect(window.map(({name}) => name)).not.toContain('vitest');
  });

  it('let everybody pass them on, and are kept in the lock file as the packages state them', () => {
    const free = /^(?:MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|Unlicense|CC0-1\.0)$/;
    for (const {path, licence} of shippedPackages()) {
      expect([path, packages[path].license]).toEqual([path, licence]);
      for (const part of licence.replaceAll(/[()]/g, '').split(/ (?:AND|OR) /))
        expect([path, part, free.test(part)]).toEqual([path, part, true]);
    }
  });
});

describe('installing', () => {
  const {allowScripts} = JSON.parse(read('package.json')) as {allowScripts: Record<string, boolean>};
  const nameOf = (path: string): string => path.replace(/^.*node_modules\//, '');

  it('runs the scripts of two packages and of no other; one that nobody has judged ends it', () => {
    const withScript = locked
      .filter(([, {hasInstallScript}]) => hasInstallScript)
      .map(([path]) => nameOf(path));
    for (const name of withScript) expect([name, typeof allowScripts[name]]).toEqual([name, 'boolean']);
    expect(withScript.filter((name) => allowScripts[name]).toSorted()).toEqual([
      '@tensorflow/tfjs-node',
      'node',
    ]);
    expect(read('.npmrc')).toMatch(/^strict-allow-scripts=true$/m);
    const page = read('docs/security.md');
    for (const name of withScript) expect([name, page.includes(`\`${name}\``)]).toEqual([name, true]);
  });

  it('takes what the lock file names by the hash of its bytes, from the registry alone', () => {
    for (const [path, {integrity, resolved}] of locked) {
      expect([path, integrity]).toEqual([path, expect.stringMatching(/^sha512-/)]);
      // No address of its own, such as a repository or a file: the registry that npm is set to.
      expect([path, resolved]).toEqual([path, undefined]);
    }
  });
});

describe('npm run audit', () => {
  const shipped = new Set(['tar']);

  it('tells what the registry knows, and whether it is shipped', () => {
    const advisory = {title: 'Arbitrary file overwrite', url: 'https://example.org/advisory'};
    const report = {
      vulnerabilities: {
        tar: {name: 'tar', severity: 'high', range: '<=6.2.0', via: [advisory], fixAvailable: true},
        packer: {name: 'packer', severity: 'low', range: '*', via: ['tar'], fixAvailable: false},
      },
    };
    expect(judgeAudit(JSON.stringify(report), shipped)).toEqual({
      code: 1,
      lines: [
        'The registry knows of 2 packages with vulnerabilities:',
        'high: tar <=6.2.0 (shipped; a fix is known)',
        '  Arbitrary file overwrite: https://example.org/advisory',
        'low: packer * (development only; no fix is known)',
        '  through tar',
      ],
    });
    expect(judgeAudit('{"vulnerabilities": {}}', shipped)).toMatchObject({code: 0});
  });

  it.each([
    ['nothing', ''],
    [
      'an error of the registry',
      '{"message": "405 Method Not Allowed", "error": {"summary": "", "detail": ""}}',
    ],
    ['an error of npm', '{"error": {"summary": "This command requires an existing lockfile."}}'],
    ['something else', '{}'],
  ])('never takes %s for good news', (_, stdout) => {
    const {code, lines} = judgeAudit(stdout, shipped);
    expect(code).toBe(2);
    expect(lines.join(' ')).toContain('could not be asked');
  });
});
