import {screen, waitFor} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import type {ResumePlan, RunSummary} from '../../../src/contract/api/index.ts';
import {AgainButton, ResumeButton, wasCutOff} from '../../../src/renderer/run-data/index.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {run} from '../window-fixtures.ts';

afterEach(closeWindow);

const cut: RunSummary = {...run, exitStatus: 'fail', reason: 'the program ended'};
const takes: ResumePlan = {
  isAllowed: true,
  refusal: '',
  refusalCode: '',
  runUid: cut.uid,
  scanId: cut.scanId,
  storedCount: 61,
  firstIndex: 61,
  pointsLeft: 83,
  overlapCount: 16,
  passCount: 3,
  countReason: '5 points are the fewest',
  allowedRatio: 0.01,
  seconds: 90,
};

test('a run that was cut off says what going on takes, and goes on at a press', async () => {
  const {host, user} = await openWindow(<ResumeButton run={cut} />, '/scan', {
    answers: {scan: {resumePlan: () => takes, resumeChecks: () => [], resume: () => ({id: 'job'})}},
  });
  await user.click(await screen.findByRole('button', {name: `Resume run ${cut.scanId}`}, patient));
  expect(await screen.findByText(/61 points are stored, 83 are left/, {}, patient)).toBeTruthy();
  await user.type(screen.getByLabelText('Allowed change of a reading'), '2');
  const press = screen.getByRole('button', {name: 'Measure again and go on'});
  await waitFor(() => expect(press.hasAttribute('disabled')).toBe(false), patient);
  await user.click(press);
  await waitFor(() => expect(host.callsOf('scan', 'resume')).toHaveLength(1), patient);
  expect(host.callsOf('scan', 'resume')[0]).toMatchObject({runUid: cut.uid, allowedRatio: 0.02});
});

test('one that cannot go on says why, and nothing is started', async () => {
  const refusal = 'Run 12 (grid) cannot go on: only 3 points of it can be compared.';
  const {host, user} = await openWindow(<ResumeButton run={cut} />, '/scan', {
    answers: {scan: {resumePlan: () => ({...takes, isAllowed: false, refusal}), resumeChecks: () => []}},
  });
  await user.click(await screen.findByRole('button', {name: `Resume run ${cut.scanId}`}, patient));
  expect(await screen.findByText(refusal, {}, patient)).toBeTruthy();
  await user.click(screen.getByRole('button', {name: 'Measure again and go on'}));
  expect(host.callsOf('scan', 'resume')).toEqual([]);
});

test('a run is measured once more by one press', async () => {
  const {host, user} = await openWindow(<AgainButton run={run} />, '/scan', {
    answers: {scan: {again: () => ({id: 'job'})}},
  });
  await user.click(await screen.findByRole('button', {name: 'Run again'}, patient));
  await waitFor(() => expect(host.callsOf('scan', 'again')).toHaveLength(1), patient);
});

test('only scans that ended early are offered to go on', () => {
  expect(wasCutOff(cut)).toBe(true);
  expect(wasCutOff(run)).toBe(false);
  expect(wasCutOff({...cut, planName: 'beam-find'})).toBe(false);
  expect(wasCutOff({...cut, exitStatus: null})).toBe(false);
});
