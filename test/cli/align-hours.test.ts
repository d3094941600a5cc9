import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {calibrationKinds} from '../../src/host/calibrations/calibration-kinds.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {createMeasuredBench, unknowns, writeMeasuredSession} from '../host/alignment/measured-session.ts';
import {createTestFolder, jsonOf, runCli} from './run-cli.ts';

const hourS = 3600;

test('an axis scale that align --session finds counts for as long as the settings say', async () => {
  using folder = createTestFolder();
  const data = folder.file('data');
  mkdirSync(data);
  const path = join(data, 'bench.sqlite');
  const measured = await createMeasuredBench(3, 2);
  let session: string;
  {
    using store = openStore(path);
    ({sessionUid: session} = await writeMeasuredSession(store, measured, {benchSeed: 3}));
  }
  expect((await runCli(['settings', 'set', 'calibrationHours.axisScale', '24'], data)).code).toBe(0);
  const free = [...unknowns, 'frame.scale'].join(',');
  const aligned = await runCli(['align', '--session', session, '--free', free, '--json'], data);
  expect(jsonOf(aligned)).toMatchObject({verdict: 'trusted'});
  using store = openStore(path, {readOnly: true});
  const [scale] = store.listCalibrations(calibrationKinds.axisScale);
  expect((scale.validUntilS ?? NaN) - scale.timeS).toBeCloseTo(24 * hourS, -2);
});
