import {decode} from 'fast-png';
import {expect, test} from 'vitest';
import {writeGridRun} from '../store/grid-run.ts';
import {writeRun} from '../store/sample-run.ts';
import {createHost} from './api-fixture.ts';
import {darkLevelOf, lockInPhase, registration, sourcePowerOf} from '../store/calibration-values.ts';
import {campaignDetails, scanDetails} from '../store/session-details.ts';

const signalV = (xMm: number, yMm: number) => ({xV: 1e-3 * Math.exp(-(xMm ** 2 + yMm ** 2) / 8), yV: 0});
const campaign = {
  designName: 'Digits',
  digits: [
    {label: '7', sample: 'digit 7 (image 12)', index: 12},
    {label: '3', sample: 'digit 3 (image 13)', index: 13},
  ],
};

test('sessions are found by what is remembered of them, with counts and what to filter by', async () => {
  await using host = await createHost();
  const {store, client} = host;
  const first = store.createSession({
    title: 'Batch seven',
    operator: 'Ada',
    benchName: 'north',
    designHash: 'sha256:1',
    details: campaignDetails(campaign),
  });
  const recorder = store.recorder(first.uid);
  writeRun(recorder, {
    pointCount: 4,
    start: {plan_name: 'campaign-scan', sample: 'digit 7 (image 12)', campaign_index: 0},
  });
  const open = writeRun(recorder, {
    pointCount: 3,
    isStopped: false,
    start: {plan_name: 'campaign-scan', sample: 'digit 3', campaign_index: 1, purpose: 'second look'},
  });
  recorder.addNote({text: '100% humid', time: 20, runUid: open});
  const second = store.createSession({title: 'Beam walk', operator: 'Grace', benchName: 'north'});
  const search = async (input: Parameters<typeof client.sessions.search>[0]) =>
    (await client.sessions.search(input)).sessions.map(({uid}) => uid);

  const all = await client.sessions.search({});
  expect(all.sessions).toMatchObject([
    {uid: second.uid, runCount: 0, pointCount: 0, noteCount: 0, tags: [], kind: 'session', designHash: null},
    {uid: first.uid, runCount: 2, pointCount: 7, noteCount: 1, kind: 'campaign', designName: 'Digits'},
  ]);
  expect(all.facets).toEqual({
    operators: ['Ada', 'Grace'],
    designs: [{hash: 'sha256:1', name: 'Digits'}],
    tags: [],
    labels: ['7'],
  });
  expect(await search({text: 'batch ada'})).toEqual([first.uid]);
  expect(await search({text: 'second look'})).toEqual([first.uid]);
  expect(await search({text: '100%'})).toEqual([first.uid]);
  expect(await search({text: '1%0'})).toEqual([]);
  expect(await search({text: 'image 12'})).toEqual([first.uid]);
  expect(await search({operator: 'Grace'})).toEqual([second.uid]);
  expect(await search({designHash: 'sha256:1'})).toEqual([first.uid]);
  // Only what was measured to its end counts as measured.
  expect(await search({label: '7'})).toEqual([first.uid]);
  expect(await search({label: '3'})).toEqual([]);
  expect(await search({sinceS: Date.now() / 1000 + 60})).toEqual([]);
  expect(await search({limit: 1})).toEqual([second.uid]);
});

