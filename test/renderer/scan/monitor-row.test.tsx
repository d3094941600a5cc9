import {screen, waitFor} from '@testing-library/react';
import type {ReactElement} from 'react';
import {afterEach, expect, test} from 'vitest';
import {RunMonitors} from '../../../src/renderer/features/scan/RunMonitors.tsx';
import {useScanDraft} from '../../../src/renderer/features/scan/scan-draft.ts';
import {impliedQuantities} from '../../../src/renderer/run-data/index.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';

afterEach(closeWindow);

/** What a stored run says of itself, by stream. */
const streams: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  reference: {r_v: [1e-3, 0.99e-3], theta_deg: [10, 10.5]},
  line_shift: {shift_um: [82], shift_error_um: [6], line_count: [19]},
  position: {
    shift_x_mm: [0.21],
    shift_x_error_mm: [0.01],
    shift_y_mm: [0],
    shift_y_error_mm: [0.01],
    is_lost: [1],
  },
};

const answerTo = (stream: string) => {
  const columns = Object.entries(streams[stream] ?? {});
  const count = columns[0]?.[1].length ?? 0;
  return {
    hostId: 'mock',
    last: count,
    lostCount: 0,
    count,
    timeS: new Float64Array(count),
    columns: columns.map(([name, values]) => ({name, unit: '', values: Float64Array.from(values)})),
    damage: [],
    doubtful: null,
    suspended: [],
    hasEnded: true,
  };
};

const Order = (): ReactElement => <p>order {useScanDraft().form.order}</p>;

test('a run tells its drift, its place and the shift of its lines, and one press plans the next scan one way', async () => {
  const {user} = await openWindow(
    <>
      <RunMonitors runUid="run-1" isLive={false} quantities={impliedQuantities} />
      <Order />
    </>,
    '/scan',
    {answers: {runs: {points: ({stream = 'primary'}) => answerTo(stream)}}},
  );
  expect(await screen.findByText('Reference −1.00 %, +0.50°', {}, patient)).toBeTruthy();
  expect(await screen.findByText('place lost', {}, patient)).toBeTruthy();
  expect(await screen.findByText('Backward lines +82 ± 6 µm', {}, patient)).toBeTruthy();
  expect(screen.getByText('order snake')).toBeTruthy();
  await user.click(screen.getByRole('button', {name: 'Plan one way'}));
  await waitFor(() => expect(screen.getByText('order one-way')).toBeTruthy(), patient);
  // No ripple was measured, so nothing is offered against it.
  expect(screen.queryByRole('button', {name: 'Plan two planes'})).toBeNull();
});
