import {screen, within} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import type {LogEntry} from '../../../src/contract/api/index.ts';
import {LogPage} from '../../../src/renderer/features/log/index.ts';
import {feedOf} from '../mock-host.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';

afterEach(closeWindow);

const entry = (id: number, level: LogEntry['level'], text: string): LogEntry => ({
  id,
  utc: `2026-01-01T00:00:0${id}Z`,
  level,
  source: 'bench',
  text,
  code: null,
});

const entries = [
  entry(1, 'info', 'The virtual bench was opened.'),
  entry(2, 'error', 'The stage does not answer.'),
  entry(3, 'info', 'The stage is connected again.'),
];
const answers = {app: {log: feedOf({hostId: 'log', last: 3, lostCount: 0, entries})}};

const shownTexts = (): readonly (string | undefined)[] =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => entries.find(({text}) => within(row).queryByText(text))?.text);

test('what happened stands newest first', async () => {
  await openWindow(<LogPage />, '/log', {answers});
  await screen.findByText('The virtual bench was opened.', {}, patient);
  expect(shownTexts()).toEqual(entries.map(({text}) => text).reverse());
});

test('errors alone are shown when one asks for them', async () => {
  const {user} = await openWindow(<LogPage />, '/log', {answers});
  await user.click(await screen.findByText('Errors', {}, patient));
  expect(shownTexts()).toEqual(['The stage does not answer.']);
});

test('who did what is searched by any of its words', async () => {
  const audit = () => [
    {timeS: 2, actor: 'Ada', action: 'start-scan', subject: 'bench', details: {planName: 'grid'}},
    {timeS: 1, actor: 'Max', action: 'home-stage', subject: 'stage', details: {}},
  ];
  const {user} = await openWindow(<LogPage />, '/log?tab=audit', {answers: {app: {audit}}});
  await screen.findByText('home-stage', {}, patient);
  await user.type(screen.getByRole('searchbox', {name: 'Search the audit trail'}), 'ada grid');
  expect(screen.queryByText('home-stage')).toBeNull();
  expect(screen.getByText('start-scan')).toBeTruthy();
});
