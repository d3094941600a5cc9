import {screen, waitFor} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import {CampaignPage} from '../../../src/renderer/features/campaign/index.ts';
import type {Answers} from '../mock-host.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';

afterEach(closeWindow);

const planned = {isAllowed: true, refusal: '', points: 1681, seconds: 600, digits: []};

const answersWith = (plan: typeof planned): Answers => ({
  campaign: {
    digits: () => ({total: 0, digits: []}),
    plan: () => plan,
    start: () => ({id: 'job-3'}),
  },
  design: {list: () => []},
  sessions: {search: () => ({sessions: [], facets: {operators: [], designs: [], tags: [], labels: []}})},
});

test('a campaign starts as the host has planned it, when its button is pressed', async () => {
  const {host, user} = await openWindow(<CampaignPage />, '/campaign', {
    answers: answersWith(planned),
    settings: {operator: 'Ada'},
  });
  await screen.findByText(/1,681 points, about 10 min/, {}, patient);
  await waitFor(
    () =>
      expect(screen.getByRole('button', {name: 'Start campaign'}).getAttribute('aria-disabled')).not.toBe(
        'true',
      ),
    patient,
  );
  expect(host.callsOf('campaign', 'start')).toEqual([]);
  await user.click(screen.getByRole('button', {name: 'Start campaign'}));
  await waitFor(
    () => expect(host.callsOf('campaign', 'start')).toEqual(host.callsOf('campaign', 'plan').slice(-1)),
    patient,
  );
});

test('a campaign that the host refuses cannot be started, and the reason is shown', async () => {
  const refusal = 'The stage has not been homed.';
  const {host, user} = await openWindow(<CampaignPage />, '/campaign', {
    answers: answersWith({...planned, isAllowed: false, refusal}),
    settings: {operator: 'Ada'},
  });
  await screen.findByText(refusal, {}, patient);
  await user.click(screen.getByRole('button', {name: 'Start campaign'}));
  expect(host.callsOf('campaign', 'start')).toEqual([]);
});
