import {countOf} from '../../../base/count-text.ts';
import {digitsText} from '../../../base/number-format.ts';
import type {DesignFile} from '../../../contract/design-file.ts';
import {plateOpticsText} from '../../../contract/plate-optics.ts';
import type {StackPart} from '../../viewer/index.ts';

/** A fact of a design as it is read: name and words. */
export type Fact = readonly [name: string, words: string];

const short = (value: number, digits = 4): string => digitsText(value, digits);

/** `1.7227`, or `1.7 to 1.72` where the plates differ. */
function spanText(values: readonly number[], digits = 5): string {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low === high ? short(low, digits) : `${short(low, digits)} to ${short(high, digits)}`;
}

/** What a design is, number by number with its unit. */
export function designFacts(file: DesignFile, wavelengthMm: number): readonly Fact[] {
  const {layers, grid, object, detector, illumination} = file;
  const gapsMm = [0, ...layers.map(({zMm}) => zMm), detector.zMm]
    .map((zMm, i, all) => zMm - (all[i - 1] ?? 0))
    .slice(1);
  const levels = layers.map((layer) => layer.levels);
  return [
    ['Frequency', `${short(file.frequencyHz / 1e9, 6)} GHz`],
    ['Wavelength', `${short(wavelengthMm, 5)} mm`],
    ['Layers', `${layers.length}, ${spanText(gapsMm)} mm from one to the next`],
    ['Grid', `${grid.count} × ${grid.count}, ${short(grid.count * grid.pitchMm)} mm wide`],
    [
      'Pitch',
      `${spanText(layers.map(({pitchMm}) => pitchMm))} mm, ${short(layers[0].pitchMm / wavelengthMm, 3)} wavelengths`,
    ],
    ['A pixel', neuronsText(layers)],
    ['Plates', platesText(file)],
    ['Levels', levelsText(levels)],
    ['Material n', spanText(layers.map(({refractiveIndex}) => refractiveIndex))],
    ['Material k', spanText(layers.map(({extinction}) => extinction))],
    ['Base', `${spanText(layers.map(({baseMm}) => baseMm))} mm under the relief`],
    [
      'Light',
      illumination.kind === 'plane-wave'
        ? 'plane wave'
        : `Gaussian beam, radius ${short(illumination.radiusMm)} mm`,
    ],
    [
      'Object',
      `${object.kind.replace('-', ' ')}, ${short(object.sideMm)} mm wide, ${object.imageCount} × ${object.imageCount}`,
    ],
    ['Detector', `at z ${short(detector.zMm)} mm, ${readingText(detector)}`],
  ];
}

/** How the plates act on light in simulations, and the side to which their reliefs stand. */
const platesText = ({layers, plateOptics}: DesignFile): string => {
  const sides = [...new Set(layers.map(({reliefFaces}) => reliefFaces))];
  return `${plateOpticsText(plateOptics)}, relief towards the ${sides.join(' or ')}`;
};

const readingText = ({regions, image, frequenciesHz}: DesignFile['detector']): string =>
  image
    ? `an image ${short(image.widthMm)} mm wide, magnification ${short(image.magnification)}`
    : `${countOf(regions.length, 'region')}${frequenciesHz ? ` at each of ${frequenciesHz.map((hz) => short(hz / 1e9, 6)).join(', ')} GHz` : ''}`;

const neuronLabels = {
  phase: 'delays by its relief',
  amplitude: 'opens or closes: a mask',
  complex: 'delays by its relief, opens or closes by a mask',
} as const;

function neuronsText(layers: DesignFile['layers']): string {
  const kinds = new Set(layers.map(({neurons = 'phase'}) => neurons));
  const [first] = kinds;
  return kinds.size === 1 && first ? neuronLabels[first] : 'differs from plate to plate';
}

function levelsText(levels: readonly DesignFile['layers'][number]['levels'][]): string {
  const [first] = levels;
  if (!first) return 'heights are continuous';
  const isOne = levels.every((other) => other?.count === first.count && other.maximumMm === first.maximumMm);
  return isOne
    ? `${countOf(first.count, 'step')} from 0 to ${short(first.maximumMm)} mm`
    : 'differ from plate to plate';
}

/** The stack to scale: object, plates with their base and highest relief, detector. */
export function stackParts(file: DesignFile): StackPart[] {
  const {object, layers, grid, detector} = file;
  const edges = detector.regions.flatMap(({centerXMm, widthMm}) => [
    centerXMm - widthMm / 2,
    centerXMm + widthMm / 2,
  ]);
  const widthMm = detector.image?.widthMm ?? Math.max(...edges) - Math.min(...edges);
  return [
    {label: 'object', kind: 'object', zMm: 0, thicknessMm: 0, heightMm: object.sideMm},
    ...layers.map((layer, i): StackPart => {
      const reliefMm = layer.levels?.maximumMm ?? 0;
      // The reference plane lies between base and relief; the relief stands out on the side that carries it.
      const frontMm = layer.reliefFaces === 'source' ? layer.zMm - reliefMm : layer.zMm - layer.baseMm;
      return {
        label: `plate ${i + 1}`,
        kind: 'plate',
        zMm: frontMm,
        thicknessMm: layer.baseMm + reliefMm,
        heightMm: grid.count * layer.pitchMm,
      };
    }),
    {
      label: 'detector',
      kind: 'detector',
      zMm: detector.zMm,
      thicknessMm: 0,
      heightMm: widthMm,
    },
  ];
}

/** `sha256:f88b41...` as `f88b41ca52ed`. */
export const shortHash = (hash: string): string => hash.replace('sha256:', '').slice(0, 12);
