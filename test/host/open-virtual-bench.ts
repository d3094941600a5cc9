import {
  robotOf,
  virtualBenchFile,
  type OpenBench,
  type VirtualBenchHandle,
} from '../../src/host/bench/open-bench.ts';
import {openLiveBench} from '../../src/host/bench-service/live-open-bench.ts';

/** What of its bench file is otherwise. */
export interface OpenedFile {
  readonly hasZAxis?: boolean;
  /** Length of the stage's approaches. */
  readonly backlashMm?: number;
}

/**
 * Opens a virtual bench that has been started at `speed` times real time, as the host opens it, with nobody to ask. Its
 * robot does what an operator would. Disposing it ends the virtual bench too.
 */
export async function openVirtualBench(
  virtual: VirtualBenchHandle,
  speed: number,
  {timeoutScale, hasZAxis = false, backlashMm}: {readonly timeoutScale?: number} & OpenedFile = {},
): Promise<OpenBench> {
  const file = virtualBenchFile(virtual.instruments, {hasZAxis});
  const stage = backlashMm === undefined ? file.stage : {...file.stage, backlashMm};
  const bench = await openLiveBench({
    file: {...file, stage},
    speed,
    timeoutScale,
    operator: robotOf(virtual),
    ask: () => Promise.reject(new Error('Nobody is asked here.')),
    virtual,
    signal: new AbortController().signal,
    places: {find: () => Promise.resolve(undefined), keep: () => Promise.resolve()},
    onTrace: () => undefined,
    mayReconnect: () => false,
    onChange: () => undefined,
    onSentence: () => undefined,
    recallPlates: () => undefined,
    onConnections: () => undefined,
  });
  return {...bench, ask: undefined};
}
