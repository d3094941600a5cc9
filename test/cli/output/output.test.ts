import {Writable} from 'node:stream';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {exitCodeFrom, formatError} from '../../../src/cli/output/exit-code.ts';
import {createOutput, type OutputStreams} from '../../../src/cli/output/output.ts';
import {formatDuration, formatTable, plainText} from '../../../src/cli/output/text-table.ts';
import {writeCampaignSummary} from '../../../src/cli/output/campaign-summary.ts';
import {BenchError} from '../../../src/contract/errors.ts';
import {assembleCampaignResult} from '../../../src/host/compare/assemble-campaign-result.ts';
import {createSyntheticCampaign} from '../../host/compare/synthetic-campaign.ts';

class Sink extends Writable {
  text = '';
  isTTY = false;
  columns = 100;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

function createCapture(options: Partial<OutputStreams> = {}) {
  const stdout = new Sink();
  const stderr = new Sink();
  stderr.isTTY = options.isTty ?? false;
  const clock = {ms: 0};
  const output = createOutput({stdout, stderr, isTty: false, json: false, nowMs: () => clock.ms, ...options});
  return {output, stdout, stderr, clock};
}

const limit = new BenchError('motion/limit', 'x to 152.0 mm refused:\n limit 150.0 mm\u001b[2J');

describe('createOutput', () => {
  it('puts the answer on stdout and what happens meanwhile on stderr', () => {
    const {output, stdout, stderr} = createCapture();
    output.heading('Digits');
    output.table([{title: 'x', unit: 'mm'}], [[1], [null]]);
    output.line('a\nb');
    output.log('moving');
    output.result({ignored: true});
    expect(stdout.text).toBe('\nDigits\n======\nx (mm)\n------\n     1\n     -\na\nb\n');
    expect(stderr.text).toBe('moving\n');
  });

  it('keeps stdout for one JSON object with --json', () => {
    const {output, stdout, stderr} = createCapture({json: true});
    output.heading('Digits');
    output.line('text');
    output.result({matchRate: 0.9, text: 'a\nb'});
    expect(JSON.parse(stdout.text)).toEqual({matchRate: 0.9, text: 'a\nb'});
    expect(stdout.text.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr.text).toContain('Digits');
    expect(() => output.result({})).toThrow('one JSON object only');
  });

  it('prints an error as one line that cannot steer the terminal, and as the object with --json', () => {
    const {output, stdout, stderr} = createCapture({json: true});
    expect(output.error(limit)).toBe(1);
    expect(stderr.text).toBe('error: x to 152.0 mm refused: limit 150.0 mm\\x1b[2J (motion/limit)\n');
    expect(JSON.parse(stdout.text)).toMatchObject({error: {code: 'motion/limit', details: {}}});
    output.error(new Error('again'));
    expect(stdout.text.trimEnd().split('\n')).toHaveLength(1);
  });

  it('shows where an error came from when asked to', () => {
    const {output, stderr} = createCapture({isVerbose: true});
    output.error(new BenchError('internal', 'outer', {cause: new Error('inner')}));
    expect(stderr.text).toMatch(/error: outer \(internal\)\n[^]*caused by Error: inner/);
  });

  it('survives a reader that goes away', async () => {
    const {output, stdout} = createCapture();
    stdout.destroy(Object.assign(new Error('broken pipe'), {code: 'EPIPE'}));
    output.line('nobody reads this');
    await new Promise((done) => stdout.once('close', done));
    expect(stdout.destroyed).toBe(true);
  });
});

describe('progress', () => {
  it('is a plain line at the start, every ten seconds and at the end without a terminal', () => {
    const {output, stderr, stdout, clock} = createCapture();
    const progress = output.progress('digit 3', 200, 'points');
    for (let done = 1; done <= 200; done++) {
      clock.ms += 125;
      progress.update(done, done > 150 ? {secondsLeft: 70, note: 'row 4'} : {});
    }
    progress.end();
    expect(stderr.text.split('\n')).toEqual([
      'digit 3: 0 %, 0 of 200 points',
      'digit 3: 40 %, 80 of 200 points, 15 s left',
      'digit 3: 80 %, 160 of 200 points, 1 min 10 s left, row 4',
      'digit 3: done, 200 points in 25 s',
      '',
    ]);
    expect(stdout.text).toBe('');
    expect(stderr.text).not.toContain('\u001b');
  });

  it('takes the time left of what goes on half-way from what is done since', () => {
    const {output, stderr, clock} = createCapture();
    const progress = output.progress('training', 1000, 'steps');
    progress.update(500);
    clock.ms += 20_000;
    progress.update(510);
    expect(stderr.text).toContain('training: 51 %, 510 of 1000 steps, 16 min 20 s left');
    progress.end();
  });

  it('says how far it came when it ends early', () => {
    const {output, stderr} = createCapture();
    const progress = output.progress('scan', 10);
    progress.update(4);
    output.error(new BenchError('plan/stopped', 'Stopped.'));
    progress.end();
    expect(stderr.text).toContain('scan: stopped, 4 of 10 in 0 s\nerror: Stopped. (plan/stopped)\n');
    expect(stderr.text.match(/scan: (stopped|done)/g)).toHaveLength(1);
  });

  it('is a bar on a terminal that makes room for other lines and leaves one line behind', () => {
    const {output, stderr, stdout, clock} = createCapture({isTty: true});
    const outer = output.progress('campaign', 10, 'digits');
    const inner = output.progress('digit 0', 4);
    clock.ms = 2000;
    inner.update(2);
    output.line('a line of the answer');
    inner.end();
    outer.update(1);
    outer.end();
    expect(stdout.text).toBe('a line of the answer\n');
    expect(stderr.text).toContain(`[${'.'.repeat(24)}] campaign: 0 %`);
    expect(stderr.text).toContain('digit 0: 50 %, 2 of 4, 2 s left');
    expect(stderr.text).toContain('digit 0: done, 2 of 4 in 2 s\n');
    expect(stderr.text.endsWith('campaign: done, 1 of 10 digits in 2 s\n')).toBe(true);
    // Every bar that was drawn was wiped before text was written.
    expect(stderr.text).not.toMatch(/#{3,}[^\u001b]*a line/);
  });
});

describe('exit codes', () => {
  it.each([
    [limit, 1],
    [new Error('anything'), 1],
    ['text', 1],
    [new BenchError('cli/usage', 'No such option.'), 2],
    [new BenchError('plan/aborted', 'Aborted.'), 130],
    [AbortSignal.abort().reason, 130],
    [Object.assign(new Error('late'), {name: 'TimeoutError'}), 1],
  ] as const)('%s gives %i', (error, code) => {
    expect(exitCodeFrom(error)).toBe(code);
  });

  it('print what is no BenchError as an internal error', () => {
    expect(formatError(new Error('broken'))).toBe('error: broken (internal)');
  });
});

describe('text', () => {
  it('never holds control characters or line breaks', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), (text) => {
        expect(plainText(text)).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it('aligns numbers right and words left under titles with units', () => {
    const table = formatTable(
      [{title: 'digit'}, {title: 'verdict', align: 'left'}, {title: 'margin', unit: '%'}],
      [
        [7, 'decided', '12.5'],
        [10, 'no', null],
      ],
    );
    expect(table.split('\n')).toEqual([
      'digit  verdict  margin (%)',
      '-----  -------  ----------',
      '    7  decided        12.5',
      '   10  no                -',
    ]);
  });

  it('names durations', () => {
    expect([0.4, 59.6, 492, 7500].map(formatDuration)).toEqual([
      '0 s',
      '1 min 0 s',
      '8 min 12 s',
      '2 h 5 min',
    ]);
  });
});

describe('writeCampaignSummary', () => {
  it('prints digits, shares, both confusion matrices and the rates', () => {
    const frame = {dxMm: 0.5, dyMm: 0, rotationDeg: 0};
    const {result} = assembleCampaignResult(
      createSyntheticCampaign({digits: [2, 9], frame, measuredWinner: (digit) => (digit === 9 ? 4 : digit)}),
    );
    const {output, stdout} = createCapture();
    writeCampaignSummary(output, result);
    expect(stdout.text).toMatch(/\n +9 +4 +decided +9 +9 /);
    expect(stdout.text).toContain('Measured winners by true digit');
    expect(stdout.text).toMatch(/match with the nominal simulation +1\/2 +50 +9 +91\n/);
    for (const line of stdout.text.split('\n')) expect(line.length).toBeLessThan(120);
  });
});
