import {screen, waitFor, within} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import {AlignPage} from '../../../src/renderer/features/align/index.ts';
import type {Answers} from '../mock-host.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {detail, result, summary} from './fixtures.ts';

afterEach(closeWindow);

const reason = 'Plate 2 may stand anywhere within 6 mm along the beam.';
const doubtful = {...summary, verdict: 'doubtful' as const};

const answers: Answers = {
  align: {
    status: () => ({hostId: 'align', last: 0, lostCount: 0, job: null}),
    results: () => ({alignments: [doubtful]}),
    result: () => ({
      ...detail,
      summary: doubtful,
      result: {...result, verdict: 'doubtful', reasons: [reason]},
    }),
    corrections: () => ({
      viewpoint: 'Seen along the beam.',
      text: 'Nothing has to be moved.',
      basis: 'Judged by the design.',
      isByDesign: true,
      items: [],
    }),
    accept: () => ({...doubtful, status: 'active'}),
  },
};

test('a doubtful placement is accepted only by one who was shown the doubts', async () => {
  const {host, user} = await openWindow(<AlignPage />, `/align?result=${summary.uid}`, {answers});
  await user.click(await screen.findByRole('button', {name: 'Accept ...'}, patient));
  const dialog = within(await screen.findByRole('dialog', {}, patient));
  expect(dialog.getByText(/It is doubtful/).textContent).toContain(reason);
  expect(host.callsOf('align', 'accept')).toEqual([]);
  await user.click(dialog.getByRole('button', {name: 'Accept in spite of doubts'}));
  await waitFor(() => expect(host.callsOf('align', 'accept')).toMatchObject([{uid: summary.uid}]), patient);
});

test('a doubtful placement stays as it was when one does not want it now', async () => {
  const {host, user} = await openWindow(<AlignPage />, `/align?result=${summary.uid}`, {answers});
  await user.click(await screen.findByRole('button', {name: 'Accept ...'}, patient));
  const dialog = within(await screen.findByRole('dialog', {}, patient));
  await user.click(dialog.getByRole('button', {name: 'Not now'}));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), patient);
  expect(host.callsOf('align', 'accept')).toEqual([]);
});
