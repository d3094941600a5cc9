import type {Illumination, Probe} from '../contract/illumination.ts';
import type {AssemblyError, AssemblyErrorKind} from './assembly-errors.ts';

/** What the virtual bench does wrong, and how much: the default scene of the program. Every number is a setting. */
export interface SceneSettings {
  /** Standard deviations of each plate's placement error. */
  readonly plates: {readonly lateralMm: number; readonly axialMm: number; readonly rotationDeg: number};
  /** `uniform`: the sizes in `plates` and `plateTiltDeg` are limits of a uniform error, not standard deviations. */
  readonly plateSpread: 'normal' | 'uniform';
  /** Tilt of each plate about x and about y, as `plates`. */
  readonly plateTiltDeg: number;
  /** Standard deviation of the object's lateral error, mm. */
  readonly objectLateralMm: number;
  /** Standard deviations of the object's distance and of its turn about the beam. */
  readonly objectAxialMm: number;
  readonly objectRotationDeg: number;
  /** Assembly errors that are there for certain, made in this order. */
  readonly assemblyErrors: readonly AssemblyError[];
  /** Assembly errors that the seed draws on top, among these kinds. */
  readonly drawnAssemblyErrors: {readonly count: number; readonly kinds: readonly AssemblyErrorKind[]};
  /** Output frame against the optical axis: uniform within +-these. */
  readonly output: {readonly lateralMm: number; readonly rotationDeg: number};
  /** Print roughness: RMS and 1/e length of its autocorrelation, mm. */
  readonly heightNoise: {readonly rmsMm: number; readonly correlationMm: number};
  /** True index minus the design's. */
  readonly indexError: number;
  /** True extinction minus the design's. */
  readonly extinctionError: number;
  /** `thin`: a plate acts in one plane. `thick`: light travels through its base, and through its relief in slices of `sliceMm`. */
  readonly plateModel: 'thin' | 'thick';
  readonly sliceMm: number;
  /** Gaussian beam at the object plane; its centre lies `offCentreMm` away in a hidden direction. */
  readonly illumination: {
    readonly radiusMm: number;
    readonly offCentreMm: number;
    readonly curvatureRadiusMm: number;
  };
  readonly probe: Probe;
  /** Standing wave between source and detector: part of the power; period half a wavelength in detector z. */
  readonly ripple: number;
  /** Way between source and detector over which it stands, mm: c / (2 L) is its period in frequency. */
  readonly rippleLengthMm: number;
  /** Lead screw: amplitude and period of the position error, mm. */
  readonly leadScrew: {readonly amplitudeMm: number; readonly periodMm: number};
  readonly backlashMm: number;
  /** Source power drift, part of the power an hour. */
  readonly driftPerHour: number;
  /** Noise of X below the maximum (10 log10 of the power ratio) at 30 ms and 12 dB/oct; Infinity for none. */
  readonly noiseBelowMaximumDb: number;
  /** Reading without light, part of the maximum. */
  readonly darkOffset: number;
  /** Lock-in reading at the brightest point of a plane of a plain figure, V rms. */
  readonly signalMaximumV: number;
  /**
   * Zero-bias Schottky diode and amplifier behind the probe: output voltage proportional to the power. Shipped, the
   * swing at the brightest point is pi / sqrt(2) of `signalMaximumV`, 4.4 mV: with the 2000 V/W of such a diode, 2.2 uW;
   * the noise above is then a noise equivalent power of 5 pW / sqrt(Hz).
   */
  readonly powerDetector: {
    /** Corner of its low pass, Hz. */
    readonly videoBandwidthHz: number;
    /** Output without light, V. */
    readonly offsetV: number;
  };
  /** Multiplier chain behind the synthesiser. */
  readonly chain: {
    readonly multiplier: number;
    /** Drive level of the nominal power, dBm; the power follows the drive and saturates just above. */
    readonly nominalDbm: number;
    /** Part by which the frequency may lie outside of those of the design before nothing comes out. */
    readonly bandwidthRatio: number;
  };
  /** Samples along the side of a design pixel in the field calculation. */
  readonly oversample: number;
  /** How well a hand turns a plate's screws and puts a plate back into its holder. */
  readonly hand: HandPrecision;
}

/** Standard deviations of what a hand does against what it was asked. */
export interface HandPrecision {
  /** Part of what was asked. */
  readonly relative: number;
  readonly lateralMm: number;
  readonly axialMm: number;
  readonly rotationDeg: number;
  /** New error of a plate that was taken out and put back. */
  readonly reseatLateralMm: number;
  readonly reseatRotationDeg: number;
}

export const defaultSceneSettings: SceneSettings = {
  plates: {lateralMm: 0.1, axialMm: 0.2, rotationDeg: 0.2},
  plateSpread: 'normal',
  plateTiltDeg: 0,
  objectLateralMm: 0.1,
  objectAxialMm: 0,
  objectRotationDeg: 0,
  assemblyErrors: [],
  drawnAssemblyErrors: {count: 0, kinds: []},
  output: {lateralMm: 1, rotationDeg: 1},
  heightNoise: {rmsMm: 0.02, correlationMm: 0.5},
  indexError: 0.003,
  extinctionError: 0,
  plateModel: 'thick',
  sliceMm: 0.1,
  illumination: {radiusMm: 30, offCentreMm: 2, curvatureRadiusMm: 600},
  probe: {kind: 'mode', mode: 'te10', widthMm: 0.56, heightMm: 0.28},
  ripple: 0.02,
  rippleLengthMm: 600,
  leadScrew: {amplitudeMm: 0.01, periodMm: 4},
  backlashMm: 0.03,
  driftPerHour: 0.01,
  noiseBelowMaximumDb: 50,
  darkOffset: 0.001,
  signalMaximumV: 0.002,
  powerDetector: {videoBandwidthHz: 1e5, offsetV: 2e-5},
  chain: {multiplier: 36, nominalDbm: 10, bandwidthRatio: 0.05},
  oversample: 2,
  hand: {
    relative: 0.05,
    lateralMm: 0.02,
    axialMm: 0.02,
    rotationDeg: 0.05,
    reseatLateralMm: 0,
    reseatRotationDeg: 0,
  },
};

/** The same scene without any error, noise or drift: what is left is the physics of the design. */
export const idealSceneSettings = (illumination: Illumination, probe: Probe): SceneSettings => ({
  ...defaultSceneSettings,
  plates: {lateralMm: 0, axialMm: 0, rotationDeg: 0},
  objectLateralMm: 0,
  output: {lateralMm: 0, rotationDeg: 0},
  heightNoise: {rmsMm: 0, correlationMm: 0.5},
  indexError: 0,
  illumination: {
    radiusMm: illumination.kind === 'gaussian-beam' ? illumination.radiusMm : 1e6,
    offCentreMm: 0,
    curvatureRadiusMm: illumination.kind === 'gaussian-beam' ? (illumination.curvatureRadiusMm ?? 1e9) : 1e9,
  },
  probe,
  ripple: 0,
  leadScrew: {amplitudeMm: 0, periodMm: 4},
  backlashMm: 0,
  driftPerHour: 0,
  noiseBelowMaximumDb: Infinity,
  powerDetector: {...defaultSceneSettings.powerDetector, offsetV: 0},
  darkOffset: 0,
  hand: {
    relative: 0,
    lateralMm: 0,
    axialMm: 0,
    rotationDeg: 0,
    reseatLateralMm: 0,
    reseatRotationDeg: 0,
  },
});
