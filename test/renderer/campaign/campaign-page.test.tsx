import {screen, waitFor, within} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import {CampaignPage} from '../../../src/renderer/features/campaign/index.ts';
import {type Answers, feedOf} from '../mock-host.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {plane, run, session} from '../window-fixtures.ts';

afterEach(closeWindow);

const state = {
  sessionUid: session.uid,
  title: session.title,
  isLive: false,
  items: [
    {
      index: 0,
      label: '7',
      sample: 'digit 7',
      picture: new Uint8Array(28 * 28),
      state: 'done' as const,
      runUid: run.uid,
      earlierRunUids: [],
      isExcluded: false,
      excludedBecause: '',
    },
  ],
  result: null,
  alignmentText: '',
  version: 1,
  last: 1,
};

const answers: Answers = {
  campaign: {
    state: feedOf(state),
    planes: () => ({
      runUid: run.uid,
      label: '7',
      sample: 'digit 7',
      mask: {count: 0, pitchMm: 1, amplitude: new Float32Array()},
      measured: plane,
      nominal: null,
      registered: null,
      aligned: null,
      frame: {dxMm: 0, dyMm: 0, rotationDeg: 0},
      regions: [],
    }),
    exclude: () => ({}),
  },
};

test('a digit is left out of the evaluation with its reason, and not without one', async () => {
  const {host, user} = await openWindow(<CampaignPage />, `/campaign?session=${session.uid}`, {answers});
  await user.click(await screen.findByRole('button', {name: 'Exclude'}, patient));
  const dialog = within(await screen.findByRole('dialog', {}, patient));
  await user.click(dialog.getByRole('button', {name: 'Exclude digit'}));
  expect(host.callsOf('campaign', 'exclude')).toEqual([]);
  await user.type(dialog.getByLabelText('Reason'), 'mask slipped');
  await user.click(dialog.getByRole('button', {name: 'Exclude digit'}));
  await waitFor(
    () =>
      expect(host.callsOf('campaign', 'exclude')).toEqual([
        {sessionUid: session.uid, index: 0, isExcluded: true, reason: 'mask slipped'},
      ]),
    patient,
  );
});
