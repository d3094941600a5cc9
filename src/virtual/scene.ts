import type {PlateStand} from './scene-truth.ts';

/** An object as it is put into the bench. Rows from the smallest y; amplitude 0..1. */
export interface MountedObject {
  readonly label: string;
  readonly grid: {readonly count: number; readonly pitchMm: number};
  readonly amplitude: ArrayLike<number>;
}

/** The light behind the plates. Positions are on the optical axis' frame, mm; z from the designed output plane. */
export interface Scene {
  /** Power that the detector's probe takes in, as part of the brightest point of a plain figure; see `isCurrent`. */
  powerAt(xMm: number, yMm: number, zMm: number): number;
  /** Puts another object in. Resolves when the light is its. */
  mountObject(object: MountedObject | null): Promise<void>;
  /** Plates stand so from now on, by place. Resolves when the light is theirs. */
  setPlates(stands: readonly PlateStand[]): Promise<void>;
  /** Tells the scene where the detector stands along the beam, so that it can follow. */
  noticeDetectorZ(zMm: number): void;
  /** Tells the scene at which frequency the light is that comes out of the chain, so that it can follow. */
  noticeFrequency(frequencyHz: number): void;
  /**
   * The light that `powerAt` gives is that of object, plates, frequency and the place of the detector as they are now;
   * false while it is computed (a part of a second), and `powerAt` is of no use. Before the first light a bench is dark.
   */
  readonly isCurrent: boolean;
  /** `listener` is called each time when the light has followed. */
  onCurrent(listener: () => void): () => void;
  /** Frequencies of the light for which the bench is made, behind the chain. */
  readonly frequenciesHz: readonly number[];
  dispose(): Promise<void>;
}

/** A Gaussian spot on the axis: enough for instruments, without any design. */
export function createSpotScene({radiusMm = 8, frequencyHz = 4e11} = {}): Scene {
  let brightness = 1;
  return {
    frequenciesHz: [frequencyHz],
    powerAt: (xMm, yMm) => brightness * Math.exp((-2 * (xMm * xMm + yMm * yMm)) / radiusMm ** 2),
    mountObject: async (object) => {
      // As bright as the object is open.
      const total = object?.amplitude.length ?? 0;
      let open = 0;
      for (let i = 0; i < total; i++) open += object!.amplitude[i] ** 2;
      brightness = total === 0 ? 1 : open / total;
    },
    setPlates: async () => undefined,
    noticeDetectorZ: () => undefined,
    noticeFrequency: () => undefined,
    isCurrent: true,
    onCurrent: () => () => undefined,
    dispose: async () => undefined,
  };
}
