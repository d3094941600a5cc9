import {screen, waitFor, within} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import type {SessionSummary} from '../../../src/contract/api/index.ts';
import {ImportHeights} from '../../../src/renderer/features/design/ImportHeights.tsx';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {plane} from '../window-fixtures.ts';

afterEach(closeWindow);

const designHash = `sha256:${'a'.repeat(64)}`;
const session: SessionSummary = {
  uid: 'session-7',
  title: 'digits of Monday',
  operator: 'Ada',
  benchName: 'bench 2',
  designHash,
  designName: 'digits',
  kind: 'campaign',
  createdAt: '2026-11-02T10:30:00Z',
  closedAt: null,
  runCount: 1,
  pointCount: 10,
  noteCount: 0,
  tags: [],
  isArchived: false,
  damage: '',
};
const found = {
  plate: 2,
  errorMm: plane,
  rmsMm: 0.0123,
  largestMm: 0.05,
  meanMm: -0.002,
  correlation: 0.987,
  missingCount: 3,
};

test('measured heights of a plate are looked at beside its design, then kept with what was said of them', async () => {
  const {host, user} = await openWindow(<ImportHeights designHash={designHash} plateCount={5} />, '/design', {
    answers: {
      sessions: {
        search: () => ({
          sessions: [session],
          facets: {operators: [], designs: [], tags: [], labels: []},
        }),
      },
      design: {previewHeights: () => found, importHeights: () => ({...found, uid: 'calibration-1'})},
    },
  });
  await user.click(await screen.findByRole('button', {name: 'Measured heights'}, patient));
  const dialog = within(await screen.findByRole('dialog', {}, patient));
  const choose = async (label: RegExp, option: RegExp): Promise<void> => {
    await user.click(dialog.getByRole('button', {name: label}));
    await user.click(await screen.findByRole('option', {name: option}, patient));
  };
  const isOff = (name: string): boolean =>
    dialog.getByRole('button', {name}).getAttribute('aria-disabled') === 'true';
  expect(isOff('Look at the plate')).toBe(true);
  await choose(/session of the bench/, /2026-11-02 10:30, bench 2: digits of Monday/);
  await choose(/^Plate|Plate$/, /Plate 2/);
  await user.type(dialog.getByRole('textbox', {name: 'File (whole path)'}), '/maps/plate-2.npy');
  await choose(/^Unit|Unit$/, /µm/);
  await choose(/First row of the file/, /top/);
  await choose(/As it is seen from/, /detector/);
  await user.type(dialog.getByRole('textbox', {name: /Pitch of the file/}), '0.1');
  await user.click(dialog.getByRole('checkbox', {name: /mean difference/}));
  expect(isOff('Keep')).toBe(true);
  await user.click(dialog.getByRole('button', {name: 'Look at the plate'}));
  await dialog.findByText(/0\.0123 mm RMS, 0\.0500 mm at most, .0\.0020 mm in the mean/, {}, patient);
  expect(dialog.getByText(/correlates with the designed one by 0\.987/)).toBeTruthy();
  expect(dialog.getByText(/3 samples were not measured/)).toBeTruthy();

  await user.click(dialog.getByRole('button', {name: 'Keep'}));
  await waitFor(() => expect(host.callsOf('design', 'importHeights')).toHaveLength(1), patient);
  expect(host.callsOf('design', 'importHeights')).toMatchObject([
    {
      sessionUid: 'session-7',
      plate: 2,
      source: {path: '/maps/plate-2.npy'},
      answers: {quantity: {kind: 'height', unit: 'um'}, pitchMm: 0.1},
      placement: {dxMm: 0, dyMm: 0, rotationDeg: 0},
      missing: 'refuse',
      isLevelled: true,
    },
  ]);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), patient);
});
