import type {PlateStand} from './scene-truth.ts';

/** An object as it is put into the bench. Rows from the smallest y; amplitude 0..1. */
export interface MountedObject {
  readonly label: string;
  readonly grid: {readonly count: number; readonly pitchMm: number};
  readonly amplitude: ArrayLike<number>;
}

/** The light behind the plates. Positions are on the optical axis' frame, mm; z from the designed output plane. */
export interface Scene {
  /** Power that the detector's probe takes in, as part of the brightest point of a plain figure. */
  powerAt(xMm: number, yMm: number, zMm: number): number;
  /** Puts another object in. Until the new field is known (a part of a second) the bench is dark, as during the change. */
  mountObject(object: MountedObject | null): Promise<void>;
  /** Plates stand so from now on, by place. Resolves when the light is theirs; until then it is what it was. */
  setPlates(stands: readonly PlateStand[]): Promise<void>;
  /** Tells the scene where the detector stands along the beam, so that it can follow. */
  noticeDetectorZ(zMm: number): void;
  readonly wavelengthMm: number;
  dispose(): Promise<void>;
}

/** A Gaussian spot on the axis: enough for instruments, without any design. */
export function createSpotScene({radiusMm = 8, wavelengthMm = 0.7495} = {}): Scene {
  let brightness = 1;
  return {
    wavelengthMm,
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
    dispose: async () => undefined,
  };
}
