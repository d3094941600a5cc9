import type {MountConfig, SourceConfig, StageConfig} from '../../contract/bench-file.ts';

/** An instrument that can do harm when nobody drives it any more, with all that is needed to reach it again. */
export type WatchedInstrument =
  | {readonly kind: 'stage'; readonly config: StageConfig}
  | {readonly kind: 'source'; readonly config: SourceConfig}
  | {readonly kind: 'mount'; readonly config: MountConfig};

/** Whoever makes instruments safe when this program cannot do it any more. */
export interface HazardWatch {
  /**
   * Called before the port of an instrument is opened, at each connection; resolves when it may be opened. What it resolves with
   * is told before the instrument may do harm, and when it has proven that it does not (see `Link.noteHazard`).
   */
  watch(instrument: WatchedInstrument): Promise<(isPossible: boolean) => void>;
}
