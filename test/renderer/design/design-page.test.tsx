import {screen, waitFor} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {afterEach, expect, test} from 'vitest';
import designFile from '../../../designs/digits/design.json' with {type: 'json'};
import {designSchema} from '../../../src/contract/design-file.ts';
import {DesignPage} from '../../../src/renderer/features/design/index.ts';
import type {Answers} from '../mock-host.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {plane} from '../window-fixtures.ts';

afterEach(closeWindow);

test('a folder whose design cannot be read is named with its problem', async () => {
  const broken = {
    folder: '/data/designs/broken',
    name: '',
    contentHash: '',
    layerCount: 0,
    frequencyHz: 0,
    problem: 'The height map of plate 2 is not the one that design.json names.',
  };
  await openWindow(<DesignPage />, '/design', {answers: {design: {list: () => [broken]}}});
  await screen.findByText(`${broken.folder}: ${broken.problem}`, {}, patient);
  expect(screen.getByText('No design at hand')).toBeTruthy();
});

const file = designSchema.parse(designFile);
const folder = '/designs/digits';
const digit = {
  id: 'mnist:7:9042',
  label: '7',
  sample: 'digit 7',
  picture: new Uint8Array(28 * 28),
  predicted: null,
};

const answers: Answers = {
  design: {
    list: () => [
      {
        folder,
        name: file.name,
        contentHash: file.contentHash,
        layerCount: file.layers.length,
        frequencyHz: file.frequencyHz,
        problem: '',
      },
    ],
    get: () => ({folder, file, wavelengthMm: 0.75, training: null}),
    plate: () => ({
      heightMm: plane,
      phaseRad: plane,
      minMm: 1,
      maxMm: 4,
      meanMm: 2.5,
      histogram: {edgesMm: [1, 2.5, 4], counts: [2, 2]},
    }),
    fields: ({zMm}) => ({
      label: digit.label,
      sample: digit.sample,
      planes: zMm.map((one) => ({zMm: one, intensity: plane, phaseRad: plane, powerRatio: 1})),
      shares: file.detector.regions.map(() => 1 / file.detector.regions.length),
      winner: '7',
      mask: {count: 0, pitchMm: 1, amplitude: new Float32Array()},
    }),
  },
  campaign: {digits: ({label}) => ({total: 1, digits: label === '7' ? [digit] : []})},
};

test('the first digit of a design is predicted by itself, at the detector and all along the beam', async () => {
  const {host} = await openWindow(<DesignPage />, '/design', {answers});
  await screen.findByText(folder, {}, patient);
  await waitFor(() => expect(host.callsOf('design', 'fields')).toHaveLength(2), patient);
  expect(host.callsOf('design', 'fields')).toMatchObject([
    {folder, digitId: digit.id},
    {folder, digitId: digit.id},
  ]);
  await waitFor(
    () => expect(screen.getByRole('button', {name: 'Play along z'}).hasAttribute('disabled')).toBe(false),
    patient,
  );
});

test('an export for printing is followed to its end and says where its files are and what rounding costs', async () => {
  const ended = {
    id: 'export-1',
    kind: 'export-plates' as const,
    title: 'plates of digits for the workshop',
    state: 'done' as const,
    text: 'Done.',
    notes: [],
    noteCount: 0,
    progress: {done: 4, total: 5, unit: 'parts'},
    startedUtc: '2026-11-30T00:00:00.000Z',
    endedUtc: '2026-11-30T00:00:09.000Z',
    elapsedS: 9,
    timeLeftS: null,
    problem: null,
  };
  const rounding = {rmsMm: 0.008, rmsRad: 0.05, largestMm: 0.014, meanMm: 0};
  const {host} = await openWindow(<DesignPage />, '/design', {
    answers: {
      ...answers,
      design: {...answers.design, exportPlates: () => ({id: ended.id, folder: '/data/prints/digits'})},
      computations: {
        status: () => ({hostId: 'h', last: 1, lostCount: 0, computations: [ended]}),
        result: () => ({
          kind: 'export-plates',
          folder: '/data/prints/digits',
          files: [{name: 'plate-1.stl', bytes: 16_000_000}],
          plates: [{plate: 1, rounding, volumeMm3: 12_600, massG: 14.9, triangleCount: 320_000}],
          warnings: ['Plate 1 has steps lower than a slice.'],
        }),
      },
    },
  });
  await screen.findByText(folder, {}, patient);
  const user = userEvent.setup();
  await user.click(screen.getByRole('button', {name: 'Export for printing'}));
  await user.click(await screen.findByRole('checkbox', {name: /^DXF/}, patient));
  await user.click(screen.getByRole('button', {name: 'Export'}));
  await screen.findByText(/0\.050 rad RMS; the plates weigh 14\.9 g/, {}, patient);
  expect(screen.getByText('/data/prints/digits')).toBeTruthy();
  expect(screen.getByText('Plate 1 has steps lower than a slice.')).toBeTruthy();
  expect(host.callsOf('design', 'exportPlates')).toMatchObject([
    {folder, formats: ['stl', '3mf', 'svg', 'sheet'], printer: {sliceMm: 0.028, lateralDpi: 600}},
  ]);
});
