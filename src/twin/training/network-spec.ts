import type {DetectorRegion, NeuronKind} from '../../contract/design-file.ts';
import type {Probe} from '../../contract/illumination.ts';
import type {Grid} from '../../contract/optics.ts';

/** A wavelength and the material of the plates at it. */
export interface SpectralLine {
  readonly wavelengthMm: number;
  readonly refractiveIndex: number;
  readonly extinction: number;
}

/** Plates of a network that have their thickness. */
export interface ThickLayersSpec {
  readonly sliceCount: number;
  readonly reliefFaces: 'source' | 'detector';
  /** Of each plate, mm above the base: from the lowest to the highest place that its relief may have. */
  readonly extents: readonly {readonly lowestMm: number; readonly highestMm: number}[];
}

/** What a network for training is made of; all plates share pitch and material, as they do when printed together. */
export interface NetworkSpec extends SpectralLine {
  /** Further wavelengths at which the same plates are read, their energies behind those of the spec's own. */
  readonly further?: readonly SpectralLine[];
  readonly grid: Grid;
  /** Object to plate 1, plate to plate, last plate to output plane, mm. */
  readonly gapsMm: readonly number[];
  readonly baseMm: number;
  readonly regions: readonly DetectorRegion[];
  /**
   * Whether each region is read twice: at the points of the scan, and after all of these at every sample, so that a
   * training can see what the scan's places do to it.
   */
  readonly isReadWholeToo?: boolean | undefined;
  /** Side of a square whose samples are read one by one, row by row, instead of regions; mm. */
  readonly windowMm?: number;
  /** What a pixel of a plate is made of: see neurons.ts. Absent: phase. */
  readonly neurons?: NeuronKind;
  /** Absent: plates are thin. Plates of amplitude neurons, which are foils, always are. */
  readonly thick?: ThickLayersSpec;
  /** Step of quantised heights, mm; null when heights are continuous. */
  readonly heightStepMm: number | null;
  /**
   * Of thin plates: thick ones hand on the field itself. point: each sample radiates as a point. square: as the square of one pitch that is printed, which weakens steep
   * waves by sinc(pitch fx) sinc(pitch fy) in the gap behind it.
   */
  readonly pixel: 'point' | 'square';
  /** What reads the plane; the response of a mode to steep waves is part of the last gap. */
  readonly probe: Probe;
  /** What a value of an object is: an amplitude (unless given), or a part of one turn of phase. */
  readonly objectValue?: 'amplitude' | 'phase-turns';
  /** Padding of the angular spectrum. */
  readonly pad: number;
  /** Objects whose fields can be held at the same time for the way back. */
  readonly slotCount: number;
}
