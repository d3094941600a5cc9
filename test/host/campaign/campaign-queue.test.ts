import {expect, test} from 'vitest';
import {createLiveQueue} from '../../../src/host/campaign/campaign-queue.ts';
import {campaignProfileFor} from '../../../src/host/campaign/campaign-pace.ts';
import {dryRun} from '../../../src/host/engine/dry-run.ts';
import {type CampaignOptions, campaign} from '../../../src/host/plans/campaign.ts';
import {defaultDwell, defaultRoles} from '../../../src/host/plans/measure.ts';
import {createFakeBench} from '../engine/fake-bench.ts';
import {collect} from '../plans/message-collector.ts';

const object = (label: string): CampaignOptions['items'][number]['object'] => ({
  label,
  grid: {count: 1, pitchMm: 1},
  amplitude: [1],
});
const grid = {centerMm: {xMm: 0, yMm: 0}, widthMm: 2, heightMm: 2, stepMm: 1, order: 'snake'} as const;
const optionsFor = (count: number): CampaignOptions => ({
  roles: defaultRoles,
  dwell: defaultDwell,
  dark: {method: 'source-off', readingCount: 2},
  beamFind: {centerMm: {xMm: 0, yMm: 0}, widthMm: 8, stepMm: 2},
  registration: {objects: [object('cross')], grid},
  items: Array.from({length: count}, (_, digit) => ({object: object(`digit ${digit}`)})),
  grid,
  referenceEvery: 4,
});
const signalV = (x: number, y: number): number => Math.exp(-(x * x + y * y) / 8);

/** Walks a campaign of three digits while `act` gets its queue at each recorded point of a digit's scan. */
function walk(act: (queue: ReturnType<typeof createLiveQueue>, digit: string, point: number) => void) {
  const queue = createLiveQueue(3, () => undefined);
  let sample = '';
  let point = 0;
  const collected = collect(campaign({...optionsFor(3), queue}), {
    signalV,
    failAt: (message) => {
      if (message.type === 'open-run') [sample, point] = [message.run.sample ?? '', 0];
      if (message.type === 'record' && message.stream === 'primary') act(queue, sample, ++point);
      return undefined;
    },
  });
  const runs: {sample: string | undefined; index: number | undefined; ending: string; points: number}[] = [];
  for (const message of collected.messages) {
    if (message.type === 'open-run' && message.run.planName === 'campaign-scan')
      runs.push({sample: message.run.sample, index: message.run.campaignIndex, ending: '', points: 0});
    const last = runs.at(-1);
    if (last?.ending === '' && message.type === 'record' && message.stream === 'primary') last.points++;
    if (last?.ending === '' && message.type === 'close-run')
      last.ending = `${message.exitStatus} ${message.reason}`.trim();
  }
  return {...collected, runs, queue};
}

test('the digit under way is ended at its next point as skipped, and the campaign goes on to its end', () => {
  const {runs, error, result, messages} = walk((queue, digit, point) => {
    if (digit === 'digit 1' && point === 4) queue.skip(1);
  });
  expect(error).toBeUndefined();
  expect(runs).toEqual([
    {sample: 'digit 0', index: 0, ending: 'success', points: 9},
    {sample: 'digit 1', index: 1, ending: 'abort skipped by operator', points: 4},
    {sample: 'digit 2', index: 2, ending: 'success', points: 9},
  ]);
  expect(result?.items.map((item) => item.object.label)).toEqual(['digit 0', 'digit 2']);
  expect(messages.at(-1)).toMatchObject({type: 'call', action: 'stop'});
});

test('a waiting digit that is skipped is never mounted; one that is repeated comes behind the others', () => {
  const {runs, messages, queue} = walk((own, digit, point) => {
    if (digit !== 'digit 0' || point !== 1 || !own.waiting.includes(1)) return;
    own.skip(1);
    own.repeat(0);
  });
  expect(runs.map(({index, ending}) => [index, ending])).toEqual([
    [0, 'success'],
    [2, 'success'],
    [0, 'success'],
  ]);
  const mounted = messages.flatMap((message) =>
    message.type === 'operator' && message.request.kind === 'mount-object' ? [message.request.label] : [],
  );
  expect(mounted).toEqual(['cross', 'cross', 'digit 0', 'digit 2', 'digit 0', 'cross']);
  expect(queue.count).toBe(3);
  // The steps that are told count what is really measured.
  const steps = messages.flatMap((message) =>
    message.type === 'progress' && message.label.startsWith('campaign:') ? [message] : [],
  );
  expect(steps.at(-1)).toMatchObject({done: 8, total: 8});
});

test('what cannot be skipped or repeated is refused with the reason', () => {
  const {queue, error} = walk((own, digit, point) => {
    if (digit !== 'digit 1' || point !== 1) return;
    expect(() => own.skip(0)).toThrow('neither under way nor waiting');
    expect(() => own.skip(7)).toThrow('has no digit 8');
    expect(() => own.repeat(2)).toThrow('waiting already');
  });
  expect(error).toBeUndefined();
  expect(() => queue.repeat(0)).toThrow('its end is under way');
});

test('the time profile of many digits is that of two walked ones, and shrinks and grows with the queue', () => {
  const profileOf = (count: number, frequenciesHz?: readonly [number, ...number[]]) => {
    const bench = createFakeBench();
    const options = {...optionsFor(count), ...(frequenciesHz && {frequenciesHz})};
    return dryRun(campaign(options), bench).profile;
  };
  const cases = [1, 2, 3, 7].flatMap((count) => [
    {count, frequenciesHz: undefined},
    {count, frequenciesHz: [4e11, 3.5e11] as const},
  ]);
  for (const {count, frequenciesHz} of cases) {
    const built = campaignProfileFor(profileOf(2, frequenciesHz), 2, count, frequenciesHz?.length);
    const walked = profileOf(count, frequenciesHz);
    expect(built.runEndMs).toHaveLength(walked.runEndMs.length);
    expect(built.checkpointMs).toHaveLength(walked.checkpointMs.length);
    // Only the way from the registration's last point to the first digit is another one.
    expect(Math.abs(built.totalMs - walked.totalMs)).toBeLessThan(0.01 * walked.totalMs);
    built.runEndMs.forEach((ms, run) =>
      expect(Math.abs(ms - walked.runEndMs[run])).toBeLessThan(0.01 * walked.totalMs),
    );
  }
});
