import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {readRunPlane} from '../../../src/host/runs/run-plane.ts';
import {grid, startHost, storedRuns, until, type TestHost} from './bench-fixture.ts';
import {dimScene} from '../../virtual/small-design.ts';

let at: TestHost;
beforeAll(async () => {
  at = await startHost({smallPlates: 3, scene: dimScene});
  await at.api.bench.open({kind: 'virtual', speed: 100, detector: 'keithley-2000'});
});
afterAll(() => at[Symbol.asyncDispose]());

const status = () => at.api.bench.status({});

describe('an open bench with a multimeter as its detector', () => {
  it('tells what the meter declares, reads it and asks it for nothing that it has not', async () => {
    const detector = await until(async () => {
      const known = (await status()).detector;
      return known?.isValid === true && known.settings.every(({value}) => value !== null) && known;
    });
    expect(detector.columns).toEqual([{name: 'voltageV', label: 'Voltage', unit: 'V'}]);
    expect(detector.signal).toEqual({column: 'voltageV', proportionalTo: 'power'});
    expect(Object.keys(detector.reading ?? {})).toEqual(['voltageV']);
    expect(detector.settings.map(({label, unit}) => [label, unit])).toEqual([
      ['PLC', 'PLC'],
      ['range', 'V'],
    ]);
    const {instruments, lockin} = await status();
    expect(instruments.find(({kind}) => kind === 'detector')).toMatchObject({role: 'detector', label: 'ok'});
    expect(lockin).toBeNull();
    const {columns} = await at.api.bench.readings({});
    expect(columns.map(({name}) => name)).toEqual([
      'detector.voltageV',
      'stage.xMm',
      'stage.yMm',
      'source.powerDbm',
    ]);
    const listed = (await at.api.instruments.list()).find(({kind}) => kind === 'detector');
    const names = listed?.parameters.map(({name}) => name) ?? [];
    expect(listed?.mainParameters.length).toBeGreaterThan(0);
    expect(names).toEqual(expect.arrayContaining(listed?.mainParameters ?? []));
  });

  it('scans a plane that is set up, mapped and exported by its own column', async () => {
    await at.api.scan.start({plan: grid(6, 2), isDetectorSetUp: true});
    await until(async () => (await status()).run?.state === 'ended');
    const {run} = await status();
    expect(run).toMatchObject({exitStatus: 'success', pointCount: 16});
    const {store} = at.services;
    const [{uid: runUid}] = storedRuns(at);
    expect(store.getRun(runUid).descriptors[0].detectors).toEqual({
      detector: {
        columns: [{name: 'voltage_v', label: 'Voltage', unit: 'V'}],
        signal: {column: 'voltage_v', proportional_to: 'power'},
      },
    });
    const plane = readRunPlane(store, runUid, '');
    expect(plane).toMatchObject({rows: 4, columns: 4, unit: 'V'});
    expect(plane?.values.every((value) => value > 0)).toBe(true);
    const {content} = await at.api.scan.pointsFile({runUid, format: 'csv'});
    expect(new TextDecoder().decode(content)).toContain('x (mm),y (mm),Voltage (V),bench time (s)\n');
  });
});
