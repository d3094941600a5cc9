import {screen, waitFor} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import type {CampaignRest, CampaignState} from '../../../src/contract/api/index.ts';
import {CampaignOnward} from '../../../src/renderer/features/campaign/ResumeCampaign.tsx';
import {closeWindow, openWindow, patient} from '../open-window.tsx';

afterEach(closeWindow);

const item = {
  index: 0,
  label: '7',
  sample: 'digit 7',
  picture: new Uint8Array(784),
  state: 'failed',
  runUid: 'run-1',
  earlierRunUids: [],
  isExcluded: false,
  excludedBecause: '',
} as const;
const state: CampaignState = {
  sessionUid: 'session-1',
  title: 'a campaign',
  isLive: false,
  items: [{...item, earlierRunUids: []}],
  result: null,
  alignmentText: '',
  version: 1,
};
const rest: CampaignRest = {
  isAllowed: true,
  refusal: '',
  refusalCode: '',
  doneCount: 3,
  left: [0],
  cut: {index: 0, runUid: 'run-1', scanId: 9, anewBecause: '', storedCount: 61, pointsLeft: 83},
  points: 200,
  seconds: 300,
};

test('a campaign that was cut off says what is left, and goes on as is chosen', async () => {
  const {host, user} = await openWindow(<CampaignOnward state={state} />, '/campaign', {
    answers: {campaign: {resumePlan: () => rest, resume: () => ({id: 'job'}), again: () => ({id: 'job'})}},
  });
  await user.click(await screen.findByRole('button', {name: 'Resume'}, patient));
  expect(
    await screen.findByText(/digit 7 was cut off in run 9: 61 of its points are stored/, {}, patient),
  ).toBeTruthy();
  await user.click(screen.getByRole('radio', {name: 'Measured anew'}));
  const press = screen.getByRole('button', {name: 'Go on with the campaign'});
  await waitFor(() => expect(press.hasAttribute('disabled')).toBe(false), patient);
  await user.click(press);
  await waitFor(() => expect(host.callsOf('campaign', 'resume')).toHaveLength(1), patient);
  expect(host.callsOf('campaign', 'resume')[0]).toMatchObject({sessionUid: 'session-1', digit: 'anew'});
});
