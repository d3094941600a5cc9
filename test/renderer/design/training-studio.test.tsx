import {screen, waitFor} from '@testing-library/react';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Computation, TrainingEntry} from '../../../src/contract/api/index.ts';
import {BenchError} from '../../../src/contract/errors.ts';
import {presetSettings} from '../../../src/contract/training-presets.ts';
import {trainingSettingsSchema} from '../../../src/contract/training.ts';
import {DesignPage} from '../../../src/renderer/features/design/index.ts';
import {
  changeTrainingDraft,
  defaultTrainingDraft,
} from '../../../src/renderer/features/design/training-draft.ts';
import {feedOf, type Answers} from '../mock-host.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {plane} from '../window-fixtures.ts';

beforeEach(() => changeTrainingDraft(defaultTrainingDraft));
afterEach(closeWindow);

const head = {hostId: 'mock', lostCount: 0};
const running: Computation = {
  id: 'training-1',
  kind: 'train',
  title: 'training of my digits',
  state: 'running',
  text: 'epoch 2, loss 1.200',
  notes: [],
  noteCount: 0,
  progress: {done: 30, total: 100, unit: 'steps'},
  startedUtc: '2026-01-01T00:00:00Z',
  endedUtc: null,
  elapsedS: 10,
  timeLeftS: 120,
  problem: null,
};
const point = {
  epoch: 1,
  trainingLoss: 1.5,
  trainingAccuracy: 0.6,
  validationAccuracy: 0.7,
  efficiency: 0.02,
  meanMargin: 0.08,
  seconds: 9,
};
const entries: TrainingEntry[] = [
  {kind: 'place', gpu: 'Test GPU', text: 'computed on the GPU Test GPU, which a window offers'},
  {kind: 'report', step: 25, stepCount: 100, epoch: 1, loss: 1.5, accuracy: 0.6, meanMargin: 0.05},
  {kind: 'epoch', point, isBest: true},
  {kind: 'planes'},
];
const settings = trainingSettingsSchema.parse({});
const paused = {
  folder: '/data/designs/old',
  name: 'old digits',
  step: 50,
  curve: [point],
  settings,
  isDone: false,
  problem: '',
};

const answersWith = (computations: Computation[]): Answers => ({
  design: {
    list: () => [
      {folder: '/shipped', name: 'shipped', contentHash: '1', layerCount: 5, frequencyHz: 4e11, problem: ''},
    ],
  },
  computations: {
    status: feedOf({...head, last: 1, computations}),
    stop: () => ({hasStopped: true}),
  },
  twin: {
    train: () => ({id: 'training-1', folder: '/data/designs/my-digits'}),
    resume: ({folder}) => ({id: 'training-2', folder}),
    trainings: () => [paused],
    training: feedOf({
      ...head,
      last: 3,
      folder: '/data/designs/my-digits',
      settings,
      entries,
      planes: {step: 25, samples: [{label: '7', winner: '1', intensity: plane}]},
    }),
  },
});

const openStudio = async (computations: Computation[] = []) => {
  const opened = await openWindow(<DesignPage />, '/design', {answers: answersWith(computations)});
  await opened.user.click(await screen.findByRole('radio', {name: 'Train a network'}, patient));
  return opened;
};

test('a network is trained with what the form says, and what cannot be built is refused in words', async () => {
  const {host, user} = await openStudio();
  const start = await screen.findByRole('button', {name: 'Start training'}, patient);
  const region = screen.getByLabelText('Region');
  await user.clear(region);
  await user.type(region, '17');
  await screen.findByText(/The regions overlap: they are 17 mm wide/, {}, patient);
  expect(start.hasAttribute('disabled') || start.getAttribute('aria-disabled') === 'true').toBe(true);
  await user.clear(region);
  await user.type(region, '6');
  // This browser lends no GPU, so that there is nothing to choose.
  expect(screen.queryByRole('radio', {name: 'Processors of the host'})).toBeNull();
  await user.click(start);
  await waitFor(() => expect(host.callsOf('twin', 'train')).toHaveLength(1), patient);
  expect(host.callsOf('twin', 'train')[0]).toMatchObject({
    settings: {name: 'my digits', regionMm: 6, stopAfterEpochs: 5, data: null},
  });
});

