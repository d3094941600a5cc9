import {existsSync, readdirSync} from 'node:fs';
import {expect, test} from 'vitest';
import {createTestFolder, errorOf, runCli} from './run-cli.ts';

test('mask foils are cut of digits by their class and by their id', async () => {
  using folder = createTestFolder();
  const out = folder.file('foils');
  const cut = ['design', 'export', '--out', out, '--format', 'svg', '--digits'];
  const refused = await runCli([...cut, '7', 'seven'], folder.path);
  expect(errorOf(refused)).toMatchObject({
    code: 'plan/invalid',
    message: expect.stringMatching(/no digit "seven".*classes \(0 to 9\) or ids/) as string,
  });
  expect(existsSync(out)).toBe(false);

  const done = await runCli([...cut, '7', 'mnist:3:3862'], folder.path);
  expect(done.code, done.stderr).toBe(0);
  expect(readdirSync(out).sort()).toEqual([
    'mask-3-digit-3-image-3862.svg',
    expect.stringMatching(/^mask-7-digit-7-image-\d+\.svg$/),
  ]);
});
