import type {RealArray} from '../../contract/optics.ts';
import type {NetworkSpec} from './network-spec.ts';
import {valuesPerPixel} from './neurons.ts';

interface Samples {
  readonly re: RealArray;
  readonly im: RealArray;
}

/** Thin-element transmission of plates; quantised heights have few values, which are looked up. */
export interface Transmissions {
  /** Writes the transmission of what a plate is made of, ordered as neurons.ts says. */
  write(made: ArrayLike<number>, into: Samples): void;
  /**
   * Gradient of the loss over what a plate is made of, from `fields`, the sum of conj(b) u with b the field of the way back
   * and u that in front of the plate, and the transmission that was written: dL = 2 Re(conj(b) u dt).
   */
  readGradient(made: ArrayLike<number>, fields: Samples, written: Samples, into: Float32Array): void;
}

/** Transmissions of the plates of a network, whose material turns the phase and takes amplitude by the mm. */
export function createTransmissions(spec: NetworkSpec, phasePerMm: number, lossPerMm: number): Transmissions {
  const {heightStepMm: stepMm, baseMm, neurons} = spec;
  const pixelCount = spec.grid.count ** 2;
  const known: (readonly [number, number])[] = [];
  const compute = (heightMm: number): readonly [number, number] => {
    const amplitude = Math.exp(-lossPerMm * (baseMm + heightMm));
    const phase = phasePerMm * (baseMm + heightMm);
    return [amplitude * Math.cos(phase), amplitude * Math.sin(phase)];
  };
  const reliefAt = (heightMm: number): readonly [number, number] => {
    if (stepMm === null) return compute(heightMm);
    const level = Math.round(heightMm / stepMm);
    return (known[level] ??= compute(level * stepMm));
  };
  // Plates of amplitude neurons are masks without any material behind them.
  const heightAt = (made: ArrayLike<number>, i: number): readonly [number, number] =>
    neurons === 'amplitude' ? uncovered : reliefAt(made[i]);
  const firstOpening = neurons === 'complex' ? pixelCount : 0;
  const hasMask = neurons === 'amplitude' || neurons === 'complex';
  return {
    write(made, {re, im}) {
      for (let i = 0; i < pixelCount; i++) {
        const value = heightAt(made, i);
        const opening = hasMask ? made[firstOpening + i] : 1;
        re[i] = opening * value[0];
        im[i] = opening * value[1];
      }
    },
    readGradient(made, fields, written, into) {
      if (neurons !== 'amplitude')
        for (let i = 0; i < pixelCount; i++) {
          // dt/dh = t (i phasePerMm - lossPerMm).
          const re = fields.re[i] * written.re[i] - fields.im[i] * written.im[i];
          const im = fields.re[i] * written.im[i] + fields.im[i] * written.re[i];
          into[i] = 2 * (-lossPerMm * re - phasePerMm * im);
        }
      if (!hasMask) return;
      for (let i = 0; i < pixelCount; i++) {
        // dt/da is what the relief does by itself, also where the mask is closed.
        const value = heightAt(made, i);
        into[firstOpening + i] = 2 * (fields.re[i] * value[0] - fields.im[i] * value[1]);
      }
    },
  };
}

/** Numbers that a plate of a network is made of. */
export const plateValueCount = ({grid, neurons}: Pick<NetworkSpec, 'grid' | 'neurons'>): number =>
  valuesPerPixel(neurons) * grid.count ** 2;

const uncovered: readonly [number, number] = [1, 0];
