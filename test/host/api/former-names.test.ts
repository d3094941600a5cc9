import {readFileSync} from 'node:fs';
import {expect, it, vi} from 'vitest';
import {withFormerNames} from '../../../src/contract/api/former-names.ts';
import {createOpenApiDocument} from '../../../src/host/api/open-api.ts';
import type {ApiRouter} from '../../../src/host/api/router.ts';
import {pageFeatures} from '../../../src/host/api/router.ts';
import {startHttpTransport} from '../../../src/host/api/transport/http.ts';
import {createHost} from './api-fixture.ts';

/**
 * A database and what a client asked and was answered, both written by the program as it was before the trade's words
 * came (1.0.0 of 2026-11-29): two alignments, one accepted, revoked and accepted again, a correction by mounts, and
 * what was computed of them.
 */
const folder = new URL('../../fixtures/before-trade-words/', import.meta.url);
const {recordedAtS, calls} = JSON.parse(readFileSync(new URL('calls.json', folder), 'utf8')) as {
  readonly recordedAtS: number;
  readonly calls: readonly {path: string; body: unknown; status: number; answer: object}[];
};

const sentences = /[tT]ext$|^text$|Refusal$/;
/** What is written for people may be worded anew. */
const withoutSentences = (answer: object): object =>
  JSON.parse(
    JSON.stringify(answer, (name, value: unknown) => (sentences.test(name) ? undefined : value)),
  ) as object;

it('answers a client of an earlier version, on its database, with all that it was answered before', async () => {
  // Nothing expires: the clock stands where it stood.
  vi.useFakeTimers({toFake: ['Date'], now: recordedAtS * 1000});
  await using host = await createHost(undefined, new URL('bench.sqlite', folder));
  const token = 'operate-token-0123456789';
  const transport = await startHttpTransport({
    services: host.services,
    // The features of pages; nothing else is asked.
    router: pageFeatures(host.services) as unknown as ApiRouter,
    tokens: {read: 'read-token-0123456789', operate: token, admin: 'admin-token-0123456789'},
    port: 0,
    pageFolder: host.folder,
  });
  try {
    for (const {path, body, status, answer} of calls) {
      const response = await fetch(`http://127.0.0.1:${transport.port}/api/v1${path}`, {
        method: 'POST',
        headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json'},
        body: JSON.stringify(body),
      });
      expect(response.status, path).toBe(status);
      expect(await response.json(), path).toMatchObject(withoutSentences(answer));
    }
  } finally {
    await transport.close();
    vi.useRealTimers();
  }
});

it('adds a former name only where the present one is', () => {
  const own = {uid: 'a', unexplainedRatio: 0.1, status: 'revoked', statusText: ''};
  expect(withFormerNames('align.undo', own)).toEqual({
    ...own,
    lackRatio: 0.1,
    standing: 'taken-back',
    standingText: '',
  });
  expect(withFormerNames('align.status', {last: 1, job: null})).toEqual({last: 1, job: null});
  expect(withFormerNames('align.stop', own)).toBe(own);
});

it('is said in the OpenAPI document, with the former values', async () => {
  const {components} = await createOpenApiDocument();
  const properties = (name: string) => components?.schemas?.[name]?.properties ?? {};
  expect(properties('AlignSummary')['standing']).toMatchObject({
    deprecated: true,
    enum: expect.arrayContaining(['in-force', 'taken-back']) as string[],
  });
  expect(properties('InstrumentStatus')['word']).toMatchObject({deprecated: true, type: 'string'});
  expect(properties('Calibration')['state']).toMatchObject({deprecated: true});
});
