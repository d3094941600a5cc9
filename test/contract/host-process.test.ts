import {expect, test} from 'vitest';
import {parseStartOptions} from '../../src/cli/start/start-options.ts';
import {hostArguments, hostEnvironment, readFromHost, readToHost} from '../../src/contract/host-process.ts';
import {readHostOptions, takeTokens} from '../../src/host/process/host-options.ts';
import {readShellArguments} from '../../src/main/shell-arguments.ts';

test('takes only whole messages for messages of a host', () => {
  const state = {type: 'run-state', isLive: true, title: 'run 0147', pointCount: 12, timeLeftS: null};
  expect(readFromHost(state)).toBe(state);
  expect(readFromHost({...state, timeLeftS: '12'})).toBeUndefined();
  expect(readFromHost({type: 'ready', hostId: 'a', dataFolder: '/d'})).toBeDefined();
  expect(readFromHost({type: 'ready', hostId: 'a', dataFolder: '/d', urls: {read: 'x'}})).toBeUndefined();
  expect(readFromHost({type: 'may-quit', isLive: false})).toBeUndefined();
  for (const other of [null, 'ready', 7, {}, {type: 'toString'}, {type: 'quit'}])
    expect(readFromHost(other)).toBeUndefined();
});

test('takes only whole messages for messages to a host', () => {
  expect(readToHost({type: 'may-quit?'})).toBeDefined();
  expect(readToHost({type: 'connect', scope: 'admin', windowId: 1})).toBeDefined();
  expect(readToHost({type: 'connect', scope: 'root', windowId: 1})).toBeUndefined();
  expect(readToHost({type: 'halt'})).toBeUndefined();
});

test('writes the command line of a host', () => {
  expect(hostArguments({})).toEqual([]);
  expect(hostArguments({httpPort: 0, isVirtual: true, seed: 7, speed: 'instant'})).toEqual([
    '--http-port',
    '0',
    '--virtual',
    '--seed',
    '7',
    '--speed',
    'instant',
  ]);
  expect(hostArguments({benchFile: 'a b.yaml', isVirtual: false})).toEqual(['--bench', 'a b.yaml']);
});

test('a factor on time limits reaches the host from either way of starting it', () => {
  const {host} = parseStartOptions(['--virtual', '--timeout-scale', '2.5'], '/');
  expect(readHostOptions(hostArguments(host)).timeoutScale).toBe(2.5);
  const shell = readShellArguments(['electron', '.', '--timeout-scale', '0.5'], '/');
  expect(readHostOptions(hostArguments(shell)).timeoutScale).toBe(0.5);
  expect(readHostOptions([]).timeoutScale).toBeUndefined();
  for (const wrong of ['0', '-2', 'x', '1e9']) {
    expect(() => parseStartOptions(['--timeout-scale', wrong], '/')).toThrow(/--timeout-scale/);
    expect(() => readHostOptions(['--timeout-scale', wrong])).toThrow(/--timeout-scale/);
    expect(readShellArguments(['--timeout-scale', wrong], '/').timeoutScale).toBeUndefined();
  }
});

test('tokens leave the environment of the host when they are taken', () => {
  const tokens = {admin: 'a'.repeat(16), operate: 'b'.repeat(16), read: 'c'.repeat(16)};
  const env = {PATH: '/bin', [hostEnvironment.tokens]: JSON.stringify(tokens)};
  expect(takeTokens(env)).toEqual(tokens);
  expect(env).toEqual({PATH: '/bin'});
  // Nobody has given any: 192 random bits each.
  const made = Object.values(takeTokens(env));
  expect(new Set(made).size).toBe(3);
  for (const token of made) expect(Buffer.from(token, 'base64url')).toHaveLength(24);
});