test('title, tags and archive change; an archived session is left out of lists and takes no more runs', async () => {
  await using host = await createHost();
  const {client, services} = host;
  const {uid} = await client.sessions.create({title: 'Evening'});
  expect(services.bench.sessionUid).toBe(uid);
  const changed = await client.sessions.change({uid, title: 'Evening 2', tags: ['wax', ' humid ', 'wax']});
  expect(changed).toMatchObject({
    title: 'Evening 2',
    tags: ['humid', 'wax'],
    operator: 'Ada',
    isArchived: false,
  });
  const found = await client.sessions.search({tag: 'humid'});
  expect(found.sessions).toHaveLength(1);
  expect(found.facets.tags).toEqual(['humid', 'wax']);
  expect(await client.sessions.change({uid, isArchived: true})).toMatchObject({
    isArchived: true,
    tags: ['humid', 'wax'],
  });
  expect(services.bench.sessionUid).toBeUndefined();
  expect((await client.sessions.search({})).sessions).toEqual([]);
  expect((await client.sessions.search({withArchived: true})).sessions).toHaveLength(1);
  await expect(client.sessions.choose({uid})).rejects.toMatchObject({data: {code: 'plan/invalid'}});
  await client.sessions.change({uid, isArchived: false});
  await client.sessions.choose({uid});
  expect(services.bench.sessionUid).toBe(uid);
  await client.sessions.choose({uid: null});
  expect(services.bench.sessionUid).toBeUndefined();
  expect(host.lines.map(({action}) => action)).toContain('change-session');
});

test('notes belong to a session or a run, with their author; calibrations say which of them counts', async () => {
  await using host = await createHost();
  const {store, client} = host;
  const {uid} = store.createSession({title: 'Notes', operator: 'Ada', benchName: 'north'});
  const runUid = writeRun(store.recorder(uid), {pointCount: 1});
  const note = await client.sessions.addNote({runUid, text: 'mask slipped'});
  expect(note).toMatchObject({author: 'Ada', text: 'mask slipped', runUid});
  expect(await client.sessions.addNote({sessionUid: uid, text: 'humid'})).toMatchObject({runUid: null});
  await expect(client.sessions.addNote({text: 'lost'})).rejects.toMatchObject({data: {code: 'plan/invalid'}});
  const old = store.addCalibration({kind: 'dark-level', value: darkLevelOf(1), sessionUid: uid, timeS: 1});
  const fresh = store.addCalibration({kind: 'dark-level', value: darkLevelOf(2), timeS: 2});
  expect(await client.sessions.calibrations()).toMatchObject([
    {uid: fresh, isCurrent: true, status: 'current', sessionUid: null, benchName: ''},
    {uid: old, isCurrent: false, status: 'replaced', validUntilS: null, benchName: 'north'},
  ]);
  const session = await client.sessions.get({uid});
  expect(session.notes.map(({text}) => text)).toEqual(['mask slipped', 'humid']);
  expect(session.calibrations.map((calibration) => calibration.uid)).toEqual([old]);
  expect(session.summary.noteCount).toBe(2);
});

test('the ledger tells benches apart, what is stale and what has to be made anew with what', async () => {
  await using host = await createHost();
  const {store, client} = host;
  const sessionOn = (benchName: string, benchSeed?: number): string =>
    store.createSession({
      title: benchName,
      operator: 'Ada',
      benchName,
      details: {kind: 'session', ...(benchSeed === undefined ? {} : {benchSeed})},
    }).uid;
  const nowS = Date.now() / 1000;
  let timeS = nowS - 1000;
  const values = {
    'lock-in-phase': lockInPhase,
    'dark-level': darkLevelOf(0),
    registration,
    'source-power': sourcePowerOf(0),
  };
  const add = (kind: keyof typeof values, sessionUid: string, more: object = {}): string =>
    store.addCalibration({kind, sessionUid, timeS: ++timeS, value: values[kind], ...more});
  const [north, south] = [sessionOn('north'), sessionOn('north', 2)];
  const phase = add('lock-in-phase', north);
  const dark = add('dark-level', north, {dependsOn: [phase], validUntilS: nowS + 3600});
  const frame = add('registration', north, {dependsOn: [dark]});
  const other = add('registration', south);
  const old = add('source-power', north, {validUntilS: nowS - 10});
  const of = async (uid: string) =>
    (await client.sessions.calibrations()).find((calibration) => calibration.uid === uid);
  // A registration on another bench replaces nothing here.
  expect(await of(frame)).toMatchObject({status: 'current', statusText: ''});
  expect(await of(other)).toMatchObject({status: 'current', benchName: 'north (seed 2)'});
  expect(await of(old)).toMatchObject({status: 'expired', isCurrent: false});
  expect((await of(phase))?.dependants).toEqual([dark, frame]);
  const renewed = add('lock-in-phase', north);
  expect(await of(renewed)).toMatchObject({status: 'current', dependants: []});
  expect(await of(phase)).toMatchObject({status: 'replaced'});
  for (const uid of [dark, frame])
    expect(await of(uid)).toMatchObject({
      status: 'stale',
      statusText: 'The lock-in-phase that it builds on was made anew since; make it anew too.',
    });
});

