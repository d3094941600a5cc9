import {materialAt} from '../../contract/spectrum.ts';
import {illuminationAt} from '../field/illumination-at.ts';
import type {Design} from './load.ts';

/**
 * The plane of a design at one frequency of the source, as a design of that frequency alone: the same reliefs with the
 * material and the light as they are there, and the regions without what reads classes of several planes. A design of
 * one frequency stays itself at its own.
 */
export function designAt(design: Design, frequencyHz: number): Design {
  const {file} = design;
  const {frequenciesHz, readOut, ...detector} = file.detector;
  if (frequenciesHz === undefined && frequencyHz === file.frequencyHz) return design;
  return {
    ...design,
    file: {
      ...file,
      frequencyHz,
      illumination: illuminationAt(file.illumination, file.frequencyHz, frequencyHz),
      layers: file.layers.map((layer) => ({...layer, ...materialAt(layer, file.frequencyHz, frequencyHz)})),
      detector: {...detector, ...(frequenciesHz === undefined && readOut && {readOut})},
    },
  };
}
