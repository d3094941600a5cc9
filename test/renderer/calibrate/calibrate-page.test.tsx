import {screen, waitFor, within} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import type {
  AsBuiltEntry,
  Computation,
  ComputationResult,
  ReadOutEntry,
  StoppedInPlace,
} from '../../../src/contract/api/index.ts';
import {
  inPlaceSettingsSchema,
  reprintSettingsSchema,
  type ReprintLineage,
} from '../../../src/contract/reprint.ts';
import {CalibratePage} from '../../../src/renderer/features/calibrate/index.ts';
import {asBuiltEntry as entry} from './as-built-entry.ts';
import {summary} from '../align/fixtures.ts';
import {feedOf, type Answers} from '../mock-host.ts';
import {runStatus} from '../window-fixtures.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';

afterEach(closeWindow);

const rate = (successes: number, count: number) => ({
  successes,
  count,
  ratio: successes / count,
  low: 0.5,
  high: 0.9,
  confidence: 0.95,
});
const confusion = [
  [5, 1],
  [2, 4],
];
const offersResult: ComputationResult = {
  kind: 'calibrate-offers',
  offers: {
    asBuiltUid: 'built',
    before: rate(60, 100),
    designed: rate(96, 100),
    confusionBefore: confusion,
    planes: {label: '3', side: 2, stepMm: 1, values: [{name: 'as built', power: [0, 1, 2, 3]}]},
    tried: [],
    offers: [
      {
        kind: 'reprint',
        text: 'Design plate 3 again.',
        after: rate(88, 100),
        confusion: null,
        cost: {planes: 5, measuringS: 3000, printG: 12.34, printS: 7200, computingS: 600},
        risk: 'Heights that the planes do not show.',
      },
    ],
  },
};
const done = (kind: Computation['kind']): Computation => ({
  id: kind,
  kind,
  title: kind,
  state: 'done',
  text: '',
  notes: [],
  noteCount: 0,
  progress: null,
  startedUtc: '2026-01-01T00:00:00Z',
  endedUtc: '2026-01-01T00:01:00Z',
  elapsedS: 60,
  timeLeftS: null,
  problem: null,
});
const readOut: ReadOutEntry = {
  uid: 'r',
  timeS: 1_790_000_000,
  sessionUid: 's',
  benchName: 'north',
  designName: 'digits',
  validUntilS: null,
  status: 'current',
  statusText: '',
  by: 'Ada',
  study: {
    correction: {weights: [[0]], offsets: [0]},
    family: 'gains',
    sigma: 0.1,
    crossEntropyBefore: 1,
    crossEntropy: 0.5,
    before: rate(30, 50),
    after: rate(44, 50),
    curve: [{count: 40, accuracy: 0.88, low: 0.76, high: 0.94}],
    neededCount: 40,
    simulatedCount: 0,
    learnedRunUids: ['a', 'b'],
    testedRunUids: ['c'],
    confusionBefore: confusion,
    confusionAfter: confusion,
  },
};

const inPlaceCost = {
  isAllowed: true,
  refusal: '',
  plate: 5,
  plates: [1, 5],
  exchangeCount: 61,
  objectCount: 580,
  pointCount: 371_200,
  seconds: 7200,
};

const lineage: ReprintLineage = {
  ...{parentName: 'digits', parentHash: 'sha256:1', plate: 5, alignmentUid: 'a'},
  ...{asBuiltUid: 'built', asBuiltVersion: 2, benchName: 'north', benchSeed: null, tried: [], seconds: 60},
  settings: reprintSettingsSchema.parse({}),
  ...{before: rate(60, 100), after: rate(88, 100), confusionBefore: confusion, confusionAfter: confusion},
};
const reprint = {
  ...{uid: 'p', timeS: 1_790_000_000, sessionUid: 's', benchName: 'north'},
  ...{designName: 'digits again', designHash: 'sha256:2', folder: '/designs/again', lineage},
};
const stopped: StoppedInPlace = {
  folder: '/designs/stopped',
  order: {
    ...{asBuiltUid: 'built', pointsPerSide: 8, startFolder: null, name: 'digits learnt', command: ''},
    settings: inPlaceSettingsSchema.parse({}),
  },
  step: 2,
  before: rate(43, 50),
  curve: [
    {step: 1, loss: 2, accuracy: 0.5, margin: 0},
    {step: 2, loss: 1.9, accuracy: 0.6, margin: 0},
  ],
};

