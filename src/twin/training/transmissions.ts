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
  const compute = (heightMm: number): readonly [number, number] => {
    const amplitude = Math.exp(-lossPerMm * (baseMm + heightMm));
    const phase = phasePerMm * (baseMm + heightMm);
    return [amplitude * Math.cos(phase), amplitude * Math.sin(phase)];
  };
  const table = stepMm === null ? undefined : createTable(compute, stepMm);
  const reliefAt = (heightMm: number): readonly [number, number] => {
    if (table === undefined) return compute(heightMm);
    return table.at(heightMm);
  };
  // Plates of amplitude neurons are masks without any material behind them.
  const heightAt = (made: ArrayLike<number>, i: number): readonly [number, number] =>
    neurons === 'amplitude' ? uncovered : reliefAt(made[i]);
  const firstOpening = neurons === 'complex' ? pixelCount : 0;
  const hasMask = neurons === 'amplitude' || neurons === 'complex';
  return {
    write(made, {re, im}) {
      if (table !== undefined && !hasMask) {
        table.write(made, {re, im});
        return;
      }
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

/** Transmissions of heights that lie on levels from 0 up, computed when they are first asked for. */
function createTable(compute: (heightMm: number) => readonly [number, number], stepMm: number) {
  const table = {
    re: new Float64Array(0),
    // That of a level that is not known yet is no number.
    im: new Float64Array(0),
  };
  const learn = (level: number): void => {
    if (!(level < table.im.length)) {
      const size = 2 ** Math.ceil(Math.log2(level + 2));
      const [re, im] = [new Float64Array(size), new Float64Array(size).fill(Number.NaN)];
      re.set(table.re);
      im.set(table.im);
      table.re = re;
      table.im = im;
    }
    if (Number.isNaN(table.im[level])) [table.re[level], table.im[level]] = compute(level * stepMm);
  };
  return {
    at(heightMm: number): readonly [number, number] {
      const level = Math.round(heightMm / stepMm);
      learn(level);
      return [table.re[level], table.im[level]];
    },
    /** Those of a whole plate, in every step for all plates: nothing is made anew in this loop. */
    write(heightsMm: ArrayLike<number>, into: Samples): void {
      const [intoRe, intoIm] = [into.re, into.im];
      let {re, im} = table;
      for (let i = 0; i < intoRe.length; i++) {
        // The same as Math.round, in a third of its time.
        const level = Math.floor(heightsMm[i] / stepMm + 0.5);
        if (!(level < im.length) || Number.isNaN(im[level])) {
          learn(level);
          re = table.re;
          im = table.im;
        }
        intoRe[i] = re[level];
        intoIm[i] = im[level];
      }
    },
  };
}

/** Numbers that a plate of a network is made of. */
export const plateValueCount = ({grid, neurons}: Pick<NetworkSpec, 'grid' | 'neurons'>): number =>
  valuesPerPixel(neurons) * grid.count ** 2;

const uncovered: readonly [number, number] = [1, 0];
