import {screen, waitFor, within} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import type {Prompt} from '../../../src/contract/api/index.ts';
import {App} from '../../../src/renderer/app/App.tsx';
import {forgetHalt} from '../../../src/renderer/app/halt.ts';
import {type Answers, waitForEver} from '../mock-host.ts';
import {closeWindow, loseHost, openWindow, patient} from '../open-window.tsx';
import {runStatus, status} from '../window-fixtures.ts';

afterEach(() => {
  forgetHalt();
  closeWindow();
});

const answers: Answers = {instruments: {list: () => []}, app: {log: waitForEver}};

test('STOP is sent at the press and says what became of it', async () => {
  const sentence = 'The stage stands still and the source is off.';
  const halt = () => ({sentence, tookMs: 5, sentMs: 2, problems: []});
  const {host, user} = await openWindow(<App />, '/bench', {
    answers: {...answers, app: {...answers.app, halt}},
  });
  await user.click(await screen.findByRole('button', {name: /STOP/}, patient));
  await screen.findByText(sentence, {}, patient);
  expect(host.callsOf('app', 'halt')).toHaveLength(1);
});

test('a STOP that the host could not carry out sends people to the switches at the bench', async () => {
  const halt = () => {
    throw new Error('The stage does not answer.');
  };
  const {user} = await openWindow(<App />, '/bench', {answers: {...answers, app: {...answers.app, halt}}});
  await user.click(await screen.findByRole('button', {name: /STOP/}, patient));
  await screen.findByText('STOP failed', {}, patient);
  expect(screen.getByText(/Use the hardware stop at the bench now/)).toBeTruthy();
});

test('the run bar shows how far a run is, and pauses it', async () => {
  const {host, user} = await openWindow(<App />, '/bench', {
    status: {run: runStatus},
    answers: {...answers, run: {pause: () => ({isPaused: false})}},
  });
  const bar = within(await screen.findByRole('region', {name: 'Run'}, patient));
  expect(bar.getByText('run 0012')).toBeTruthy();
  expect(bar.getByText('25 %')).toBeTruthy();
  await user.click(bar.getByRole('button', {name: 'Pause'}));
  await waitFor(() => expect(host.callsOf('run', 'pause')).toHaveLength(1), patient);
});

test('a window that may only look cannot end a run, but can press STOP', async () => {
  const halt = () => ({sentence: 'Stopped.', tookMs: 5, sentMs: 2, problems: []});
  const {host, user} = await openWindow(<App />, '/bench', {
    status: {run: runStatus},
    scope: 'read',
    answers: {...answers, app: {...answers.app, halt}},
  });
  const bar = within(await screen.findByRole('region', {name: 'Run'}, patient));
  const pause = bar.getByRole('button', {name: 'Pause'});
  expect(pause.getAttribute('aria-disabled')).toBe('true');
  await user.click(pause);
  expect(host.callsOf('run', 'pause')).toEqual([]);
  await user.click(screen.getByRole('button', {name: /STOP/}));
  await waitFor(() => expect(host.callsOf('app', 'halt')).toHaveLength(1), patient);
});

test('without an open bench the Bench page offers the benches, and opens the virtual one', async () => {
  const closed = {...status.bench, state: 'closed' as const, kind: null, name: ''};
  const {host, user} = await openWindow(<App />, '/bench', {
    status: {bench: closed},
    answers: {...answers, bench: {open: () => ({name: 'virtual bench'})}},
  });
  const open = await screen.findByRole('button', {name: 'Open the virtual bench'}, patient);
  await user.click(open);
  await waitFor(
    () => expect(host.callsOf('bench', 'open')).toMatchObject([{kind: 'virtual', isRobotMounting: true}]),
    patient,
  );
  // Masks by hand.
  await user.click(screen.getByRole('button', {name: 'More'}));
  await user.click(await screen.findByRole('switch', {name: /^A robot puts the masks in/}, patient));
  await user.click(open);
  await waitFor(
    () => expect(host.callsOf('bench', 'open').at(1)).toMatchObject({isRobotMounting: false}),
    patient,
  );
});

test('a window that has lost its host says that STOP was not sent', async () => {
  const {host, user} = await openWindow(<App />, '/bench', {answers});
  const stop = await screen.findByRole('button', {name: /STOP/}, patient);
  loseHost();
  await screen.findByText(/^Connection lost at/, {}, patient);
  await user.click(stop);
  await screen.findByText('STOP could not be sent', {}, patient);
  expect(screen.getByText(/Use the hardware stop at the bench now/)).toBeTruthy();
  expect(host.callsOf('app', 'halt')).toEqual([]);
});

const prompt: Prompt = {
  id: 'prompt-1',
  kind: 'block-beam',
  text: 'Block the beam in front of the object.',
  mask: null,
  differences: [],
  choices: [],
  sinceUtc: '2026-01-01T00:00:00Z',
};

test('what a run asks a person to do is answered from any page', async () => {
  const {host, user} = await openWindow(<App />, '/bench', {
    status: {run: runStatus, prompt},
    answers: {...answers, bench: {answerPrompt: () => ({})}},
  });
  await screen.findByText(prompt.text, {}, patient);
  await user.click(screen.getByRole('button', {name: 'It is done'}));
  await waitFor(
    () =>
      expect(host.callsOf('bench', 'answerPrompt')).toEqual([{id: prompt.id, answer: 'done', reason: ''}]),
    patient,
  );
});

test('what cannot be done at the bench ends the run with the reason that one gives', async () => {
  const {host, user} = await openWindow(<App />, '/bench', {
    status: {run: runStatus, prompt: {...prompt, id: 'prompt-2'}},
    answers: {...answers, bench: {answerPrompt: () => ({})}},
  });
  await user.click(await screen.findByRole('button', {name: 'It cannot be done'}, patient));
  await user.type(screen.getByLabelText('Why not'), 'no absorber');
  await user.click(screen.getByRole('button', {name: 'End the run, keep its points'}));
  await waitFor(
    () =>
      expect(host.callsOf('bench', 'answerPrompt')).toEqual([
        {id: 'prompt-2', answer: 'refused', reason: 'no absorber'},
      ]),
    patient,
  );
});

test('an address without a page keeps frame and STOP, and one goes on from there', async () => {
  const {user} = await openWindow(<App />, '/nowhere', {answers});
  await screen.findByText('There is no such page', {}, patient);
  expect(screen.getByRole('button', {name: /STOP/})).toBeTruthy();
  await user.click(screen.getByRole('link', {name: /Log/}));
  await screen.findByRole('heading', {name: 'Log'}, patient);
});

test('a command is found by words in any order, and carried out', async () => {
  const {user} = await openWindow(<App />, '/bench', {answers});
  await screen.findByRole('button', {name: /STOP/}, patient);
  await user.keyboard('{Control>}k{/Control}');
  const palette = within(await screen.findByRole('dialog', {name: 'Commands'}, patient));
  await user.type(palette.getByRole('searchbox'), 'map keyboard');
  await waitFor(() => expect(palette.queryByRole('menuitem', {name: /dark/i})).toBeNull(), patient);
  await user.click(palette.getByRole('menuitem', {name: /Show the keyboard map/}));
  expect(await screen.findByRole('dialog', {name: 'Keyboard'}, patient)).toBeTruthy();
});