test('plates can be trained as metal masks, whose pixels may not be smaller than half a wavelength', async () => {
  const {host, user} = await openStudio();
  const start = await screen.findByRole('button', {name: 'Start training'}, patient);
  await user.click(screen.getByRole('radio', {name: 'Opens or closes: mask'}));
  const pitch = screen.getByLabelText('Pitch');
  await user.clear(pitch);
  await user.type(pitch, '0.36');
  await screen.findByText(/The pitch of 0\.36 mm is below half a wavelength/, {}, patient);
  await user.clear(pitch);
  await user.type(pitch, '0.4');
  await user.click(start);
  await waitFor(() => expect(host.callsOf('twin', 'train')).toHaveLength(1), patient);
  expect(host.callsOf('twin', 'train')[0]).toMatchObject({settings: {neurons: 'amplitude', maskLevels: 2}});
});

test('thick plates are trained with their slices and the side that their reliefs stand to', async () => {
  const {host, user} = await openStudio();
  const start = await screen.findByRole('button', {name: 'Start training'}, patient);
  expect(screen.queryByLabelText('Slices of a relief')).toBeNull();
  await user.click(screen.getByRole('radio', {name: 'Thick: slice by slice'}));
  await user.click(screen.getByRole('radio', {name: 'Source'}));
  const slices = screen.getByLabelText('Slices of a relief');
  await user.clear(slices);
  await user.type(slices, '3');
  await user.click(start);
  await waitFor(() => expect(host.callsOf('twin', 'train')).toHaveLength(1), patient);

  expect(host.callsOf('twin', 'train')[0]).toMatchObject({
    settings: {plateOptics: {kind: 'thick', sliceCount: 3}, reliefFaces: 'source'},
  });

  // Masks alone are foils: there is no thickness to choose.
  await user.click(screen.getByRole('radio', {name: 'Opens or closes: mask'}));
  expect(screen.queryByRole('radio', {name: 'Thick: slice by slice'})).toBeNull();
  await user.click(start);
  await waitFor(() => expect(host.callsOf('twin', 'train')).toHaveLength(2), patient);
  expect(host.callsOf('twin', 'train')[1]).toMatchObject({settings: {plateOptics: {kind: 'thin'}}});
});

test('a form is filled in for a lens, and pictures are trained with what it says', async () => {
  const {host, user} = await openStudio();
  await user.click(await screen.findByRole('button', {name: 'Imaging lens'}, patient));
  expect(screen.queryByLabelText('Region')).toBeNull();
  expect(screen.queryByRole('radio', {name: 'Two regions each'})).toBeNull();
  const window = await screen.findByLabelText('Window of the image');
  await user.clear(window);
  await user.type(window, '95');
  await screen.findByText(/The window of 95 mm leaves the plane, which is 90 mm wide/, {}, patient);
  await user.clear(window);
  await user.type(window, '45');
  await user.click(screen.getByRole('button', {name: 'Start training'}));
  await waitFor(() => expect(host.callsOf('twin', 'train')).toHaveLength(1), patient);
  const lens = presetSettings('lens');
  expect(host.callsOf('twin', 'train')[0]).toEqual({
    settings: {...lens, imaging: {...lens.imaging, windowMm: 45}},
  });
});

