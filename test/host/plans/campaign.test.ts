import {expect, test} from 'vitest';
import {BenchError} from '../../../src/contract/errors.ts';
import {type CampaignOptions, campaign} from '../../../src/host/plans/campaign.ts';
import {defaultDwell, defaultRoles} from '../../../src/host/plans/measure.ts';
import {scanMonitors} from '../../../src/host/scan/scan-monitors.ts';
import {collect, typesOf} from './message-collector.ts';

const object = (label: string): CampaignOptions['items'][number]['object'] => ({
  label,
  grid: {count: 1, pitchMm: 1},
  amplitude: [1],
});
const grid = {centerMm: {xMm: 0, yMm: 0}, widthMm: 2, heightMm: 2, stepMm: 1, order: 'snake'} as const;
const options: CampaignOptions = {
  roles: defaultRoles,
  dwell: defaultDwell,
  dark: {method: 'source-off', readingCount: 2},
  beamFind: {centerMm: {xMm: 0, yMm: 0}, widthMm: 8, stepMm: 2},
  registration: {objects: [object('cross')], grid},
  items: [{object: object('digit 3')}, {object: object('digit 7')}],
  grid,
  referenceEvery: 4,
};
const signalV = (x: number, y: number): number => Math.exp(-(x * x + y * y) / 8);

test('a campaign goes from dark level over beam and registration through every digit', () => {
  const {messages, result, error} = collect(campaign(options), {signalV});
  expect(error).toBeUndefined();
  const runs = messages.flatMap((message) => (message.type === 'open-run' ? [message.run] : []));
  expect(runs.map(({planName}) => planName)).toEqual([
    'dark-level',
    'beam-find',
    'beam-find',
    'dark-level',
    'reference',
    'registration',
    'campaign-scan',
    'campaign-scan',
    'reference',
    'dark-level',
  ]);
  expect(runs.filter(({planName}) => planName === 'campaign-scan')).toMatchObject([
    {sample: 'digit 3', campaignIndex: 0, shape: [3, 3]},
    {sample: 'digit 7', campaignIndex: 1},
  ]);
  const mounted = messages.flatMap((message) =>
    message.type === 'operator' && message.request.kind === 'mount-object' ? [message.request.label] : [],
  );
  expect(mounted).toEqual(['cross', 'cross', 'digit 3', 'digit 7', 'cross']);
  expect(typesOf(messages).slice(-2)).toEqual(['call turn-off', 'call stop']);
  expect(result?.items).toHaveLength(2);
  expect(result?.darkLevels).toHaveLength(3);
});

test('each scan of a campaign watches the place of the stage where that is asked for', () => {
  const position = {referencePatchMm: 0.3, positionLimitMm: 0.1, onPositionLost: 'fail'} as const;
  // The carriage slips after two points of the first digit.
  let pointCount = -1;
  const plan = campaign({...options, position, monitors: scanMonitors});
  const {messages, error} = collect(plan, {
    signalV: (x, y) => signalV(x - 1 + (pointCount >= 2 ? 0.25 : 0), y - 1),
    failAt: (message) => {
      if (message.type === 'open-run') pointCount = message.run.planName === 'campaign-scan' ? 0 : -1;
      if (message.type === 'record' && message.stream === 'primary' && pointCount >= 0) pointCount += 1;
      return message.type === 'distrust' ? new BenchError('device/changed', message.reason) : undefined;
    },
  });
  expect(error).toMatchObject({
    code: 'device/changed',
    message: expect.stringMatching(/lost steps/) as string,
  });
  const scans = messages.flatMap((message) => (message.type === 'open-run' ? [message.run] : []));
  expect(scans.at(-1)).toMatchObject({
    planName: 'campaign-scan',
    planArgs: {referencePatchMm: 0.3, onPositionLost: 'fail'},
  });
});

test('at several frequencies each object is scanned at all of them, and everything else at the first', () => {
  const frequenciesHz = [4e11, 3.5e11] as const;
  const {messages, result, error} = collect(campaign({...options, frequenciesHz}), {signalV});
  expect(error).toBeUndefined();
  // What was measured at which frequency the source had been turned on.
  let turnedOnHz: number | undefined;
  const measured = messages.flatMap((message) => {
    if (message.type === 'call' && message.action === 'turn-on') turnedOnHz = message.outputFrequencyHz;
    if (message.type !== 'open-run') return [];
    const {planName, sample, campaignIndex, planArgs} = message.run;
    return [[planName, sample, campaignIndex, planArgs['outputFrequencyHz'], turnedOnHz]];
  });
  expect(measured.slice(4)).toEqual([
    ['reference', undefined, undefined, undefined, undefined],
    ['registration', 'cross', undefined, undefined, undefined],
    ['campaign-scan', 'digit 3', 0, 4e11, 4e11],
    ['campaign-scan-further', 'digit 3', 0, 3.5e11, 3.5e11],
    ['campaign-scan', 'digit 7', 1, 4e11, 4e11],
    ['campaign-scan-further', 'digit 7', 1, 3.5e11, 3.5e11],
    ['reference', undefined, undefined, undefined, 4e11],
    ['dark-level', undefined, undefined, undefined, 4e11],
  ]);
  const mounted = messages.filter((message) => message.type === 'operator');
  expect(mounted).toHaveLength(5);
  expect(result?.items).toHaveLength(2);
});

test('the injected fit moves the grids of the digits and is noted', () => {
  const outcome = {centerMm: {xMm: 10, yMm: 0}, calibrationUids: ['c1'], note: 'shifted'};
  const {messages} = collect(campaign({...options, onRegistration: () => Promise.resolve(outcome)}), {
    signalV,
    computed: outcome,
  });
  const scans = messages.flatMap((message) =>
    message.type === 'open-run' && message.run.planName === 'campaign-scan' ? [message.run] : [],
  );
  expect(scans[0]).toMatchObject({
    extentsMm: [
      [-1, 1],
      [9, 11],
    ],
    calibrationUids: ['c1'],
  });
  expect(messages).toContainEqual({type: 'note', text: 'shifted'});
});

test('source off and stage stopped end the campaign wherever it is broken off, every opened run is closed', () => {
  const total = collect(campaign(options), {signalV}).messages.length;
  for (let at = 0; at < total; at += 7) {
    const {messages, error} = collect(campaign(options), {
      signalV,
      failAt: (_message, index) => (index === at ? new BenchError('plan/aborted', 'broken off') : undefined),
    });
    expect(error).toMatchObject({code: 'plan/aborted'});
    expect(typesOf(messages).slice(-2)).toEqual(['call turn-off', 'call stop']);
    const opened = messages.filter((message, index) => message.type === 'open-run' && index !== at).length;
    // A close that itself was answered by the error counts: it was asked for.
    expect(messages.filter(({type}) => type === 'close-run')).toHaveLength(opened);
  }
});

test('where the program sets up the lock-in, every reading may choose another range', () => {
  const dwell = {...defaultDwell, onOverload: 'choose-range'} as const;
  const {messages, error} = collect(campaign({...options, dwell}), {signalV});
  expect(error).toBeUndefined();
  const reads = messages.filter((message) => message.type === 'read');
  expect(reads.length).toBeGreaterThan(10);
  expect(new Set(reads.map((message) => message.onOverload))).toEqual(new Set(['choose-range']));
});
