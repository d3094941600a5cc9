import {screen, waitFor} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import {DamagedDatabase} from '../../../src/renderer/app/DamagedDatabase.tsx';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {status} from '../window-fixtures.ts';

afterEach(closeWindow);

const report = {
  from: '/data/bench.sqlite',
  to: '/data/recovered-2026-12-01T00-00-00/bench.sqlite',
  pageCount: 40,
  damagedJournalPageCount: 0,
  rows: {sessions: 2, runs: 3, calibrations: 1},
  pointCount: 400,
  uncheckedPointCount: 0,
  lostPointCount: 7,
  lostRowCount: 1,
  madeRowCount: 0,
  damage: [],
};
const data = {
  state: () => ({
    databasePath: '/data/bench.sqlite',
    sizeBytes: 5_000_000,
    backupFolder: '/data/backups',
    backups: [{path: '/data/backups/bench-2026-11-30T21-30-05Z.sqlite', timeS: 1.79e9, sizeBytes: 4e6}],
    work: {kind: 'recovery' as const, isTimed: false, donePages: 10, pageCount: 40},
    last: null,
    nextUtc: null,
  }),
  putInPlace: () => ({keptFolder: '/data/damaged-2026-12-01T00-00-00'}),
};
const damaged = {saved: {...status.saved, damage: 'The database /data/bench.sqlite is damaged.'}};

test('a damaged database is offered to be salvaged, with progress, and put in place', async () => {
  const done = Promise.withResolvers<typeof report>();
  const {host, user} = await openWindow(<DamagedDatabase />, '/bench', {
    status: damaged,
    answers: {data: {...data, recover: () => done.promise}, app: {shutDown: () => ({problems: []})}},
  });
  await screen.findByText('The database /data/bench.sqlite is damaged.', {}, patient);
  await screen.findByText(/^The newest backup is of 2026-.*bench-2026-11-30T21-30-05Z\.sqlite/, {}, patient);
  await user.click(screen.getByRole('button', {name: 'Salvage it into a new database'}));
  await screen.findByText('10 of 40 pages read.', {}, patient);
  done.resolve(report);
  await screen.findByText(
    /^Salvaged: 2 sessions, 3 runs, 400 points, 1 calibration\. Lost.*7 points, 1 other/,
    {},
    patient,
  );
  await user.click(screen.getByRole('button', {name: 'Put it in the place of the damaged one'}));
  await screen.findByText(/the damaged one lies in \/data\/damaged-2026-12-01T00-00-00/, {}, patient);
  expect(host.callsOf('data', 'putInPlace')).toEqual([{folder: '/data/recovered-2026-12-01T00-00-00'}]);
  await user.click(screen.getByRole('button', {name: 'End the program'}));
  await waitFor(() => expect(host.callsOf('app', 'shutDown')).toHaveLength(1), patient);
});

test('who may only look is told, and nothing stands over a window whose database is whole', async () => {
  await openWindow(<DamagedDatabase />, '/bench', {status: damaged, answers: {data}, scope: 'operate'});
  const salvage = await screen.findByRole('button', {name: 'Salvage it into a new database'}, patient);
  expect(salvage.getAttribute('aria-disabled') ?? salvage.getAttribute('disabled')).not.toBeNull();
  closeWindow();
  await openWindow(<DamagedDatabase />, '/bench', {answers: {data}});
  expect(screen.queryByRole('dialog')).toBeNull();
});
