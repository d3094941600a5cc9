import {screen, waitFor} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import {BenchPage} from '../../../src/renderer/features/bench/index.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {lostStage} from '../window-fixtures.ts';

afterEach(closeWindow);

const options = {
  status: {instruments: [lostStage.status]},
  answers: {instruments: {list: () => [lostStage.declared], connect: () => ({})}},
};

test('an instrument that does not answer shows why, and is connected again at a press', async () => {
  const {host, user} = await openWindow(<BenchPage />, '/bench', options);
  await screen.findByText(lostStage.status.problem, {}, patient);
  await user.click(screen.getByRole('button', {name: 'Connect'}));
  await waitFor(() => expect(host.callsOf('instruments', 'connect')).toEqual([{role: 'stage'}]), patient);
});

test('what the bench says later is shown without asking for it', async () => {
  const {host} = await openWindow(<BenchPage />, '/bench', options);
  await screen.findByText(lostStage.status.problem, {}, patient);
  host.changeStatus({instruments: [{...lostStage.status, light: 'ready', label: 'idle', problem: ''}]});
  await screen.findByRole('button', {name: 'Disconnect'}, patient);
  expect(screen.queryByText(lostStage.status.problem)).toBeNull();
});
