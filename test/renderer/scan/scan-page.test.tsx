import {screen, waitFor} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import type {DryRunResult} from '../../../src/contract/api/index.ts';
import {ScanPage} from '../../../src/renderer/features/scan/index.ts';
import type {Answers} from '../mock-host.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';

afterEach(closeWindow);

const walked: DryRunResult = {
  isAllowed: true,
  refusal: '',
  refusalCode: '',
  points: 4,
  pathLengthMm: 8,
  seconds: 10,
  limitsMm: {x: [-50, 50], y: [-50, 50]},
  extentMm: {x: [-1, 1], y: [-1, 1]},
  pathMm: Float32Array.of(-1, -1, 1, -1, 1, 1, -1, 1),
  violations: [],
  violationCount: 0,
  refusedMm: new Float32Array(),
  notes: [],
};

const answersWith = (dryRun: DryRunResult): Answers => ({
  scan: {dryRun: () => dryRun, start: () => ({id: 'job-1'})},
  runs: {search: () => []},
  sessions: {
    search: () => ({sessions: [], facets: {operators: [], designs: [], tags: [], labels: []}}),
  },
});

const isOff = (button: HTMLElement): boolean =>
  button.hasAttribute('disabled') || button.getAttribute('aria-disabled') === 'true';

test('a plan that the host refuses says why, and cannot be started', async () => {
  const refusal = 'The scan leaves the limits of axis x at 61 mm. Nothing has moved.';
  const {host, user} = await openWindow(<ScanPage />, '/scan', {
    answers: answersWith({...walked, isAllowed: false, refusal, refusalCode: 'plan/limits'}),
  });
  expect((await screen.findAllByText(refusal, {}, patient)).length).toBeGreaterThan(0);
  const start = screen.getByRole('button', {name: 'Start scan'});
  expect(isOff(start)).toBe(true);
  await user.click(start);
  expect(host.callsOf('scan', 'start')).toEqual([]);
});

test('a plan that may run is started as it was walked dry, with what it is for', async () => {
  const {host, user} = await openWindow(<ScanPage />, '/scan', {answers: answersWith(walked)});
  await user.type(await screen.findByLabelText('Sample', {}, patient), 'empty frame');
  const start = screen.getByRole('button', {name: 'Start scan'});
  await waitFor(() => expect(isOff(start)).toBe(false), patient);
  await user.click(start);
  await waitFor(() => expect(host.callsOf('scan', 'start')).toHaveLength(1), patient);
  const [asked] = host.callsOf('scan', 'dryRun').slice(-1);
  expect(host.callsOf('scan', 'start')[0]).toMatchObject({...Object(asked), sample: 'empty frame'});
});

test('a window that may only look says so and starts nothing', async () => {
  await openWindow(<ScanPage />, '/scan', {answers: answersWith(walked), scope: 'read'});
  expect((await screen.findAllByText(/link that may not move, set or measure/, {}, patient)).length).toBe(1);
  expect(isOff(screen.getByRole('button', {name: 'Start scan'}))).toBe(true);
});
