import type {RealArray} from '../../contract/optics.ts';
import type {NetworkSpec} from './network-spec.ts';

/** Thin-element transmission of heights; quantised heights have few values, which are looked up. */
export function createTransmissions(spec: NetworkSpec, phasePerMm: number, lossPerMm: number) {
  const {heightStepMm: stepMm, baseMm} = spec;
  const known: (readonly [number, number])[] = [];
  const compute = (heightMm: number): readonly [number, number] => {
    const amplitude = Math.exp(-lossPerMm * (baseMm + heightMm));
    const phase = phasePerMm * (baseMm + heightMm);
    return [amplitude * Math.cos(phase), amplitude * Math.sin(phase)];
  };
  return {
    write(heights: ArrayLike<number>, {re, im}: {re: RealArray; im: RealArray}): void {
      for (let i = 0; i < heights.length; i++) {
        let value: readonly [number, number];
        if (stepMm === null) value = compute(heights[i]);
        else {
          const level = Math.round(heights[i] / stepMm);
          value = known[level] ??= compute(level * stepMm);
        }
        re[i] = value[0];
        im[i] = value[1];
      }
    },
  };
}
