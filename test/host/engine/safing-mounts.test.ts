import {expect, test} from 'vitest';
import type {PlateMount, PlateOffset} from '../../../src/contract/devices.ts';
import type {Plan} from '../../../src/contract/messages.ts';
import {gridScan} from '../../../src/host/plans/grid.ts';
import {defaultDwell, defaultRoles} from '../../../src/host/plans/measure.ts';
import {inRun} from '../../../src/host/plans/wrappers.ts';
import {createFixture, safeGrid, type EngineFixture} from './engine-fixture.ts';

/** Mounts that remember whether they were stopped; one plate, 0.25 mm off its zero. */
function fixtureWithMount(): EngineFixture & {readonly stops: () => number} {
  const fixture = createFixture();
  let stopCount = 0;
  const offset: PlateOffset = {dxMm: 0.25};
  const mount: PlateMount = {
    kind: 'mount',
    role: 'mount',
    model: 'FAKE',
    identity: {maker: 'fake', model: 'FAKE', serialNumber: '1', firmware: '1', text: 'fake'},
    plates: [2],
    limitsOf: () => ({dxMm: [-1, 1]}),
    correctionLimitsOf: () => ({dxMm: 1}),
    tolerancesOf: () => ({dxMm: 0.002}),
    checkMove: () => undefined,
    checkHome: () => undefined,
    estimateMoveMs: () => 0,
    readOffset: () => Promise.resolve(offset),
    readStates: () => Promise.resolve([{plate: 2, offset, isMoving: false, problem: ''}]),
    readCondition: () => Promise.resolve({plates: [], facts: []}),
    isLineOpen: true,
    onLineEnd: () => () => undefined,
    readSettings: () => Promise.resolve({plate2DxMm: 0.25}),
    moveTo: () => Promise.resolve(offset),
    stop: () => {
      stopCount++;
      return Promise.resolve();
    },
    home: () => Promise.resolve(),
    clearFaults: () => Promise.resolve(),
    trustPosition: () => Promise.resolve(),
    recall: () => undefined,
    memoryOf: () => undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  fixture.bench.devices.set('mount', mount);
  return {...fixture, stops: () => stopCount};
}

test('a run that ends well leaves the mounts alone, and says where their plates stood', async () => {
  const {engine, recorder, stops} = fixtureWithMount();
  const roles = {...defaultRoles, mount: 'mount'};
  const grid = {centerMm: {xMm: 0, yMm: 0}, widthMm: 2, heightMm: 2, stepMm: 1, order: 'snake'} as const;
  await engine.run(gridScan({roles, dwell: defaultDwell, grid}));
  expect(stops()).toBe(0);
  const descriptor = recorder.documents.find(([name]) => name === 'descriptor')?.[1];
  expect(descriptor).toMatchObject({configuration: {mount: {data: {plate2DxMm: 0.25}}}});
});

test('a run that fails has the mounts stopped with the stage', async () => {
  const {engine, bench, stops} = fixtureWithMount();
  bench.stage.beforeMove = () => Promise.reject(new Error('the belt is torn'));
  await expect(engine.run(safeGrid())).rejects.toThrow('the belt is torn');
  expect(stops()).toBe(1);
});

test('an abort stops the mounts at once, before the plan has heard of it', async () => {
  const {engine, bench, stops} = fixtureWithMount();
  let stopsAtOnce = 0;
  bench.stage.beforeMove = () => {
    void engine.abort('enough').catch(() => undefined); // told by the run
    stopsAtOnce = stops();
    return Promise.resolve();
  };
  await expect(engine.run(safeGrid())).rejects.toThrow('enough');
  expect(stopsAtOnce).toBe(1);
});

test('a plan that was refused before it did anything costs the mounts nothing', async () => {
  const {engine, stops} = fixtureWithMount();
  // A plan that fails at its first message has moved and opened nothing.
  function* plan(): Plan<void> {
    yield {type: 'move', device: 'nobody', targetMm: {x: 1}};
    yield* inRun({planName: 'x', planArgs: {}}, function* () {
      yield {type: 'checkpoint'};
    });
  }
  await expect(engine.run(plan())).rejects.toMatchObject({code: 'device/unknown'});
  expect(stops()).toBe(0);
});
