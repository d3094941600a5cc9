import fc from 'fast-check';
import {expect, test} from 'vitest';
import type {RunDocument, RunEvent} from '../../../src/contract/run-records.ts';
import {openStore} from '../../../src/host/store/open-store.ts';
import {numberKey, startRecord, writeRun} from './sample-run.ts';
import {darkLevelOf, lockInPhase} from './calibration-values.ts';
import {scanDetails} from './session-details.ts';

const session = {title: 'Ten digits', operator: 'Ada', benchName: 'north'};

test('sessions are made, listed newest first, found and closed', () => {
  using store = openStore(':memory:', {utcNowS: () => 1_700_000_000.123});
  const first = store.createSession(session);
  const second = store.createSession({
    ...session,
    title: 'second',
    designHash: 'sha256:1',
    details: scanDetails,
  });
  expect(first.createdAt).toBe('2023-11-14T22:13:20.123Z');
  store.closeSession(first.uid);
  store.closeSession(first.uid);
  expect(store.listSessions().map(({uid}) => uid)).toEqual([second.uid, first.uid]);
  expect(store.getSession(first.uid).closedAt).toBe('2023-11-14T22:13:20.123Z');
  expect(store.getSession(second.uid)).toMatchObject({
    designHash: 'sha256:1',
    details: scanDetails,
    runCount: 0,
  });
  expect(() => store.getSession('nobody')).toThrow('There is no session "nobody"');
});

test('whatever documents go in come out again, to the last bit', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
  const value = fc.double({noNaN: true, noDefaultInfinity: true});
  fc.assert(
    fc.property(
      fc.uniqueArray(name, {minLength: 1, maxLength: 8}),
      fc.array(fc.record({values: fc.array(value, {minLength: 8, maxLength: 8}), isOwn: fc.boolean()}), {
        maxLength: 20,
      }),
      fc.boolean(),
      (names, points, hasText) => {
        using store = openStore(':memory:');
        const recorder = store.recorder(store.createSession(session).uid);
        const start = startRecord(recorder, {plan_args: {text: 'ä "quoted"', nested: {list: [1, null]}}});
        const documents: RunDocument[] = [
          ['start', start],
          [
            'descriptor',
            {
              uid: 'd',
              run_start: start.uid,
              time: 1,
              name: 'primary',
              data_keys: {
                ...Object.fromEntries(names.map((column) => [column, numberKey])),
                ...(hasText && {'~text': {...numberKey, dtype: 'string'}}),
              },
              object_keys: {},
              configuration: {},
            },
          ],
          ...points.map(({values, isOwn}, index): RunDocument => {
            const data: Record<string, number | string> = {};
            names.forEach((column, i) => (data[column] = values[i] ?? 0));
            if (hasText) data['~text'] = `point ${index}`;
            const event: RunEvent = {
              uid: isOwn ? `own-${index}` : `d:${index + 1}`,
              descriptor: 'd',
              seq_num: index + 1,
              time: index,
              data,
              timestamps: Object.fromEntries(
                Object.keys(data).map((column) => [column, isOwn ? index + 0.5 : index]),
              ),
            };
            return ['event', event];
          }),
          [
            'stop',
            {
              uid: 's',
              run_start: start.uid,
              time: 9,
              exit_status: 'abort',
              reason: 'because',
              num_events: {primary: points.length},
            },
          ],
        ];
        for (const document of documents) recorder.write(document);
        expect([...store.documents(start.uid)]).toEqual(documents);
        const stored = store.readPoints(start.uid);
        expect(stored.count).toBe(points.length);
        names.forEach((column, i) =>
          expect([...(stored.data[column] ?? [])]).toEqual(points.map(({values}) => values[i])),
        );
      },
    ),
    {numRuns: 40},
  );
});

test('numbers with a gap, unknown runs and unknown streams are refused', () => {
  using store = openStore(':memory:');
  const recorder = store.recorder(store.createSession(session).uid);
  const uid = writeRun(recorder, {pointCount: 2, isStopped: false});
  const event = {
    uid: 'e',
    descriptor: `${uid}-d`,
    seq_num: 4,
    time: 1,
    data: {x_mm: 1, x_v: 1},
    timestamps: {},
  };
  expect(() => recorder.write(['event', event])).toThrow('there is a gap');
  expect(() => recorder.write(['event', {...event, descriptor: 'other'}])).toThrow('not declared');
  expect(() => store.readPoints('other')).toThrow('There is no run "other"');
  expect(store.readPoints(uid, 'dark').count).toBe(0);
});

test('run numbers count through the whole file', () => {
  using store = openStore(':memory:');
  const first = store.recorder(store.createSession(session).uid);
  const second = store.recorder(store.createSession(session).uid);
  expect([first.allocateScanId(), second.allocateScanId(), first.allocateScanId()]).toEqual([1, 2, 3]);
});

