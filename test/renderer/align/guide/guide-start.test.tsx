import {screen, waitFor} from '@testing-library/react';
import {afterEach, expect, test, vi} from 'vitest';
import {GuideView} from '../../../../src/renderer/features/align/guide/GuideView.tsx';
import type {Answers} from '../../mock-host.ts';
import {closeWindow, openWindow, patient} from '../../open-window.tsx';
import {status} from '../../window-fixtures.ts';

afterEach(closeWindow);

const answers: Answers = {
  alignGuide: {list: () => ({guides: []}), begin: () => ({sessionUid: 'session-7'})},
};

const openGuide = async (isBenchOpen: boolean) => {
  const onOpen = vi.fn();
  const view = <GuideView sessionUid={null} onOpen={onOpen} onResult={vi.fn()} />;
  const bench = {...status.bench, state: isBenchOpen ? ('open' as const) : ('closed' as const)};
  return {onOpen, ...(await openWindow(view, '/align', {answers, status: {bench}}))};
};

test('a guided alignment begins with what was chosen, and its session is opened', async () => {
  const {host, user, onOpen} = await openGuide(true);
  await user.click(await screen.findByRole('switch', {}, patient));
  await user.click(screen.getByRole('button', {name: 'Begin'}));
  await waitFor(() => expect(onOpen).toHaveBeenCalledWith('session-7'), patient);
  expect(host.callsOf('alignGuide', 'begin')).toMatchObject([{hasSinglePlates: false, objectCount: 5}]);
});

test('without an open bench nothing begins, and the button says why', async () => {
  const {host, user, onOpen} = await openGuide(false);
  const begin = await screen.findByRole('button', {name: 'Begin'}, patient);
  expect(begin.getAttribute('aria-disabled')).toBe('true');
  expect(screen.getByText('No bench is open.')).toBeTruthy();
  await user.click(begin);
  expect(host.callsOf('alignGuide', 'begin')).toEqual([]);
  expect(onOpen).not.toHaveBeenCalled();
});