const answersOf = (records: AsBuiltEntry[], readOuts: ReadOutEntry[]): Answers => ({
  calibrate: {
    asBuilt: () => ({records}),
    readOuts: () => ({readOuts}),
    reprints: () => ({reprints: []}),
    reprint: () => ({id: 'x', folder: '/designs/again'}),
    learnReadOut: () => ({id: 'y'}),
    inPlaceDryRun: () => inPlaceCost,
    inPlace: () => ({id: 'z', folder: '/designs/learnt'}),
    resumeInPlace: () => ({id: 'z', folder: '/designs/learnt'}),
    inPlaceStopped: () => ({stopped: []}),
    inPlaceProgress: () => ({progress: null}),
    revokeReadOut: () => ({...readOut, status: 'revoked'}),
  },
  align: {results: () => ({alignments: []})},
  sessions: {search: () => ({sessions: [], facets: {operators: [], designs: [], tags: [], labels: []}})},
  computations: {
    status: feedOf({hostId: 'mock', last: 1, lostCount: 0, computations: [done('calibrate-offers')]}),
    result: () => offersResult,
  },
});

test('the page says what is wrong, what may be done, and starts to design the plate again', async () => {
  const {host, user} = await openWindow(<CalibratePage />, '/calibrate', {answers: answersOf([entry], [])});
  const built = within(await screen.findByRole('region', {name: /What is wrong/}, patient));
  expect(await built.findByText('Predictions as aligned use it.')).toBeDefined();
  expect(built.getByText(/^Plate 1 stands farthest off, by 0\.44 mm/).textContent).toContain(
    'Heights are farthest off in plate 1, by 21.5 µm RMS; 43.2 µm are not known.',
  );
  expect((await screen.findByRole('status', {name: 'Next step'}, patient)).textContent).toBe(
    'Next: Foretold to gain most: print one plate again, 60 to 88 of 100 drawn objects right.',
  );
  expect(built.getByText('21.5 (fitted)')).toBeDefined();
  expect(built.getByText('43.2')).toBeDefined();
  const offer = within(await screen.findByRole('region', {name: 'Print one plate again'}, patient));
  expect(offer.getByText(/5 planes/).textContent).toContain('12.3 g of material');
  expect(offer.getByText('Heights that the planes do not show.')).toBeDefined();
  expect(offer.getByText('28 more of 100 drawn objects are read right (60 before)')).toBeDefined();
  await user.click(offer.getByRole('button', {name: 'Design the plate again'}));
  expect(host.callsOf('calibrate', 'reprint')).toMatchObject([{asBuiltUid: 'built', settings: {steps: 400}}]);
});

test('a calibrated read-out is listed with its gain and can be revoked', async () => {
  const {host, user} = await openWindow(<CalibratePage />, '/calibrate', {answers: answersOf([], [readOut])});
  const panel = within(await screen.findByRole('region', {name: /What was done/}, patient));
  expect(await panel.findByText(/44 of 50 tested digits right, 30 before/)).toBeDefined();
  await user.click(panel.getByRole('button', {name: 'Revoke'}));
  expect(host.callsOf('calibrate', 'revokeReadOut')).toEqual([{uid: 'r'}]);
  // Before and after of the newest stand open.
  expect(panel.getByRole('table', {name: 'Tested digits, calibrated'})).toBeDefined();
  await user.click(panel.getByRole('button', {name: 'Hide before and after'}));
  expect(panel.queryByRole('table', {name: 'Tested digits, calibrated'})).toBeNull();
  expect(screen.getByText('No network is recorded yet')).toBeDefined();
  expect(screen.getByRole('status', {name: 'Next step'}).textContent).toContain(
    'Measure a campaign and align its planes',
  );
});

