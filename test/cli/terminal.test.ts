import {PassThrough} from 'node:stream';
import {chmodSync, readFileSync} from 'node:fs';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {decodeNpy} from '../../src/base/npy.ts';
import {askPrompt, confirmAtTerminal, isAttended} from '../../src/cli/ask-prompt.ts';
import {runMountCommand} from '../../src/cli/mount-command.ts';
import {createOutput} from '../../src/cli/output/index.ts';
import {listenForPause, type PausableRun} from '../../src/cli/pause-key.ts';
import type {CliContext} from '../../src/cli/context.ts';
import type {Prompt} from '../../src/contract/api/index.ts';
import {createTestFolder, type TestFolder} from './run-cli.ts';

const signal = new AbortController().signal;

/** A terminal whose keys a test presses and whose text it reads. */
function terminal({isTTY = true} = {}) {
  const modes: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY,
    setRawMode: (isRaw: boolean): void => void modes.push(isRaw),
  });
  const stderr = new PassThrough();
  let text = '';
  stderr.setEncoding('utf8').on('data', (more: string) => (text += more));
  const output = createOutput({stdout: new PassThrough(), stderr, isTty: false, json: false});
  const context: CliContext = {
    stdin,
    stdout: new PassThrough(),
    stderr,
    output,
    signal,
    argv: [],
    env: {},
    host: () => undefined,
    endWith: () => undefined,
  };
  return {stdin, stderr, context, modes, text: () => text};
}

const prompt: Prompt = {
  id: 'p1',
  kind: 'mount-object',
  text: 'Mount digit 7.',
  choices: [],
  differences: [],
  mask: null,
  sinceUtc: '2026-11-30T00:00:00.000Z',
};

