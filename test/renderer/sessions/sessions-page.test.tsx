import {screen, waitFor} from '@testing-library/react';
import {afterEach, expect, test, vi} from 'vitest';
import {SessionsPage} from '../../../src/renderer/features/sessions/index.ts';
import type {Answers} from '../mock-host.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {run, session} from '../window-fixtures.ts';

afterEach(() => {
  vi.restoreAllMocks();
  closeWindow();
});

const answers: Answers = {
  sessions: {
    search: () => ({sessions: [session], facets: {operators: [], designs: [], tags: [], labels: []}}),
    get: () => ({summary: session, details: {}, runs: [run], notes: [], calibrations: [], artifacts: []}),
    addNote: ({text = ''}) => ({uid: 'note-1', timeS: 1, author: 'Ada', text, runUid: null}),
  },
  runs: {thumbnail: () => null},
};

test('a note is kept with the session that is looked at', async () => {
  const {host, user} = await openWindow(<SessionsPage />, `/sessions/${session.uid}`, {answers});
  await user.click(await screen.findByRole('tab', {name: 'Notes 0'}, patient));
  await user.type(await screen.findByLabelText('Note', {}, patient), 'Plate 2 was cleaned.');
  await user.click(screen.getByRole('button', {name: 'Keep note'}));
  await waitFor(
    () =>
      expect(host.callsOf('sessions', 'addNote')).toEqual([
        {text: 'Plate 2 was cleaned.', sessionUid: session.uid},
      ]),
    patient,
  );
});

test.each([
  ['', false],
  ['it is no JSON', true],
])('the list marks a session whose record is damaged, and no other (%j)', async (damage, isMarked) => {
  const found = {
    sessions: [{...session, damage}],
    facets: {operators: [], designs: [], tags: [], labels: []},
  };
  // The table draws the rows that there is room for, and a document without layout has none.
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1200);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  await openWindow(<SessionsPage />, '/sessions', {
    answers: {...answers, sessions: {...answers.sessions, search: () => found}},
  });
  const title = await screen.findByText(session.title, {}, patient);
  expect(title.textContent.includes('record damaged')).toBe(isMarked);
});

test('a window that may only look shows a session and changes nothing of it', async () => {
  const {host, user} = await openWindow(<SessionsPage />, `/sessions/${session.uid}`, {
    answers,
    scope: 'read',
  });
  const archive = await screen.findByRole('button', {name: 'Archive'}, patient);
  await user.click(archive);
  expect(archive.getAttribute('aria-disabled')).toBe('true');
  expect(host.callsOf('sessions', 'change')).toEqual([]);
});

test('the points of a session are asked for in the format that is chosen, and saved', async () => {
  const bytes = new TextEncoder().encode('x,y\n');
  const {host, user} = await openWindow(<SessionsPage />, `/sessions/${session.uid}`, {
    answers: {
      ...answers,
      sessions: {
        ...answers.sessions,
        export: () => ({fileName: 'Plates-of-May.csv', mediaType: 'text/csv', bytes}),
      },
    },
  });
  await user.click(await screen.findByRole('tab', {name: /^Files/}, patient));
  await user.click(await screen.findByRole('button', {name: 'Save points as CSV'}, patient));
  await waitFor(
    () => expect(host.callsOf('sessions', 'export')).toEqual([{sessionUid: session.uid, format: 'csv'}]),
    patient,
  );
});

test('a backup is made on a press, and how data is kept is set', async () => {
  const path = '/data/backups/bench-2026-11-30T21-30-05Z.sqlite';
  const backup = {path, timeS: 1.79e9, sizeBytes: 4_000_000};
  const {host, user} = await openWindow(<SessionsPage />, '/sessions', {
    answers: {
      ...answers,
      data: {
        state: () => ({
          databasePath: '/data/bench.sqlite',
          sizeBytes: 5_000_000,
          backupFolder: '/data/backups',
          backups: [backup],
          work: {kind: 'backup' as const, isTimed: true, donePages: 3, pageCount: 12},
          last: {utc: '2026-11-30T21:30:05Z', isTimed: true, path: '', problem: 'The disk is full.'},
          nextUtc: '2026-12-01T21:30:05Z',
        }),
        backUp: () => ({
          ...backup,
          runCount: 3,
          pointCount: 400,
          artifactCount: 0,
          damage: [],
          damageCount: 0,
          removedPaths: [],
        }),
      },
    },
  });
  await user.click(await screen.findByRole('tab', {name: 'Data'}, patient));
  // What the timer does, what came of it last, and when it comes again.
  await screen.findByText('3 of 12 pages', {}, patient);
  await screen.findByText(
    /^The last backup by the timer, 2026-.* was not made: The disk is full\.$/,
    {},
    patient,
  );
  await screen.findByText(/^The next one is made at 2026-12-0/, {}, patient);
  await user.click(await screen.findByRole('button', {name: 'Back up now'}, patient));
  await waitFor(() => expect(host.callsOf('data', 'backUp')).toEqual([{}]), patient);
  await user.click(screen.getByRole('button', {name: 'How data is kept'}));
  const field = await screen.findByLabelText(/safe from a power cut within/, {}, patient);
  await user.clear(field);
  await user.type(field, '0');
  await user.type(screen.getByLabelText('A backup by itself every'), '12');
  await user.type(screen.getByLabelText('Folder of the backups'), '/mnt/copies');
  await user.click(screen.getByRole('button', {name: 'Keep'}));
  await waitFor(
    () =>
      expect(host.callsOf('app', 'changeSettings').at(-1)).toMatchObject({
        pointsSafeWithinMs: 0,
        backupKeepCount: 10,
        backupEveryHours: 12,
        backupFolder: '/mnt/copies',
      }),
    patient,
  );
});
