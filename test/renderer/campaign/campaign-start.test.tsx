import {fireEvent, screen, waitFor} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import {CampaignPage} from '../../../src/renderer/features/campaign/index.ts';
import type {ApiInputs} from '../../../src/contract/api/index.ts';
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

test('an allowed campaign starts by its button, as the host has planned it', async () => {
  const started = Promise.withResolvers<ApiInputs['campaign']['start']>();
  const {campaign, ...answers} = answersWith(planned);
  const {host} = await openWindow(<CampaignPage />, '/campaign', {
    answers: {
      ...answers,
      campaign: {
        ...campaign,
        start: (input) => {
          started.resolve(input);
          return {id: 'job-3'};
        },
      },
    },
    settings: {operator: 'Ada'},
  });
  const button = await screen.findByRole('button', {name: 'Start campaign'}, patient);
  await waitFor(() => expect(button.getAttribute('aria-disabled')).not.toBe('true'), patient);
  expect(host.callsOf('campaign', 'start')).toEqual([]);
  const asked = host.callsOf('campaign', 'plan').at(-1);
  // One event, not the steps of a pointer with pauses between them, in which a busy machine draws the button anew.
  fireEvent.click(button);
  expect(await started.promise).toEqual(asked);
  expect(host.callsOf('campaign', 'start')).toHaveLength(1);
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
