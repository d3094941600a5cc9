import {screen, waitFor} from '@testing-library/react';
import {Profiler} from 'react';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import type {Status} from '../../../src/contract/api/index.ts';
import {App} from '../../../src/renderer/app/App.tsx';
import {statusStore} from '../../../src/renderer/connection/index.ts';
import {type Answers, type MockHost, waitForEver} from '../mock-host.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {lostStage, runStatus, stage} from '../window-fixtures.ts';

/** Clocks that people read draw once a second, however slow the machine is: here they stand. */
const slowestPollMs = 200;

beforeEach(() => {
  const {setInterval} = globalThis;
  vi.stubGlobal('setInterval', (act: () => void, ms = 0) => (ms < slowestPollMs ? setInterval(act, ms) : 0));
});
afterEach(() => {
  closeWindow();
  vi.unstubAllGlobals();
});

const instruments: Status['instruments'] = [
  {...lostStage.status, light: 'ready', label: 'idle', problem: ''},
  {...lostStage.status, role: 'lockin', kind: 'detector', light: 'ready', label: 'locked', problem: ''},
];
const detector: NonNullable<Status['detector']> = {
  columns: [{name: 'r_v', label: 'R', unit: 'V'}],
  signal: {column: 'r_v', proportionalTo: 'power'},
  reading: {r_v: 0.001},
  sigma: null,
  isValid: true,
  problem: '',
  settings: [],
  utc: stage.utc,
};
const answers: Answers = {
  instruments: {list: () => [lostStage.declared], read: () => ({values: {}, utc: stage.utc})},
  app: {log: waitForEver},
};

/** Sends a picture and waits until the window has it. */
async function send(host: MockHost, changes: Partial<Status>): Promise<void> {
  const before = statusStore.getState().status;
  host.changeStatus(changes);
  await waitFor(() => expect(statusStore.getState().status).not.toBe(before), patient);
}

const utcAt = (second: number): string => new Date(Date.parse(stage.utc) + second * 1000).toISOString();

for (const page of ['/bench', '/scan', '/log'])
  test(`a bench that is found as it was draws nothing anew, ${page}`, async () => {
    let drawings = 0;
    const {host} = await openWindow(
      <Profiler id="window" onRender={() => drawings++}>
        <App />
      </Profiler>,
      page,
      {answers, status: {instruments, stage, detector, run: {...runStatus, state: 'ended'}}},
    );
    await screen.findAllByText('0.000', {}, patient);
    let second = 0;
    const drawingsOfTenPictures = async (): Promise<number> => {
      const before = drawings;
      for (let picture = 0; picture < 10; picture++) {
        const utc = utcAt(++second);
        await send(host, {utc, stage: {...stage, utc}, detector: {...detector, utc}});
      }
      return drawings - before;
    };
    // What the page asks for when it is opened may still be on its way.
    await expect.poll(drawingsOfTenPictures).toBe(0);

    await send(host, {stage: {...stage, positionMm: {x: 12.345, y: 0}}});
    await screen.findByText('12.345', {}, patient);
    expect(drawings).toBeGreaterThan(0);
  });
