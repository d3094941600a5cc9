import {screen, waitFor} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import {CampaignPage} from '../../../src/renderer/features/campaign/index.ts';
import type {Answers} from '../mock-host.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {status} from '../window-fixtures.ts';

afterEach(closeWindow);

const folder = '/data/designs/mine';
const shared = {layerCount: 2, frequencyHz: 4e11, problem: ''};
const answers: Answers = {
  bench: {close: () => ({problems: []}), open: () => ({name: 'virtual bench'})},
  campaign: {
    digits: () => ({total: 0, digits: []}),
    plan: () => ({isAllowed: true, refusal: '', points: 100, seconds: 60, digits: []}),
  },
  design: {list: () => [{...shared, folder, name: 'mine', contentHash: 'sha256:1'}]},
  sessions: {search: () => ({sessions: [], facets: {operators: [], designs: [], tags: [], labels: []}})},
};
const benchWith = (name: string, contentHash: string) => ({
  ...status.bench,
  seed: 7,
  speed: 20,
  design: {folder: `/designs/${name}`, name, contentHash},
});
const otherPlates = /^On the open virtual bench stand the plates of “digits”/;

const openSent = (bench: typeof status.bench, scope: 'admin' | 'operate' = 'admin') =>
  openWindow(<CampaignPage />, `/campaign?design=${encodeURIComponent(folder)}`, {
    answers,
    scope,
    status: {bench},
  });

test('a design that is sent is planned, and the virtual bench is opened with its plates instead of its own', async () => {
  const {host, user} = await openSent(benchWith('digits', 'sha256:2'));
  await screen.findByText(otherPlates, {}, patient);
  await waitFor(
    () => expect(host.callsOf('campaign', 'plan').at(-1)).toMatchObject({designFolder: folder}),
    patient,
  );
  await user.click(screen.getByRole('button', {name: 'Open it with these plates'}));
  await waitFor(() => expect(host.callsOf('bench', 'open')).toHaveLength(1), patient);
  expect(host.callsOf('bench', 'close')).toHaveLength(1);
  expect(host.callsOf('bench', 'open')[0]).toMatchObject({
    kind: 'virtual',
    designFolder: folder,
    seed: 7,
    speed: 20,
  });
  host.changeStatus({bench: benchWith('mine', 'sha256:1')});
  await waitFor(() => expect(screen.queryByText(/stand the plates/)).toBeNull(), patient);
});

test('who may not change the bench is told of other plates, and offered nothing', async () => {
  await openSent(benchWith('digits', 'sha256:2'), 'operate');
  await screen.findByText(otherPlates, {}, patient);
  expect(screen.queryByRole('button', {name: 'Open it with these plates'})).toBeNull();
});

test('plates of a design that was trained again since the bench was opened are told from the new ones', async () => {
  await openSent(benchWith('mine', 'sha256:0'));
  await screen.findByText(/the plates of “mine” as they were when it was opened/, {}, patient);
});

test('at a bench of instruments a person is told to put the plates in', async () => {
  await openSent({...status.bench, kind: 'file', name: 'bench 1', seed: null});
  await screen.findByText(/^Put the plates of “mine” into bench 1 first/, {}, patient);
});