describe('the pause key', () => {
  let state: string;
  const calls: string[] = [];
  beforeEach(() => {
    state = 'running';
    calls.length = 0;
  });
  const run: PausableRun = {
    state: () => state,
    pause: () => {
      calls.push('pause');
      state = 'paused';
      return Promise.resolve(true);
    },
    resume: () => {
      calls.push('resume');
      state = 'running';
      return Promise.resolve();
    },
  };

  it('pauses a run and lets it go on; other keys and other states do nothing', async () => {
    const own = terminal();
    using keys = listenForPause(own.context, run);
    void keys;
    expect(own.text()).toContain('p pauses and goes on');
    own.stdin.write('p');
    await vi.waitFor(() => expect(own.text()).toContain('paused; p goes on'));
    own.stdin.write('x');
    own.stdin.write('P');
    await vi.waitFor(() => expect(own.text()).toContain('going on'));
    state = 'pausing';
    own.stdin.write('p');
    await vi.waitFor(() => expect(own.stdin.readableLength).toBe(0));
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('gives the keyboard to a question, takes it back, and leaves the terminal as it was', async () => {
    const own = terminal();
    const keys = listenForPause(own.context, run);
    keys.release();
    own.stdin.write('p');
    keys.take();
    keys[Symbol.dispose]();
    expect(own.modes).toEqual([true, false, true, false]);
    expect(own.stdin.listenerCount('data')).toBe(0);
    await Promise.resolve();
    expect(calls.filter((call) => call === 'resume')).toEqual([]);
  });

  it('in raw mode passes Ctrl-C on as the signal that it is', async () => {
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    const own = terminal();
    using keys = listenForPause(own.context, run);
    void keys;
    own.stdin.write('\u0003');
    await vi.waitFor(() => expect(kill).toHaveBeenCalledWith(process.pid, 'SIGINT'));
    kill.mockRestore();
  });

  it('says what keeps a run from being paused', async () => {
    const own = terminal();
    using keys = listenForPause(own.context, {
      ...run,
      pause: () => Promise.reject(new Error('no run')),
    });
    void keys;
    own.stdin.write('p');
    await vi.waitFor(() => expect(own.text()).toContain('pausing failed'));
  });

  it('listens to nothing without a terminal', () => {
    const own = terminal({isTTY: false});
    listenForPause(own.context, run)[Symbol.dispose]();
    expect(own.modes).toEqual([]);
    expect(own.text()).toBe('');
  });
});

describe('a prompt at a terminal', () => {
  it.each([
    ['\n', {answer: 'done'}],
    ['no\n', {answer: 'refused', reason: 'the operator stopped it at this question'}],
  ])('of a manual step takes Enter as done and n as a refusal (%j)', async (typed, answer) => {
    const own = terminal();
    const answered = askPrompt(own, prompt, signal);
    own.stdin.write(typed);
    expect(await answered).toEqual(answer);
    expect(own.text()).toContain('Mount digit 7.\nDone?');
  });

  it('shows a mask as it is seen from the source, mirrored', async () => {
    const own = terminal();
    const count = 20;
    // Open at large x and y: seen from the source on the left, above.
    const amplitude = Float32Array.from({length: count ** 2}, (_, i) =>
      i % count >= count / 2 && i >= count ** 2 / 2 ? 1 : 0,
    );
    const answered = askPrompt(own, {...prompt, mask: {label: '7', count, pitchMm: 1, amplitude}}, signal);
    own.stdin.write('\n');
    await answered;
    const rows = own
      .text()
      .split('\n')
      .filter((line) => /^[#.]{28}$/.test(line));
    expect(rows).toHaveLength(14);
    expect(rows[0]).toBe('#'.repeat(14) + '.'.repeat(14));
    expect(rows[13]).toBe('.'.repeat(28));
  });

  it('of several choices asks again until one is named by its number', async () => {
    const own = terminal();
    const choices = [
      {id: 'keep', label: 'Keep it', isEnding: false},
      {id: 'set', label: 'Set it right', isEnding: false},
    ];
    const answered = askPrompt(own, {...prompt, choices}, signal);
    own.stdin.write('3\n');
    await vi.waitFor(() => expect(own.text().match(/Number: /g)).toHaveLength(2));
    own.stdin.write('2\n');
    expect(await answered).toEqual({answer: 'done', choice: 'set'});
  });

  it('is asked of nobody without one: refused, or an error with the option that is the answer', async () => {
    const own = terminal({isTTY: false});
    expect(isAttended(own)).toBe(false);
    expect(await askPrompt(own, prompt, signal)).toMatchObject({answer: 'refused'});
    await expect(confirmAtTerminal(own, {question: 'Sure?', option: '--yes', signal})).rejects.toMatchObject({
      code: 'plan/operator-refused',
      message: expect.stringContaining('--yes') as string,
    });
  });

  it('takes only a yes for a yes', async () => {
    for (const [typed, isYes] of [
      ['y\n', true],
      ['\n', false],
      ['yep\n', false],
    ] as const) {
      const own = terminal();
      const answered = confirmAtTerminal(own, {question: 'Sure?', option: '--yes', signal});
      own.stdin.write(typed);
      expect(await answered, typed).toBe(isYes);
    }
  });
});

describe.runIf(process.platform !== 'win32')('--mount-command', () => {
  let folder: TestFolder;
  beforeEach(() => (folder = createTestFolder()));
  afterEach(() => folder[Symbol.dispose]());
  const script = (lines: string): string => {
    const path = folder.file('mount.sh', `#!/bin/sh\n${lines}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  it('is given the step, the label and the mask in a file that is gone afterwards', async () => {
    const seen = folder.file('seen');
    const copy = folder.file('copy.npy');
    const command = script(`echo "$@" > ${seen}; test -z "$3" || cp "$3" ${copy}`);
    const mask = {label: '7', count: 2, pitchMm: 1, amplitude: new Float32Array([0, 0.25, 0.5, 1])};
    await runMountCommand(command, {kind: 'mount-object', mask, plates: []}, signal);
    const [kind, label, path] = readFileSync(seen, 'utf8').trim().split(' ');
    expect([kind, label]).toEqual(['mount-object', '7']);
    expect(decodeNpy(readFileSync(copy))).toMatchObject({shape: [2, 2]});
    expect(() => readFileSync(path)).toThrow('ENOENT');
    for (const [plates, text] of [
      [[1, 2], '1,2'],
      [[], 'none'],
    ] as const) {
      await runMountCommand(command, {kind: 'set-plates', mask: null, plates: [...plates]}, signal);
      expect(readFileSync(seen, 'utf8').trim()).toBe(`set-plates ${text}`);
    }
    const relief = {count: 2, pitchMm: 0.4, heightsMm: new Float32Array([0, 0.5, 1, 0.25])};
    await runMountCommand(command, {kind: 'exchange-plate', mask: null, plates: [5], relief}, signal);
    expect(readFileSync(seen, 'utf8')).toMatch(/^exchange-plate 5 /);
    expect([...decodeNpy(readFileSync(copy)).re]).toEqual([0, 0.5, 1, 0.25]);
  });

  it('that fails, is killed or cannot be started stops the campaign with the reason', async () => {
    const step: Parameters<typeof runMountCommand>[1] = {kind: 'block-beam', mask: null, plates: []};
    for (const [command, why] of [
      [script('exit 3'), /did not do block-beam: it ended with exit code 3.*Nothing more was measured/],
      [folder.file('missing'), /cannot be started/],
    ] as const)
      await expect(runMountCommand(command, step, signal)).rejects.toMatchObject({
        code: 'plan/operator-refused',
        message: expect.stringMatching(why) as string,
      });
    await expect(runMountCommand(script('kill -9 $$'), step, signal)).rejects.toThrow('signal SIGKILL');
  });

  it('ends with the run that it was asked for', async () => {
    const stop = new AbortController();
    const running = runMountCommand(
      script('exec sleep 30'),
      {kind: 'open-frame', mask: null, plates: []},
      stop.signal,
    );
    setTimeout(() => stop.abort(new Error('stopped')), 50);
    await expect(running).rejects.toThrow('stopped');
  });
});
