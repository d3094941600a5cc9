import {once} from 'node:events';
import {createServer, request, type IncomingMessage} from 'node:http';
import type {AddressInfo} from 'node:net';
import {beforeAll, expect} from 'vitest';
import {WebSocket as Socket} from 'ws';
import type {ApiOutputs} from '../../src/contract/api/index.ts';
import {benchIsOpen, benchStatusWhen, goTo, runIs, startScan, stopButton, stopDone} from './acts.ts';
import {addressOf, askHost, type RunningApp} from './app.ts';
import {scenario} from './scenario.ts';
import {startOnSmallBench} from './small-bench.ts';

/** What a browser says of a request that was refused, whatever the page does about it. */
const refused = /status of 401|WebSocket connection to .* failed/;

/** One program for all: whoever is not let in changes nothing in it. */
let app: RunningApp;

beforeAll(async () => {
  app = await startOnSmallBench({speed: 20});
  return () => app[Symbol.asyncDispose]();
});

scenario('who has no right link is not let in', async ({open}) => {
  const {origin, token} = addressOf(app.url);

  const {page, expectComplaints} = await open('about:blank');
  expectComplaints(refused);
  await page.goto(`${origin}/#token=${'x'.repeat(32)}`);
  await page.getByText('This link is not valid any more').waitFor();
  expect(await page.getByRole('banner').innerText()).not.toContain('virtual bench');
  await expect(askHost(`${origin}/#token=wrong-token-0123456789`, '/bench/status', {})).rejects.toThrow(
    '401',
  );

  // A page of another site that knows even the token.
  await using stranger = await servePage('<!doctype html><title>elsewhere</title>');
  await page.goto(stranger.url);
  const outcome = await page.evaluate(
    async ([url = '', secret = '']) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/socket`, [
        'd2nn-bench',
        `token.${secret}`,
      ]);
      return await new Promise<string>((resolve) => {
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('refused');
      });
    },
    [origin, token],
  );
  expect(outcome).toBe('refused');
  expect(await upgradeStatus(origin, token, {origin: stranger.url})).toBe(403);
  expect(await upgradeStatus(origin, token, {origin})).toBe(101);
  expect(await upgradeStatus(origin, 'wrong-token-0123456789', {origin})).toBe(401);
  // A name of somebody else that was made to lead here.
  expect(await upgradeStatus(origin, token, {host: 'bench.example:80'})).toBe(421);
  expect(await getStatus(`${origin}/api/v1/info`, token, 'bench.example:80')).toBe(421);
  expect(await getStatus(`${origin}/`, token, 'bench.example:80')).toBe(421);
});

scenario('a link for looking sees all and moves nothing, but stops', async ({open}) => {
  const {links} = await askHost<ApiOutputs['app']['info']>(app.url, '/info');
  const readLink = links.find(({scope}) => scope === 'read')?.url ?? '';
  const {page} = await open(app.url);
  const {page: looking} = await open(readLink);
  await benchIsOpen(looking);
  await looking.getByRole('banner').getByText('read only').waitFor();
  await goTo(looking, 'Scan');
  expect(await looking.getByRole('button', {name: 'Start scan'}).isDisabled()).toBe(true);
  await looking
    .getByText(/opened with a link that may not/)
    .first()
    .waitFor();
  await goTo(looking, 'Bench');
  expect(await looking.getByRole('switch', {name: 'Armed'}).isDisabled()).toBe(true);
  // Not only the window says no.
  await expect(askHost(readLink, '/stage/home', {})).rejects.toThrow('403');
  await expect(askHost(readLink, '/settings/change', {operator: 'Eve'})).rejects.toThrow('403');
  // How it looks is this window's own affair, and nobody else's.
  const before = await askHost(app.url, '/settings', {});
  await looking.getByRole('button', {name: 'Look'}).click();
  await looking.getByRole('radio', {name: 'Light', exact: true}).click();
  await looking.waitForFunction(() => document.documentElement.dataset['theme'] === 'light');
  await looking.getByRole('button', {name: 'Done'}).click();
  expect(await askHost(app.url, '/settings', {})).toEqual(before);
  const {links: given} = await askHost<ApiOutputs['app']['info']>(readLink, '/info');
  expect(given).toEqual([]);

  await startScan(page, 40, 1);
  await benchStatusWhen(app.url, ({run}) => (run?.pointCount ?? 0) > 3);
  await goTo(looking, 'Scan');
  await runIs(looking, 'running');
  await stopButton(looking).click();
  await stopDone(looking);
  await runIs(page, 'stopped');
});

async function servePage(html: string): Promise<AsyncDisposable & {readonly url: string}> {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** HTTP status that a request to open a socket is answered with. */
function upgradeStatus(
  origin: string,
  token: string,
  headers: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  const socket = new Socket(
    `${origin.replace('http', 'ws')}/api/v1/socket`,
    ['d2nn-bench', `token.${token}`],
    {headers},
  );
  return new Promise((resolve, reject) => {
    socket.once('open', () => (socket.terminate(), resolve(101)));
    socket.once(
      'unexpected-response',
      (_, {statusCode}: IncomingMessage) => (socket.terminate(), resolve(statusCode)),
    );
    socket.once('error', reject);
  });
}

function getStatus(url: string, token: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, {headers: {host, authorization: `Bearer ${token}`}}, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}
