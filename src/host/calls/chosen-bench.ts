import {devicesByRole} from '../bench/bench-engine.ts';
import {readBenchFile} from '../bench/bench-file.ts';
import {openStagePlaces} from '../bench/stage-places.ts';
import {openDataFolder} from '../data-folder.ts';
import {openRealBench, openVirtualBench, type BenchOperator, type OpenBench} from '../bench/open-bench.ts';
import type {StartVirtualBench} from '../bench-service/open-choice.ts';
import type {QuestionHandler, SettingsPolicy} from '../../contract/questions.ts';
import {formatTraceEntry, type TraceEntry} from '../serial/trace.ts';
import {openStore, type Store} from '../store/open-store.ts';

/** Which bench: a bench file's, or without one the built-in virtual bench. */
export interface BenchChoice {
  readonly benchPath?: string | undefined;
  /** Plates on the virtual bench; the shipped design's unless given. */
  readonly designFolder?: string | undefined;
  readonly seed: number;
  readonly speed: number;
  readonly isNoisy: boolean;
  /** Virtual bench: a motorised mount under each plate. */
  readonly hasMounts?: boolean | undefined;
  /** Virtual bench: driver of its detector; the SR830's unless given. */
  readonly detector?: string | undefined;
  readonly askOperator: BenchOperator;
  /** Factor on every time limit of the instruments; 1 unless given. */
  readonly timeoutScale?: number | undefined;
  /** Asks for a decision; without it what would be asked is refused. */
  readonly ask?: QuestionHandler | undefined;
  readonly settingsPolicy?: SettingsPolicy | undefined;
}

export interface BenchHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onText?: (text: string) => void;
  readonly onTrace?: ((line: string) => void) | undefined;
}

/** Opens the bench that is chosen; its instruments are connected, RF is off, nothing has moved. */
export type OpenChosenBench = (choice: BenchChoice, hooks: BenchHooks) => Promise<OpenBench>;

/** `startVirtualBench` is given by the one place that may know the virtual bench. */
export const createBenchOpener =
  (startVirtualBench: StartVirtualBench): OpenChosenBench =>
  async (choice, {signal, onText, onTrace}) => {
    const file = choice.benchPath === undefined ? undefined : await readBenchFile(choice.benchPath);
    const options = {
      signal,
      timeoutScale: choice.timeoutScale,
      ask: choice.ask,
      settingsPolicy: choice.settingsPolicy,
      ...(onTrace ? {onTrace: (entry: TraceEntry) => onTrace(formatTraceEntry(entry))} : {}),
    };
    onText?.(
      file
        ? `bench ${file.name}: connecting`
        : `starting the virtual bench (seed ${choice.seed}, ${choice.speed} times as fast as real time)`,
    );
    const bench = file
      ? await openRealBench(file, choice.askOperator, {
          ...options,
          places: openStagePlaces((await openDataFolder()).path),
        })
      : await openVirtualBench(
          await startVirtualBench({
            seed: choice.seed,
            speed: choice.speed,
            noise: choice.isNoisy,
            mounts: choice.hasMounts ?? false,
            detector: choice.detector,
            ...(choice.designFolder === undefined ? {} : {designFolder: choice.designFolder}),
            signal,
          }),
          choice.speed,
          options,
        );
    for (const device of devicesByRole(bench).values()) {
      onText?.(`${device.role}: ${device.identity.text.trim()}`);
    }
    return bench;
  };

/** A store that cannot be used is told before any instrument is opened. */
export function openStoreFirst(path: string, {onText}: BenchHooks): Store {
  const store = openStore(path);
  for (const run of store.recoveredRuns)
    onText?.(`Run ${run.scanId} of an earlier start was closed as failed: ${run.reason}`);
  return store;
}