test('runs are found by what people remember of them', () => {
  using store = openStore(':memory:');
  const {uid: sessionUid} = store.createSession(session);
  const recorder = store.recorder(sessionUid);
  const seven = writeRun(recorder, {pointCount: 1, start: {sample: 'digit 7 (index 9042)', time: 10}});
  const dark = writeRun(recorder, {
    pointCount: 2,
    start: {plan_name: 'dark-level', time: 20, design_hash: 'h'},
  });
  recorder.addNote({text: '100% humid, odd', time: 20, runUid: dark});
  const found = (search: Parameters<typeof store.search>[0]): string[] =>
    store.search(search).map(({uid}) => uid);
  expect(found({text: 'digit 9042'})).toEqual([seven]);
  expect(found({text: '100%'})).toEqual([dark]);
  expect(found({text: '1%0'})).toEqual([]);
  expect(found({planName: 'dark-level'})).toEqual([dark]);
  expect(found({designHash: 'h', exitStatus: 'success'})).toEqual([dark]);
  expect(found({sinceS: 5, untilS: 15})).toEqual([seven]);
  expect(found({scanId: 2})).toEqual([dark]);
  expect(found({sessionUid})).toEqual([dark, seven]);
  expect(found({limit: 1})).toEqual([dark]);
  expect(store.listRuns(sessionUid)).toMatchObject([
    {uid: seven, sample: 'digit 7 (index 9042)', pointCount: 1, exitStatus: 'success'},
    {uid: dark, pointCount: 2},
  ]);
  expect(store.listNotes(sessionUid)).toMatchObject([
    {text: '100% humid, odd', author: 'engine', runUid: dark},
  ]);
});

test('the audit trail is only ever added to', () => {
  using store = openStore(':memory:');
  store.audit({actor: 'Ada', action: 'change-limits', subject: 'stage', details: {x: [0, 100]}});
  expect(store.listAudit()).toMatchObject([{actor: 'Ada', action: 'change-limits', details: {x: [0, 100]}}]);
});

test('a calibration counts until it expires or one that it builds on is renewed', () => {
  let nowS = 100;
  using store = openStore(':memory:', {utcNowS: () => nowS});
  const dark = store.addCalibration({kind: 'dark-level', value: darkLevelOf(1e-6), validUntilS: 500});
  nowS = 110;
  const phase = store.addCalibration({kind: 'lock-in-phase', value: lockInPhase, dependsOn: [dark]});
  expect(store.currentCalibration('dark-level')).toMatchObject({uid: dark, value: {xV: 1e-6}});
  expect(store.currentCalibration('lock-in-phase')?.uid).toBe(phase);
  nowS = 120;
  const renewed = store.addCalibration({kind: 'dark-level', value: darkLevelOf(2e-6)});
  expect(store.currentCalibration('dark-level')?.uid).toBe(renewed);
  expect(store.currentCalibration('lock-in-phase')).toBeUndefined();
  expect(store.currentCalibration('dark-level', 600)?.uid).toBe(renewed);
  expect(store.listCalibrations('dark-level')).toHaveLength(2);
  expect(() =>
    store.addCalibration({kind: 'lock-in-phase', value: lockInPhase, dependsOn: ['none']}),
  ).toThrow('There is no calibration');
});

test('artifacts are stored once per content; results are replaced when they are computed again', () => {
  using store = openStore(':memory:');
  const {uid: sessionUid} = store.createSession(session);
  const bytes = new Uint8Array([1, 2, 3]);
  const artifact = {
    sessionUid,
    kind: 'object-mask',
    mediaType: 'application/x-npy',
    bytes,
    metadata: {pitchMm: 1, label: '3'},
  } as const;
  const one = store.addArtifact({...artifact, name: 'digit 3'});
  const two = store.addArtifact({...artifact, name: 'digit 7'});
  expect([...store.readArtifact(one)]).toEqual([1, 2, 3]);
  const [first, second] = store.listArtifacts(sessionUid, 'object-mask');
  expect(first).toMatchObject({uid: one, name: 'digit 3', byteCount: 3});
  expect(second).toMatchObject({uid: two, sha256: first?.sha256});
  expect(store.readMetadata(one, 'object-mask')).toEqual({pitchMm: 1, label: '3'});
  const order = {sessionUid, kind: 'plane-order', key: 'all'} as const;
  store.putResult({...order, madeBy: '0.1.0', value: {planes: [], unexplainedRatio: 0.1}});
  store.putResult({...order, madeBy: '0.2.0', value: {planes: [], unexplainedRatio: 0.2}});
  expect(store.listResults(sessionUid, 'plane-order')).toMatchObject([
    {key: 'all', madeBy: '0.2.0', value: {unexplainedRatio: 0.2}},
  ]);
});

test('closing twice is closing once', () => {
  const store = openStore(':memory:');
  store.close();
  store.close();
  store[Symbol.dispose]();
});