test('plates are read at further frequencies, and begin as those of an earlier training', async () => {
  const {host, user} = await openStudio();
  const further = await screen.findByLabelText('Further frequencies, GHz', {}, patient);
  await user.type(further, '350; 40x');
  await screen.findByText(/^Further frequencies: /, {}, patient);
  await user.clear(further);
  await user.type(further, '350');
  await user.type(screen.getByLabelText(/^Print there/), '350:1.73:0.028');
  await user.click(screen.getByRole('radio', {name: 'Two frequencies'}));
  await user.click(screen.getByRole('button', {name: /Begin with/}));
  await user.click(await screen.findByRole('option', {name: 'Plates of old digits'}));
  await user.click(screen.getByRole('switch', {name: 'Advanced'}));
  const base = screen.getByLabelText('Base under the relief');
  await user.clear(base);
  await user.type(base, '0.28');
  await user.click(screen.getByRole('button', {name: 'Start training'}));
  await waitFor(() => expect(host.callsOf('twin', 'train')).toHaveLength(1), patient);
  expect(host.callsOf('twin', 'train')[0]).toMatchObject({
    settings: {
      furtherFrequenciesHz: [3.5e11],
      dispersion: [{frequencyHz: 3.5e11, refractiveIndex: 1.73, extinction: 0.028}],
      detection: 'spectral',
      startFrom: paused.folder,
      baseMm: 0.28,
    },
  });
});

test('plates and a dense network behind the regions are trained together', async () => {
  const {host, user} = await openStudio();
  await user.click(await screen.findByRole('radio', {name: 'Dense network'}, patient));
  const hidden = screen.getByLabelText('Units of hidden layers');
  await user.clear(hidden);
  await user.type(hidden, '32, many');
  await screen.findByText(/^Units of hidden layers: /, {}, patient);
  await user.clear(hidden);
  await user.type(hidden, '32, 16');
  // A design that keeps no checkpoint.
  await user.click(screen.getByRole('button', {name: /Begin with/}));
  await user.click(await screen.findByRole('option', {name: 'Plates of shipped'}));
  await user.click(screen.getByRole('switch', {name: 'Advanced'}));
  expect(screen.queryByLabelText('Weight of the mean margin')).toBeNull();
  await user.click(screen.getByRole('button', {name: 'Start training'}));
  await waitFor(() => expect(host.callsOf('twin', 'train')).toHaveLength(1), patient);
  expect(host.callsOf('twin', 'train')[0]).toMatchObject({
    settings: {
      detection: 'dense',
      startFrom: '/shipped',
      readOut: {hiddenCounts: [32, 16], regionsPerClass: 2, learningRate: 0.001},
    },
  });
});

test('what the host refuses stands in the form until something is changed, and files are asked for by name', async () => {
  const refusal = '/data/designs/my-digits holds a design without the checkpoint of a training.';
  const answers = answersWith([]);
  const {user} = await openWindow(<DesignPage />, '/design', {
    answers: {
      ...answers,
      twin: {
        ...answers.twin,
        train: () => {
          throw new BenchError('file/invalid', refusal);
        },
      },
    },
  });
  await user.click(await screen.findByRole('radio', {name: 'Train a network'}, patient));
  await user.click(await screen.findByRole('button', {name: 'Start training'}, patient));
  await screen.findByText(refusal, {}, patient);
  await user.type(screen.getByLabelText('Name'), ' 2');
  expect(screen.queryByText(refusal)).toBeNull();
  await user.click(screen.getByRole('radio', {name: 'IDX files'}));
  await screen.findByText('Images: name the IDX file, with its whole path.', {}, patient);
  expect(screen.getByText('Labels: name the IDX file, with its whole path.')).toBeTruthy();
});

test('a training under way is followed with planes and time left, and paused', async () => {
  const {host, user} = await openStudio([running]);
  await screen.findByText('7 reads as 1', {}, patient);
  screen.getByText('Place: computed on the GPU Test GPU, which a window offers');
  expect(screen.getByText(/about 2 min.* left/)).toBeTruthy();
  expect(screen.queryByRole('button', {name: 'Go on'})).toBeNull();
  await user.click(screen.getByRole('button', {name: 'Pause'}));
  await waitFor(() => expect(host.callsOf('computations', 'stop')).toEqual([{id: 'training-1'}]), patient);
});

test('a training that was paused is gone on with', async () => {
  const {host, user} = await openStudio();
  await screen.findByText('old digits: 1 of 25 epochs done', {}, patient);
  await user.click(screen.getByRole('button', {name: 'Go on'}));
  await waitFor(() => expect(host.callsOf('twin', 'resume')).toEqual([{folder: paused.folder}]), patient);
});
