import {screen, waitFor} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import {ComparePage} from '../../../src/renderer/features/compare/index.ts';
import type {Answers} from '../mock-host.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {plane, run, session} from '../window-fixtures.ts';

afterEach(closeWindow);

const certain = {value: 0.9, low: 0.8, high: 0.95};

const answers: Answers = {
  runs: {
    get: () => ({
      summary: run,
      detector: {columns: [], signal: {column: 'x_v', proportionalTo: 'power'}},
      start: {},
      streams: [],
      stop: null,
    }),
    thumbnail: () => null,
  },
  sessions: {
    get: () => ({summary: session, details: {}, runs: [run], notes: [], calibrations: [], artifacts: []}),
  },
  compare: {
    planes: () => ({
      a: plane,
      b: plane,
      difference: plane,
      scatterA: plane.values,
      scatterB: plane.values,
      regions: [],
      sharesA: null,
      sharesB: null,
      winnerA: null,
      winnerB: null,
      calibratedA: null,
      calibratedB: null,
      cellCount: 4,
      pearson: certain,
      nrmse: certain,
      shareError: certain,
      labelA: 'run 0012',
      labelB: 'nominal simulation of run 0012',
      note: 'The frame was taken as designed.',
    }),
  },
};

test('a run against the nominal simulation asks the host for both and shows what it says of them', async () => {
  const {host, user} = await openWindow(<ComparePage />, `/compare?a=run:${run.uid}`, {answers});
  await screen.findByText('1 of 1 in the session', {}, patient);
  expect(host.callsOf('compare', 'planes')).toEqual([]);
  await user.click(screen.getByText('against nominal'));
  await waitFor(
    () =>
      expect(host.callsOf('compare', 'planes')).toEqual([
        {
          a: {kind: 'run', runUid: run.uid},
          b: {kind: 'prediction', runUid: run.uid, placement: 'nominal'},
        },
      ]),
    patient,
  );
  await screen.findByText(/The frame was taken as designed/, {}, patient);
});
