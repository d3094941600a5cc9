import type {Illumination} from '../../contract/illumination.ts';
import {materialAt, type Material} from '../../contract/spectrum.ts';
import {speedOfLightMmPerS, wavelengthMmFromHz} from '../../contract/units.ts';
import {illuminationAt} from '../field/illumination-at.ts';
import {createTrainingNetwork, type TrainingNetwork} from './network.ts';
import type {NetworkSpec, SpectralLine} from './network-spec.ts';
import {energyCountOf} from './region-reading.ts';

/** A material at some frequencies, as a network for training takes it; its own values are those at `designHz`. */
export const spectralLines = (
  material: Material,
  designHz: number,
  frequenciesHz: readonly number[],
): readonly SpectralLine[] =>
  frequenciesHz.map((frequencyHz) => ({
    wavelengthMm: wavelengthMmFromHz(frequencyHz),
    ...materialAt(material, designHz, frequencyHz),
  }));

/** The network of a spec at each of its wavelengths, which are its own and the further ones. */
export const lineSpecs = (spec: NetworkSpec): readonly NetworkSpec[] => {
  const {further = []} = spec;
  return [spec, ...further].map(({wavelengthMm, refractiveIndex, extinction}) => ({
    ...spec,
    wavelengthMm,
    refractiveIndex,
    extinction,
    further: [],
  }));
};

/** Light that is given as it is at the wavelength of `spec`, at that of one of its lines. */
export const lineIllumination = (light: Illumination, spec: SpectralLine, line: SpectralLine): Illumination =>
  illuminationAt(light, frequencyOf(spec), frequencyOf(line));

const frequencyOf = ({wavelengthMm}: SpectralLine): number => speedOfLightMmPerS / wavelengthMm;

/** A stretch of the energies of one wavelength, and where it lies among those of all. */
export interface Stretch {
  readonly all: number;
  readonly own: number;
  readonly count: number;
}

/**
 * Where the energies of a wavelength, by its number, lie among those of all, one stretch a reading: what every sample
 * gives follows what the scan gives, each of all wavelengths.
 */
export function createStretches(spec: NetworkSpec): (line: number) => readonly Stretch[] {
  const lineCount = 1 + (spec.further?.length ?? 0);
  const readings = spec.isReadWholeToo === true && spec.windowMm === undefined ? 2 : 1;
  const count = energyCountOf(spec) / lineCount / readings;
  return (line) =>
    Array.from({length: readings}, (_, k) => ({all: (k * lineCount + line) * count, own: k * count, count}));
}

/**
 * A network that is read at every wavelength of `spec`: energies stand wavelength after wavelength (those of every
 * sample behind all of the scan), gradients of all
 * meet in the one height map of a plate, and the power that entered is the sum over the wavelengths. Its light is given
 * as it is at the first wavelength (`illuminationAt`), and its intensity is that of the first wavelength.
 */
export function createSpectralNetwork(spec: NetworkSpec): TrainingNetwork {
  const {further = []} = spec;
  if (further.length === 0) return createTrainingNetwork(spec);
  const lines = lineSpecs(spec);
  const networks = lines.map((line) => createTrainingNetwork(line));
  const [first] = networks;
  const own = new Float32Array(first.regionCount);
  const stretchesOf = createStretches(spec);
  return {
    layerCount: first.layerCount,
    regionCount: energyCountOf(spec),
    setHeights: (layers) => networks.forEach((network) => network.setHeights(layers)),
    setPlateErrors: (errors) => networks.forEach((network) => network.setPlateErrors(errors)),
    setScan: (scan) => networks.forEach((network) => network.setScan(scan)),
    setIllumination: (light) =>
      networks.forEach((network, i) => network.setIllumination(lineIllumination(light, spec, lines[i]))),
    forward: (slot, object, energies) =>
      networks.reduce((sum, network, plane) => {
        const power = network.forward(slot, object, own);
        for (const at of stretchesOf(plane)) energies.set(own.subarray(at.own, at.own + at.count), at.all);
        return sum + power;
      }, 0),
    backward(slot, energyGradients) {
      const all = Float32Array.from(energyGradients);
      networks.forEach((network, plane) => {
        for (const at of stretchesOf(plane)) own.set(all.subarray(at.all, at.all + at.count), at.own);
        network.backward(slot, own);
      });
    },
    readHeightGradient(layer, into) {
      first.readHeightGradient(layer, into);
      const more = new Float32Array(into.length);
      for (const network of networks.slice(1)) {
        network.readHeightGradient(layer, more);
        for (let i = 0; i < into.length; i++) into[i] += more[i];
      }
    },
    clearGradients: () => networks.forEach((network) => network.clearGradients()),
    readIntensity: (slot, into) => first.readIntensity(slot, into),
  };
}
