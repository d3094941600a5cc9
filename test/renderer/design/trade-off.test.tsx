import {fireEvent, screen, waitFor, within} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import type {Computation} from '../../../src/contract/api/index.ts';
import {BenchError} from '../../../src/contract/errors.ts';
import {measurementModelSchema} from '../../../src/contract/measurement.ts';
import {tradeOffSettingsSchema, type TradeOffStudy} from '../../../src/contract/trade-off.ts';
import {DesignPage} from '../../../src/renderer/features/design/index.ts';
import {feedOf, type Answers} from '../mock-host.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';

afterEach(closeWindow);

const folder = '/designs/digits';
const listed = {
  folder,
  name: 'digits',
  contentHash: 'sha256:1',
  layerCount: 5,
  frequencyHz: 4e11,
  problem: '',
};
const computation: Computation = {
  id: 'study',
  kind: 'trade-off',
  title: 'trade-off of digits',
  state: 'running',
  text: 'weight of light 0.05 (2 of 4): step 75 of 150',
  notes: [],
  noteCount: 0,
  progress: {done: 42, total: 100, unit: '%'},
  startedUtc: '2026-01-01T00:00:00Z',
  endedUtc: null,
  elapsedS: 100,
  timeLeftS: 138,
  problem: null,
};
const point = {value: null, accuracy: 0.963, meanMargin: 0.0855, efficiency: 0.0287, scanChange: 0.0029};
const study: TradeOffStudy = {
  designName: 'digits',
  contentHash: 'sha256:1',
  settings: tradeOffSettingsSchema.parse({values: [0.3, 0]}),
  ownValue: 0.12,
  batchSize: 16,
  imageCount: 1000,
  marginImageCount: 40,
  model: measurementModelSchema.parse({}),
  before: {...point, marginSigma: 0.0107},
  points: [
    {...point, value: 0.3, efficiency: 0.034, marginSigma: 0.01},
    {...point, value: 0, accuracy: 0.965, marginSigma: null},
  ],
};

/** The page of comparisons with these computations, the trade-off panel on it. */
async function openPanel(computations: Computation[] = [], twin: Answers['twin'] = {}) {
  const answers: Answers = {
    design: {
      list: () => [listed],
      get: () => {
        throw new BenchError('file/not-found', 'no curves here');
      },
    },
    twin: {tradeOff: () => ({id: 'study'}), ...twin},
    computations: {
      status: feedOf({hostId: 'mock', last: 1, lostCount: 0, computations}),
      stop: () => ({hasStopped: true}),
      result: () => ({kind: 'trade-off', study, drawing: '<svg/>'}),
    },
  };
  const opened = await openWindow(<DesignPage />, '/design', {answers});
  await opened.user.click(await screen.findByRole('radio', {name: 'Compare trainings'}, patient));
  const panel = within(await screen.findByRole('region', {name: 'What a weight trades'}, patient));
  return {...opened, panel};
}

test('a study is started with the values that are typed, and what cannot be studied is said before', async () => {
  const {host, user, panel} = await openPanel();
  const values = panel.getByLabelText('Values, between semicolons');
  expect(values).toHaveProperty('value', '0; 0.05; 0.12; 0.3');
  fireEvent.change(values, {target: {value: '0; 0'}});
  await panel.findByText('The value 0 stands more than once; give each once.', {}, patient);
  fireEvent.change(values, {target: {value: '0; much'}});
  await panel.findByText(/Values, between semicolons: “much”/, {}, patient);
  await user.click(panel.getByRole('button', {name: 'Study the trade-off'}));
  expect(host.callsOf('twin', 'tradeOff')).toEqual([]);
  fireEvent.change(values, {target: {value: '0; 0.2'}});
  await user.click(panel.getByRole('button', {name: 'Study the trade-off'}));
  await waitFor(() => expect(host.callsOf('twin', 'tradeOff')).toHaveLength(1), patient);
  expect(host.callsOf('twin', 'tradeOff')[0]).toEqual({
    designFolder: folder,
    settings: tradeOffSettingsSchema.parse({weight: 'efficiency', values: [0, 0.2]}),
  });
});

test('what the host refuses stands in the panel', async () => {
  const refusal = 'The design digits keeps no record of a training. Nothing was computed.';
  const {user, panel} = await openPanel([], {
    tradeOff: () => {
      throw new BenchError('file/invalid', refusal);
    },
  });
  await user.click(panel.getByRole('button', {name: 'Study the trade-off'}));
  await panel.findByText(refusal, {}, patient);
});

test('a study under way shows how far it is and is stopped', async () => {
  const {host, user, panel} = await openPanel([computation]);
  expect((await panel.findByRole('status', {}, patient)).textContent).toMatch(/step 75 of 150, 42 %, .*left/);
  await user.click(panel.getByRole('button', {name: 'Stop the study'}));
  await waitFor(() => expect(host.callsOf('computations', 'stop')).toEqual([{id: 'study'}]), patient);
});

test('a finished study shows a named point a value in each curve, and all figures in a table', async () => {
  const {panel} = await openPanel([
    {...computation, state: 'done', endedUtc: '2026-01-01T00:10:00Z', timeLeftS: null},
  ]);
  const row = await panel.findByRole('row', {name: /^0\.3/}, patient);
  expect(row.textContent).toBe('0.396.30.08558.553.400.29');
  expect(panel.getByRole('row', {name: /^before/}).textContent).toBe('before96.30.08557.992.870.29');
  expect(panel.getByRole('row', {name: /^0 /}).textContent).toBe('096.50.0855–2.870.29');
  const chart = panel.getByRole('img', {name: /^Accuracy against light in the regions/});
  expect(chart.getAttribute('aria-label')).toContain('0: 2.87, 96.5; 0.3: 3.4, 96.3; before: 2.87, 96.3.');
});
