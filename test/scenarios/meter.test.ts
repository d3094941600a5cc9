import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {openVirtualBench} from '../host/open-virtual-bench.ts';
import {computeCampaign} from '../../src/host/campaign/compute-campaign.ts';
import {runCampaign} from '../../src/host/campaign/run-campaign.ts';
import {openDesign} from '../../src/host/designs/design-folder.ts';
import {exportSession} from '../../src/host/export/session-export.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {grid, startHost, until} from '../host/bench-service/bench-fixture.ts';
import {startVirtualBench} from '../../src/virtual/spawn.ts';
import {createSmallDesign, type SmallDesign} from '../virtual/small-design.ts';

const speed = 400;
let small: SmallDesign;
let folder: string;
beforeAll(async () => {
  small = await createSmallDesign(28);
  folder = mkdtempSync(join(tmpdir(), 'meter-'));
});
afterAll(() => {
  small[Symbol.dispose]();
  rmSync(folder, {recursive: true, force: true});
});

it('measures a campaign with a multimeter behind the power detector', async () => {
  const virtual = await startVirtualBench({
    seed: 1,
    speed,
    designFolder: small.folder,
    detector: 'keithley-2000',
    settings: {plateModel: 'thin'},
  });
  const bench = await openVirtualBench(virtual, speed, {timeoutScale: 10});
  try {
    expect(bench.file.detector).toMatchObject({role: 'detector', driver: 'keithley-2000'});
    const data = {path: folder, databasePath: join(folder, 'bench.sqlite'), reportFolder: folder};
    using store = openStore(data.databasePath);
    const outcome = await runCampaign(
      {bench, store, data},
      {
        design: await openDesign(small.folder),
        designFolder: small.folder,
        digitCount: 1,
        seed: 1,
        operator: 'test',
        choices: {stepMm: 2, referenceEvery: 100, darkReadingCount: 8},
      },
      {},
    );
    expect(outcome.endedEarly).toBeNull();
    expect((await virtual.readState()).isOutputOn).toBe(false);
    const [digit] = outcome.result.digits;
    expect(digit.registered.pearson).toBeGreaterThan(0.8);
    expect(digit.measured.shares?.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    const html = readFileSync(outcome.reportPath, 'utf8');
    // Parts of the text alone: a page of pictures is no help in a failed test.
    expect(html.match(/MODEL 2000/)?.[0]).toBe('MODEL 2000');
    expect(html.match(/theta|signal phase|lock-in/i)).toBeNull();
    expect(computeCampaign(store, outcome.sessionUid).result).toEqual(outcome.result);
  } finally {
    await bench[Symbol.asyncDispose]();
  }
});

it('scans with it through the API, and every file and view has its one column', async () => {
  await using at = await startHost();
  const {api} = at;
  await expect(api.bench.open({kind: 'virtual', detector: 'toaster'})).rejects.toMatchObject({
    data: {code: 'device/unknown'},
  });
  await api.bench.open({kind: 'virtual', speed: 100, detector: 'keithley-2000', designFolder: small.folder});
  await api.scan.start({plan: grid(4), isDetectorSetUp: true});
  await until(async () => (await api.bench.status({})).run?.state === 'ended');
  const {run} = await api.bench.status({});
  expect(run).toMatchObject({exitStatus: 'success', pointCount: 25});
  const {store} = at.services;
  const {bytes} = exportSession(store, {sessionUid: run?.sessionUid ?? '', format: 'csv'});
  const text = new TextDecoder().decode(bytes);
  expect(text.split('\n').find((line) => line.startsWith('x (mm)'))).toBe(
    'x (mm),y (mm),Voltage (V),bench time (s)',
  );
  const {instruments} = await api.bench.status({});
  expect(instruments.find(({kind}) => kind === 'detector')).toMatchObject({
    role: 'detector',
    model: 'Model 2000',
  });
});
