import {screen, waitFor, within} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {afterEach, expect, test} from 'vitest';
import type {MapPreview} from '../../../src/contract/api/index.ts';
import {DesignPage} from '../../../src/renderer/features/design/index.ts';
import type {Answers} from '../mock-host.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {plane} from '../window-fixtures.ts';

afterEach(closeWindow);

const histogram = {edges: [0, 1], counts: [4]};
const looked: MapPreview = {
  arrays: [
    {
      file: 'one.npy',
      name: '',
      shape: [2, 2],
      dtype: '<f4',
      min: 0,
      max: 6.25,
      mean: 3,
      missingCount: 1,
      infiniteCount: 0,
      histogram,
    },
  ],
  notes: [],
  plates: [],
  problem: '',
  warnings: [],
};
const previewed: MapPreview = {
  ...looked,
  plates: [
    {
      plate: 1,
      from: 'one.npy',
      heightMm: plane,
      minMm: 0,
      maxMm: 1.031,
      meanMm: 0.5,
      histogram,
      firstNumberAt: 'bottom right',
      firstRowEndsAt: 'bottom left',
      heightCount: 16,
      printedHeightCount: 16,
      rounding: {rmsMm: 0.008, rmsRad: 0.05, largestMm: 0.01, meanMm: 0},
      missingCount: 0,
      neurons: 'phase',
      mask: null,
    },
  ],
  warnings: ['Plate 1 has steps lower than a slice.'],
};

const template = {
  folder: '/designs/digits',
  name: 'digits',
  contentHash: `sha256:${'a'.repeat(64)}`,
  layerCount: 1,
  frequencyHz: 4e11,
  problem: '',
};

/** The page with the dialog open, on a host whose maps are these. */
async function openDialog(design: Answers['design']) {
  const {host} = await openWindow(<DesignPage />, '/design', {
    answers: {design: {list: () => [template], ...design}},
  });
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', {name: 'Import maps'}, patient));
  const dialog = within(await screen.findByRole('dialog', {}, patient));
  const choose = async (label: RegExp, option: RegExp): Promise<void> => {
    await user.click(dialog.getByRole('button', {name: label}));
    await user.click(await screen.findByRole('option', {name: option}, patient));
  };
  return {host, user, dialog, choose};
}

test('maps are imported after every question is answered and the plates were looked at', async () => {
  const {host, user, dialog, choose} = await openDialog({
    previewMaps: ({design}) => (design ? previewed : looked),
    importMaps: () => ({
      folder: '/data/designs/mine',
      name: 'mine',
      contentHash: `sha256:${'b'.repeat(64)}`,
      plateCount: 1,
      warnings: [],
    }),
  });
  const isOff = (name: string): boolean =>
    dialog.getByRole('button', {name}).getAttribute('aria-disabled') === 'true';
  expect(isOff('Import')).toBe(true);
  await user.type(dialog.getByRole('textbox', {name: /^Files/}), '/maps/one.npy');
  await user.click(dialog.getByRole('button', {name: 'Look at the files'}));
  await dialog.findByText(/one\.npy: 2 × 2.*1 missing/, {}, patient);
  expect(host.callsOf('design', 'previewMaps')).toEqual([{sources: [{path: '/maps/one.npy'}]}]);

  await choose(/The numbers are/, /Phases/);
  await choose(/^Unit|Unit$/, /^rad/);
  await choose(/A larger phase/, /^advances/);
  await choose(/First row of the file/, /bottom/);
  await choose(/As it is seen from/, /source/);
  await choose(/Geometry, light/, /digits/);
  await user.type(dialog.getByRole('textbox', {name: /Pitch of the file/}), '0.4');
  await user.type(dialog.getByRole('textbox', {name: 'Name of the new design'}), 'mine');
  expect(isOff('Import')).toBe(true);
  await user.click(dialog.getByRole('button', {name: 'Look at the plates'}));
  await dialog.findByText(/first number of the file is at the bottom right/, {}, patient);
  expect(
    dialog.getByText(/Relief 0.000 to 1.031 mm.*16 heights; whole slices cost 0.050 rad RMS/),
  ).toBeTruthy();
  expect(dialog.getByText('Plate 1 has steps lower than a slice.')).toBeTruthy();

  await user.click(dialog.getByRole('button', {name: 'Import'}));
  await waitFor(() => expect(host.callsOf('design', 'importMaps')).toHaveLength(1), patient);
  expect(host.callsOf('design', 'importMaps')).toMatchObject([
    {
      name: 'mine',
      design: {
        sources: [{path: '/maps/one.npy'}],
        answers: {
          quantity: {kind: 'phase', unit: 'rad', sign: 'advances', wrap: false},
          orientation: {firstRow: 'bottom', seenFrom: 'source', mirrored: false, quarterTurns: 0},
          pitchMm: 0.4,
          fit: 'exact',
        },
        geometry: {kind: 'like', folder: '/designs/digits'},
        levels: null,
      },
    },
  ]);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), patient);
});

