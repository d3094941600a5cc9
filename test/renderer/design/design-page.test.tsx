import {screen, waitFor} from '@testing-library/react';
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
