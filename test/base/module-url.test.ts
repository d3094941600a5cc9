import {expect, test} from 'vitest';
import {moduleUrl, programRootUrl} from '../../src/base/module-url.ts';

test('finds a module in the form that runs: source or build', () => {
  const source = moduleUrl('./worker.ts', 'file:///opt/my%20src/bench/src/virtual/spawn.ts');
  expect(source.href).toBe('file:///opt/my%20src/bench/src/virtual/worker.ts');
  const built = moduleUrl('./worker.ts', 'file:///opt/bench/dist/node/src/virtual/spawn.js');
  expect(built.href).toBe('file:///opt/bench/dist/node/src/virtual/worker.js');
});

test('finds the root of the program from both trees', () => {
  expect(programRootUrl('file:///a/src/bench/src/host/version.ts').href).toBe('file:///a/src/bench/');
  expect(programRootUrl('file:///a/src/bench/dist/node/src/host/version.js').href).toBe(
    'file:///a/src/bench/',
  );
  expect(programRootUrl('file:///C:/x/app.asar/dist/node/src/host/workers/w.js').href).toBe(
    'file:///C:/x/app.asar/',
  );
  expect(() => programRootUrl('file:///a/b.ts')).toThrow(RangeError);
});
