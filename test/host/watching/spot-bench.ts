import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {OpenBench} from '../../../src/host/bench/open-bench.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {createBench, type InProcessBench} from '../../../src/virtual/bench.ts';
import {virtualDetectors, type InstrumentName} from '../../../src/virtual/instrument-list.ts';
import {openTcpPort} from '../../../src/virtual/port.ts';
import {defaultSceneSettings, type SceneSettings} from '../../../src/virtual/scene-settings.ts';
import type {VirtualPort} from '../../../src/virtual/virtual-port.ts';
import {openVirtualBench, type OpenedFile} from '../open-virtual-bench.ts';

const speed = 50;
const names = ['sr830', 'grbl', 'scpi-source'] as const satisfies readonly InstrumentName[];

/** Nothing is wrong at the bench: a plain spot of light, the same at any distance. */
export const spotSettings: SceneSettings = {
  ...defaultSceneSettings,
  ripple: 0,
  driftPerHour: 0,
  backlashMm: 0,
  leadScrew: {amplitudeMm: 0, periodMm: 4},
};

/** A bench without a design in this process, opened as the host opens it, and a store of its own. */
export interface SpotBench extends AsyncDisposable {
  readonly virtual: InProcessBench;
  readonly store: Store;
  readonly bench: OpenBench;
}

export async function startSpotBench(settings: SceneSettings, file: OpenedFile): Promise<SpotBench> {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-spot-'));
  const store = openStore(join(folder, 'store.db'));
  const virtual = createBench({speed, hasNoise: false, profile: 'bench', settings});
  const ports: VirtualPort[] = [];
  const instruments = await Promise.all(
    names.map(async (name) => {
      const port = await openTcpPort(virtual.instruments[name]);
      ports.push(port);
      if (!('port' in port.address)) throw new Error('no TCP');
      return {
        role: virtual.instruments[name].role,
        host: '127.0.0.1',
        port: port.address.port,
        ...(name === 'sr830' && {detector: virtualDetectors.sr830}),
      };
    }),
  );
  const nothing = (): Promise<void> => Promise.resolve();
  const handle = {
    instruments,
    mountObject: nothing,
    setPlatesPresent: nothing,
    exchangePlate: nothing,
    blockBeam: nothing,
    unblockBeam: nothing,
    [Symbol.asyncDispose]: nothing,
  };
  const bench = await openVirtualBench(handle, speed, file);
  return {
    virtual,
    store,
    bench,
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]();
      for (const port of ports) await port[Symbol.asyncDispose]();
      await virtual.dispose();
      store[Symbol.dispose]();
      rmSync(folder, {recursive: true});
    },
  };
}
