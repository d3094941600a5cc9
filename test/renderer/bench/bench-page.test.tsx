import {screen, waitFor} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import {BenchPage} from '../../../src/renderer/features/bench/index.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {lostStage, stage} from '../window-fixtures.ts';

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

const moving = {
  status: {instruments: [{...lostStage.status, light: 'ready' as const, label: 'idle', problem: ''}], stage},
  settings: {choices: {'bench.jogMode': 'step', 'bench.jogStepMm': '10'}},
  answers: {
    instruments: {list: () => [lostStage.declared], read: () => ({values: {}, utc: '2026-01-01T00:00:00Z'})},
    stage: {step: () => ({positionMm: {x: 10, y: 0}}), home: () => ({positionMm: {x: 0, y: 0}})},
  },
};

test('the stage moves by hand only once that is armed', async () => {
  const {host, user} = await openWindow(<BenchPage />, '/bench', moving);
  const right = await screen.findByRole('button', {name: 'Move +x'}, patient);
  await user.click(right);
  expect(host.callsOf('stage', 'step')).toEqual([]);
  await user.click(screen.getByRole('switch', {name: 'Armed'}));
  await user.click(right);
  await waitFor(() => expect(host.callsOf('stage', 'step')).toEqual([{axis: 'x', distanceMm: 10}]), patient);
});

test('homing is asked for twice before the stage drives to its switches', async () => {
  const {host, user} = await openWindow(<BenchPage />, '/bench', moving);
  await user.click(await screen.findByRole('button', {name: 'Home ...'}, patient));
  expect(host.callsOf('stage', 'home')).toEqual([]);
  await user.click(await screen.findByRole('button', {name: 'Start homing'}, patient));
  await waitFor(() => expect(host.callsOf('stage', 'home')).toHaveLength(1), patient);
});
