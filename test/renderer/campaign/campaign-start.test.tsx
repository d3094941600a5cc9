import {screen} from '@testing-library/react';
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