test('what failed stands beside its own button, and all are off for the same reason while something is computed', async () => {
  const failed: Computation = {
    ...done('as-built'),
    state: 'failed',
    problem: {code: 'twin/invalid', message: 'The planes show no light.', details: {}},
  };
  const running: Computation = {...done('train'), state: 'running', endedUtc: null, title: 'digits trained'};
  const answers = answersOf([entry], []);
  await openWindow(<CalibratePage />, '/calibrate', {
    answers: {
      ...answers,
      align: {results: () => ({alignments: [summary]})},
      computations: {
        ...answers.computations,
        status: feedOf({
          hostId: 'mock',
          last: 1,
          lostCount: 0,
          computations: [running, failed, done('calibrate-offers')],
        }),
      },
    },
  });
  const built = within(await screen.findByRole('region', {name: /What is wrong/}, patient));
  expect(await built.findByText('The planes show no light.', {}, patient)).toBeDefined();
  const offers = within(screen.getByRole('region', {name: /What may be done/}));
  expect(offers.queryByText('The planes show no light.')).toBeNull();
  for (const name of ['Record as built', 'Foretell what each gains', 'Try', 'Design the plate again'])
    expect((await screen.findByRole('button', {name}, patient)).getAttribute('aria-disabled')).toBe('true');
});

test('how many digits have to be measured is foretold for the record that is chosen, with what that gains', async () => {
  const answers = answersOf([entry], []);
  const {host, user} = await openWindow(<CalibratePage />, '/calibrate', {
    answers: {
      ...answers,
      calibrate: {...answers.calibrate, readOutCurve: () => ({id: 'curve'})},
      computations: {
        status: feedOf({hostId: 'mock', last: 1, lostCount: 0, computations: [done('read-out-curve')]}),
        result: () => ({
          kind: 'read-out-curve',
          curve: {
            ...{
              designName: 'digits',
              asBuiltUid: 'built',
              text: 'the network as it was built',
              benchCount: 1,
            },
            before: rate(30, 50),
            points: [
              {count: 20, after: rate(33, 50), gains: [0.06, 0.06]},
              {count: 40, after: rate(36, 50), gains: [0.12, 0.12]},
            ],
            neededCount: 40,
          },
        }),
      },
    },
  });
  const panel = within(await screen.findByRole('region', {name: /^3\. Read-out/}, patient));
  expect(
    await panel.findByText(
      '40 digits have to be measured: foretold are 72 % right after 60 % as it is.',
      {},
      patient,
    ),
  ).toBeDefined();
  expect(panel.getByRole('table', {name: /^Foretold for digits/})).toBeDefined();
  await user.click(panel.getByRole('button', {name: 'Foretell how many digits are needed'}));
  expect(host.callsOf('calibrate', 'readOutCurve')).toEqual([{of: {kind: 'built', asBuiltUid: 'built'}}]);
});

test('learning in place says what it takes, is refused with its reason, and begins where it is told', async () => {
  const answers = answersOf([entry], []);
  let isAllowed = false;
  const {host, user} = await openWindow(<CalibratePage />, '/calibrate', {
    answers: {
      ...answers,
      calibrate: {
        ...answers.calibrate,
        reprints: () => ({reprints: [reprint]}),
        reprintPlanes: () => ({planes: null}),
        inPlaceDryRun: ({settings}) => ({
          ...inPlaceCost,
          plate: settings?.plate ?? 5,
          isAllowed,
          refusal: isAllowed ? '' : 'No bench is open.',
          seconds: isAllowed ? 7200 : null,
        }),
      },
    },
  });
  const panel = within(await screen.findByRole('region', {name: /^4\. In place/}, patient));
  expect(await panel.findByText('No bench is open.', {}, patient)).toBeDefined();
  const button = panel.getByRole('button', {name: 'Learn the plate in place'});
  expect(button.getAttribute('aria-disabled')).toBe('true');
  expect(panel.getByText(/^It takes 61 plates put in/).textContent).toMatch(
    /580 objects measured behind them at 371.200 points\.$/,
  );
  isAllowed = true;
  // What it takes is asked for anew with other numbers.
  await user.clear(panel.getByLabelText('Steps, a plate each'));
  await user.type(panel.getByLabelText('Steps, a plate each'), '3');
  await user.tab();
  await waitFor(() => expect(button.getAttribute('aria-disabled')).toBeNull(), patient);
  expect(panel.getByText(/: about 2 h 00 min of moving and reading/)).toBeDefined();
  await user.click(panel.getByRole('button', {name: /Begin with/}));
  await user.click(await screen.findByRole('option', {name: 'that of digits again'}, patient));
  await user.click(button);
  expect(host.callsOf('calibrate', 'inPlace')).toMatchObject([
    {
      asBuiltUid: 'built',
      settings: {steps: 3, batchSize: 8, judgedCount: 50, plate: null},
      pointsPerSide: 8,
      startFolder: '/designs/again',
    },
  ]);
});

