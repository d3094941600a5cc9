import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {RotatingLog} from '../../src/main/rotating-log.ts';

test('writes a line for each line said, and keeps three files of bounded size', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'd2nn-log-')), 'logs');
  onTestFinished(() => rmSync(join(folder, '..'), {recursive: true, force: true}));
  const log = new RotatingLog(folder, {limitBytes: 200, now: () => new Date(0)});
  log.write('host', 'one\n\ntwo\n');
  expect(readFileSync(log.path, 'utf8')).toBe(
    '1970-01-01T00:00:00.000Z host: one\n1970-01-01T00:00:00.000Z host: two\n',
  );
  for (let line = 0; line < 40; line++) log.write('shell', `line ${line}`);
  for (const name of ['shell.log', 'shell.1.log', 'shell.2.log'])
    expect(readFileSync(join(folder, name)).length).toBeLessThanOrEqual(200);
  expect(readFileSync(log.path, 'utf8')).toContain('line 39');
  expect(existsSync(join(folder, 'shell.3.log'))).toBe(false);
});

test('does not throw when it cannot write', () => {
  const log = new RotatingLog('/dev/null/logs');
  expect(() => log.write('shell', 'text')).not.toThrow();
});
