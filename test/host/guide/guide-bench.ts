import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {
  guideOptionsSchema,
  defaultCalibrationHours,
  type GuideOptions,
} from '../../../src/contract/api/index.ts';
import type {OperatorRequest} from '../../../src/contract/messages.ts';
import {createGuideService, type GuideService} from '../../../src/host/guide/guide-service.ts';
import type {OpenBench} from '../../../src/host/bench/open-bench.ts';
import {openVirtualBench} from '../open-virtual-bench.ts';
import {openDataFolder, type DataFolder} from '../../../src/host/data-folder.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import type {Design} from '../../../src/twin/design/load.ts';
import {startVirtualBench, type VirtualBench} from '../../../src/virtual/spawn.ts';
import {createPlates, smallPlateLight} from '../alignment/small-plates.ts';

export interface GuideBench extends AsyncDisposable {
  readonly design: Design;
  readonly designFolder: string;
  readonly virtual: VirtualBench;
  readonly bench: OpenBench;
  readonly data: DataFolder;
  readonly requests: OperatorRequest[];
  store: Store;
  guideService: GuideService;
  /** What the operator leaves undone. */
  ignores: OperatorRequest['kind'] | null;
  /** Store and service as after a new start of the host. */
  reopen(): void;
}

/** The real virtual bench with two small plates that stand off by up to 2 mm and 3 degrees; store and service over it. */
export async function createGuideBench(seed: number): Promise<GuideBench> {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-guide-'));
  const designFolder = join(folder, 'design');
  const design = await createPlates(designFolder, 'two plates', [0, 1]);
  const virtual = await startVirtualBench({
    seed,
    speed: 1000,
    designFolder,
    settings: {
      plates: {lateralMm: 2, axialMm: 0.2, rotationDeg: 3},
      plateSpread: 'uniform',
      // Of plates as small as these, prints that are less smooth would hide how they are turned.
      heightNoise: {rmsMm: 0.005},
      illumination: {radiusMm: 6, offCentreMm: 1, curvatureRadiusMm: 400},
    },
  });
  const opened = await openVirtualBench(virtual, 1000, {timeoutScale: 10});
  const data = await openDataFolder({D2NN_BENCH_DATA: join(folder, 'data')});
  const requests: OperatorRequest[] = [];
  const own: GuideBench = {
    design,
    designFolder,
    virtual,
    data,
    requests,
    ignores: null,
    bench: {
      ...opened,
      file: {...opened.file, illumination: smallPlateLight},
      operator: async (request, call) => {
        requests.push(request);
        if (own.ignores !== request.kind) await opened.operator(request, call);
      },
    },
    store: openStore(data.databasePath),
    // Made at once by `reopen`.
    guideService: undefined as unknown as GuideService,
    reopen() {
      own.store.close();
      own.store = openStore(data.databasePath);
      own.guideService = createGuideService({
        store: own.store,
        data,
        hours: () => defaultCalibrationHours,
        workerCount: 1,
      });
    },
    async [Symbol.asyncDispose]() {
      own.store.close();
      await opened[Symbol.asyncDispose]();
      rmSync(folder, {recursive: true, force: true});
    },
  };
  own.reopen();
  return own;
}

export const quickOptions = (changes: Partial<GuideOptions> = {}): GuideOptions =>
  guideOptionsSchema.parse({
    objectCount: 2,
    singleObjectCount: 2,
    seed: 3,
    hasSinglePlates: true,
    singleStepMm: 1.6,
    stackStepMm: 1.5,
    ...changes,
  });
