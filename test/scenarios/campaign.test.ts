import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {openVirtualBench} from '../host/open-virtual-bench.ts';
import type {RegistrationCalibration} from '../../src/host/campaign/campaign-results.ts';
import {computeCampaign} from '../../src/host/campaign/compute-campaign.ts';
import {runCampaign, type CampaignHooks} from '../../src/host/campaign/run-campaign.ts';
import {defaultDesignFolder} from '../../src/host/designs/default-design.ts';
import {openDesign} from '../../src/host/designs/design-folder.ts';
import {openStore} from '../../src/host/store/open-store.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {revealScene} from '../../src/virtual/scene-truth.ts';
import {startVirtualBench} from '../../src/virtual/spawn.ts';
import {createPlates} from '../host/alignment/small-plates.ts';

const speed = 400;
interface CampaignSetting {
  readonly isFullSize?: boolean;
  readonly hooks?: CampaignHooks;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'campaign-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

/**
 * The whole chain on one digit: real ports, drivers, engine, store, comparison, report. With the shipped plates, or the
 * middle of them, whose light takes little time to compute.
 */
async function campaignOn(seed: number, {isFullSize = false, hooks = {}}: CampaignSetting = {}) {
  const designFolder = isFullSize ? defaultDesignFolder : join(folder, 'design');
  if (!isFullSize) await createPlates(designFolder, 'digits', [0, 1, 2, 3, 4]);
  // The small design takes its plates as thin.
  const settings = isFullSize ? {} : {plateModel: 'thin' as const};
  const virtual = await startVirtualBench({seed, speed, designFolder, settings});
  const bench = await openVirtualBench(virtual, speed, {timeoutScale: 10});
  try {
    const data = {path: folder, databasePath: join(folder, 'bench.sqlite'), reportFolder: folder};
    using store = openStore(data.databasePath);
    const outcome = await runCampaign(
      {bench, store, data},
      {
        design: await openDesign(designFolder),
        designFolder,
        digitCount: 1,
        seed,
        operator: 'test',
        choices: {stepMm: isFullSize ? 3 : 1.5, referenceEvery: 100, darkReadingCount: 8},
      },
      hooks,
    );
    return {outcome, isSourceOn: (await virtual.readState()).isOutputOn};
  } finally {
    await bench[Symbol.asyncDispose]();
  }
}

describe('a campaign on the virtual bench', () => {
  it.each([
    {seed: 1, isFullSize: true},
    {seed: 2, isFullSize: false},
  ])(
    'finds the displaced frame and agrees better as registered than nominally: %o',
    async ({seed, isFullSize}) => {
      const {outcome, isSourceOn} = await campaignOn(seed, {isFullSize});
      expect(outcome.endedEarly).toBeNull();
      expect(isSourceOn).toBe(false);
      const [digit] = outcome.result.digits;
      expect(digit.registered.pearson).toBeGreaterThan(digit.nominal.pearson ?? 1);
      expect(digit.registered.pearson).toBeGreaterThan(0.8);
      expect(outcome.json.points).toBe(digit.pointCount);
      expect(digit.measured.shares?.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);

      // The hidden truth is for tests: the frame is found to the error that unknown plates leave (0.1 mm each).
      const truth = revealScene(seed).placements.output;
      using store = openStore(join(folder, 'bench.sqlite'), {readOnly: true});
      const {registration, result} = computeCampaign(store, outcome.sessionUid);
      const {frame} = registration as RegistrationCalibration;
      expect(Math.abs(frame.rotationDeg - truth.rotationDeg)).toBeLessThan(0.5);
      expect(Math.hypot(frame.dxMm - truth.dxMm, frame.dyMm - truth.dyMm)).toBeLessThan(0.5);

      const html = readFileSync(outcome.reportPath, 'utf8');
      expect(html).not.toMatch(/https?:\/\//);
      expect(html).toContain(outcome.sessionUid);
      // Recomputed from the stored points alone, the result is the same to the last digit.
      expect(result).toEqual(outcome.result);
    },
  );

  it('stopped in mid-scan leaves the source off, keeps every point and says so', async () => {
    const abort = new AbortController();
    let recorded = 0;
    const {outcome, isSourceOn} = await campaignOn(3, {
      hooks: {
        signal: abort.signal,
        onEvent: (event) => {
          if (event.type !== 'document' || event.document[0] !== 'event') return;
          recorded += 1;
          if (recorded === 150) abort.abort(new BenchError('plan/aborted', 'Stopped by the test.'));
        },
      },
    });
    expect(isSourceOn).toBe(false);
    expect(outcome.endedEarly).toMatchObject({code: 'plan/aborted'});
    expect(existsSync(outcome.reportPath)).toBe(true);
    using store = openStore(join(folder, 'bench.sqlite'), {readOnly: true});
    const runs = store.listRuns(outcome.sessionUid);
    expect(runs.at(-1)).toMatchObject({exitStatus: 'abort'});
    expect(runs.reduce((sum, run) => sum + run.pointCount, 0)).toBeGreaterThanOrEqual(150);
  });
});
