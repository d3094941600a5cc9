import {screen, waitFor, within} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import {MountCorrection} from '../../../../src/renderer/features/align/correct/MountCorrection.tsx';
import type {CorrectionPlanView} from '../../../../src/contract/api/index.ts';
import type {Answers} from '../../mock-host.ts';
import {closeWindow, openWindow, patient} from '../../open-window.tsx';

afterEach(closeWindow);

const plan: CorrectionPlanView = {
  moves: [
    {
      plate: 2,
      axes: [{axis: 'dxMm', from: -0.25, to: 0.125, sigma: 0.01, maxCorrection: 5, limits: [-6, 6]}],
      seconds: 4,
    },
  ],
  leftOut: [],
  manualSteps: [],
  refusal: '',
  problem: null,
  isDoubtOnly: false,
  seconds: 4,
};

const openCorrection = (shown: CorrectionPlanView) => {
  const answers: Answers = {
    correction: {list: () => ({corrections: []}), plan: () => shown, apply: () => ({id: 'job-2'})},
    align: {corrections: () => ({viewpoint: '', text: '', basis: '', isByDesign: true, items: []})},
  };
  const mount = {plates: [], utc: '2026-01-01T00:00:00Z'};
  return openWindow(<MountCorrection uid="alignment-1" />, '/align', {answers, status: {mount}});
};

test('the mounts move by what was shown and agreed to, and not before', async () => {
  const {host, user} = await openCorrection(plan);
  await user.click(await screen.findByRole('button', {name: 'Move mounts ...'}, patient));
  const dialog = within(await screen.findByRole('dialog', {}, patient));
  expect(await dialog.findByText('\u22120.2500', {}, patient)).toBeTruthy();
  expect(host.callsOf('correction', 'apply')).toEqual([]);
  await waitFor(
    () =>
      expect(dialog.getByRole('button', {name: 'Move 1 plate'}).getAttribute('aria-disabled')).not.toBe(
        'true',
      ),
    patient,
  );
  await user.click(dialog.getByRole('button', {name: 'Move 1 plate'}));
  await waitFor(
    () =>
      expect(host.callsOf('correction', 'apply')).toMatchObject([
        {alignmentUid: 'alignment-1', allowDoubtful: false, shown: plan.moves},
      ]),
    patient,
  );
});

test('a correction that is refused says why and cannot be made', async () => {
  const refusal = 'Plate 2 would be moved by more than 5 mm.';
  const {host, user} = await openCorrection({...plan, refusal});
  await user.click(await screen.findByRole('button', {name: 'Move mounts ...'}, patient));
  const dialog = within(await screen.findByRole('dialog', {}, patient));
  expect(await dialog.findByText(refusal, {}, patient)).toBeTruthy();
  await user.click(dialog.getByRole('button', {name: 'Move 1 plate'}));
  expect(host.callsOf('correction', 'apply')).toEqual([]);
});