const textOf = ({bytes}: {bytes: Uint8Array}): string => new TextDecoder().decode(bytes);

test('a session of scans is exported as documents, CSV, picture and report', async () => {
  await using host = await createHost();
  const {store, client} = host;
  const {uid} = store.createSession({
    title: 'Größe <1>',
    operator: 'Ada',
    benchName: 'north',
    details: scanDetails,
  });
  const recorder = store.recorder(uid);
  const grid = writeGridRun(recorder, {rows: 5, columns: 7, signalV, start: {sample: 'wax <b>'}});
  const line = writeRun(recorder, {pointCount: 3});
  const file = (format: Parameters<typeof client.sessions.export>[0]['format'], runUid?: string) =>
    client.sessions.export({sessionUid: uid, format, ...(runUid === undefined ? {} : {runUid})});

  const documents = await file('json-lines');
  expect(documents.fileName).toMatch(/^\d{4}-\d\d-\d\d-Gro-e-1\.jsonl$/);
  expect(
    textOf(documents)
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as unknown),
  ).toEqual([...store.documents(grid.uid), ...store.documents(line)]);
  const csv = textOf(await file('csv', grid.uid)).split('\n');
  expect(csv[0]).toContain(grid.uid);
  const titles = csv.find((text) => !text.startsWith('#'));
  expect(titles).toMatch(/^x \(mm\),y \(mm\),X \(V\)/);
  expect(csv.filter((text) => /^[-\d]/.test(text))).toHaveLength(35);
  expect(textOf(await file('csv'))).toContain(line);

  const picture = decode((await file('planes-png')).bytes);
  expect([picture.width, picture.height]).toEqual([7 * 51, 5 * 51]);
  const html = textOf(await file('report-html'));
  expect(html).toContain('Größe &lt;1&gt;');
  expect(html).not.toMatch(/<b>|https?:\/\//);
  expect(html).toContain('data:image/png;base64,');
  expect(html).toContain('timeConstantS');
  expect(html).toContain('35 points');
  await expect(file('planes-png', line)).rejects.toMatchObject({data: {code: 'plan/invalid'}});
  await expect(file('result-json')).rejects.toMatchObject({data: {code: 'store/not-found'}});
  await expect(file('csv', 'nobody')).rejects.toMatchObject({data: {code: 'store/not-found'}});
});

test('the bytes of an artifact come back as they were stored', async () => {
  await using host = await createHost();
  const {store, client} = host;
  const {uid: sessionUid} = store.createSession({title: 'A', operator: '', benchName: ''});
  const uid = store.addArtifact({
    sessionUid,
    kind: 'object-mask',
    metadata: {pitchMm: 1, label: '3'},
    name: 'a.bin',
    mediaType: 'application/octet-stream',
    bytes: new Uint8Array([1, 2, 3]),
  });
  expect(await client.sessions.artifact({uid})).toEqual({
    fileName: 'a.bin',
    mediaType: 'application/octet-stream',
    bytes: new Uint8Array([1, 2, 3]),
  });
  expect((await client.sessions.get({uid: sessionUid})).artifacts).toMatchObject([{uid, byteCount: 3}]);
});