test('a learning that was stopped is gone on with by its folder', async () => {
  const answers = answersOf([], []);
  const {host, user} = await openWindow(<CalibratePage />, '/calibrate', {
    answers: {...answers, calibrate: {...answers.calibrate, inPlaceStopped: () => ({stopped: [stopped]})}},
  });
  const left = within(await screen.findByRole('region', {name: 'Learnings that were stopped'}, patient));
  expect(left.getByText(/^digits learnt: step 2 of 60, 2 plates measured/)).toBeDefined();
  await user.click(left.getByRole('button', {name: 'Go on'}));
  expect(host.callsOf('calibrate', 'resumeInPlace')).toEqual([{folder: '/designs/stopped'}]);
});

test('a plate that is being learnt shows its curve, and is paused and stopped beside it', async () => {
  const answers = answersOf([entry], []);
  const {host, user} = await openWindow(<CalibratePage />, '/calibrate', {
    status: {
      run: {...runStatus, id: 'job', kind: 'in-place', state: 'running', label: 'regions', timeLeftS: 120},
    },
    answers: {
      ...answers,
      calibrate: {
        ...answers.calibrate,
        inPlaceProgress: () => ({
          progress: {
            ...{id: 'job', designName: 'digits', plate: 5, stepCount: 60, folder: '/designs/learnt'},
            before: rate(43, 50),
            curve: [
              {step: 1, loss: 2.1, accuracy: 0.75, margin: 0.01},
              {step: 2, loss: 1.9, accuracy: 0.875, margin: 0.02},
            ],
          },
        }),
      },
      run: {pause: () => ({isPaused: true}), stop: () => ({sentence: ''})},
    },
  });
  const learnt = within(await screen.findByRole('region', {name: 'The plate that is learnt'}, patient));
  expect(learnt.getByRole('heading', {name: 'Plate 5 of digits: step 2 of 60'})).toBeDefined();
  expect(learnt.getByText(/^running, regions, .* left$/)).toBeDefined();
  expect(learnt.getByText(/^The plate of before reads 43 of 50 objects right/)).toBeDefined();
  expect(learnt.getByRole('img', {name: /^Measured loss by step/})).toBeDefined();
  expect(screen.queryByRole('button', {name: 'Learn the plate in place'})).toBeNull();
  await user.click(learnt.getByRole('button', {name: 'Pause'}));
  await user.click(learnt.getByRole('button', {name: 'Stop learning'}));
  expect(host.callsOf('run', 'pause')).toHaveLength(1);
  expect(host.callsOf('run', 'stop')).toHaveLength(1);
  host.changeStatus({
    run: {...runStatus, id: 'job', kind: 'in-place', state: 'ended', exitStatus: 'abort', reason: 'enough'},
  });
  expect(
    await learnt.findByText(/^Ended at step 2: enough .* goes on from its last step below/),
  ).toBeDefined();
  expect(await screen.findByRole('button', {name: 'Learn the plate in place'})).toBeDefined();
});
