import {screen, waitFor} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import type {QueueState} from '../../../src/contract/api/index.ts';
import {queueItemSchema} from '../../../src/contract/queue.ts';
import {QueuePage} from '../../../src/renderer/features/queue/index.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';

afterEach(closeWindow);

const itemOf = (title: string, state: string) =>
  queueItemSchema.parse({
    id: title,
    title,
    job: {kind: 'scan', request: {plan: {plan: 'point', xMm: 0, yMm: 0}}},
    state,
    reason: state === 'failed' ? 'a plug was pulled' : '',
    goesOnAfterFailure: false,
    seconds: 60,
    addedUtc: '2026-11-30T20:00:00.000Z',
    startedUtc: null,
    endedUtc: null,
    sessionUid: null,
  });
const queue: QueueState = {
  items: [itemOf('first', 'failed'), itemOf('second', 'waiting'), itemOf('third', 'waiting')],
  isPaused: true,
  pausedBecause: '"first" failed: a plug was pulled',
  secondsLeft: 120,
  version: 3,
};

test('the queue shows what waits, for how long and why it is paused; order and going on are one press', async () => {
  const {host, user} = await openWindow(<QueuePage />, '/queue', {
    answers: {
      queue: {
        state: () => queue,
        move: () => ({}),
        resume: () => ({}),
        remove: () => ({}),
        setGoesOn: () => ({}),
      },
    },
  });
  expect((await screen.findAllByText(/Paused: "first" failed/, {}, patient)).length).toBeGreaterThan(0);
  expect(screen.getByText(/2 items wait; about 2 min/)).toBeTruthy();
  await user.click(screen.getByRole('button', {name: 'third: earlier'}));
  await waitFor(() => expect(host.callsOf('queue', 'move')).toEqual([{id: 'third', place: 0}]), patient);
  await user.click(screen.getByRole('button', {name: 'Go on'}));
  await waitFor(() => expect(host.callsOf('queue', 'resume')).toHaveLength(1), patient);
  await user.click(screen.getByRole('button', {name: 'Take first out'}));
  await waitFor(() => expect(host.callsOf('queue', 'remove')).toEqual([{id: 'first'}]), patient);
});