test('masks of complex neurons are asked for beside phases, and shown before they are imported', async () => {
  const mask = {
    from: 'net.npz: layers.0.amplitude',
    transmission: plane,
    min: 0,
    max: 1,
    mean: 0.5,
    passedRatio: 0.5,
    histogram,
    levels: 2,
  };
  const [plate] = previewed.plates;
  const {host, user, dialog, choose} = await openDialog({
    previewMaps: ({design}) =>
      design ? {...previewed, plates: [{...plate, neurons: 'complex', mask}]} : looked,
  });
  await user.type(dialog.getByRole('textbox', {name: /^Files \(/}), '/maps/net.npz');
  await user.type(dialog.getByRole('textbox', {name: /^Arrays of the file/}), 'layers.*.phase');
  await choose(/The numbers are/, /Heights/);
  await choose(/^Unit|Unit$/, /^mm/);
  await choose(/First row of the file/, /top/);
  await choose(/As it is seen from/, /detector/);
  await choose(/Geometry, light/, /digits/);
  await user.type(dialog.getByRole('textbox', {name: /Pitch of the file/}), '0.4');
  await user.click(dialog.getByRole('checkbox', {name: /Plates have masks, too/}));
  // The masks' questions are open, so only the files can be looked at.
  expect(dialog.getByRole('button', {name: 'Look at the files'})).toBeTruthy();
  await user.type(dialog.getByRole('textbox', {name: /^Arrays of the masks/}), 'layers.*.amplitude');
  await choose(/The masks’ numbers are/, /of the power/);
  await user.type(dialog.getByRole('textbox', {name: /^Plates that have masks/}), '1');
  await user.click(dialog.getByRole('button', {name: 'Look at the plates'}));
  await dialog.findByText(
    /Mask of net\.npz: layers\.0\.amplitude: amplitude transmission 0\.000 to 1\.000, open or closed; 50\.0 %/,
    {},
    patient,
  );
  expect(host.callsOf('design', 'previewMaps')).toMatchObject([
    {
      sources: [{path: '/maps/net.npz', arrays: ['layers.*.phase']}],
      design: {
        masks: {
          sources: [{path: '/maps/net.npz', arrays: ['layers.*.amplitude']}],
          quantity: {kind: 'intensity'},
          plates: [1],
        },
        maskLevels: null,
      },
    },
  ]);
});

test('what stands in the way of an import is said beside the files, and nothing can be imported', async () => {
  const problem = 'The map one.npy cannot be used: it has 2 x 2 samples and the plates have 200 x 200.';
  const {user, dialog} = await openDialog({previewMaps: () => ({...looked, problem})});
  await user.type(dialog.getByRole('textbox', {name: /^Files/}), '/maps/one.npy');
  await user.click(dialog.getByRole('button', {name: 'Look at the files'}));
  await dialog.findByText(problem, {}, patient);
  expect(dialog.getByRole('button', {name: 'Import'}).getAttribute('aria-disabled')).toBe('true');
});
