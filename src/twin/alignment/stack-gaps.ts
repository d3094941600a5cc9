import {BenchError} from '../../contract/errors.ts';
import type {Grid} from '../../contract/optics.ts';
import {radFromDeg} from '../../contract/units.ts';
import {modeResponse} from '../layers/probe.ts';
import type {Convolver, KernelPlane, KernelTransfer} from '../propagation/convolver.ts';
import {createGapWriter, type GapPlace} from './gap-transfer.ts';
import type {LineFilter} from './line-filter.ts';
import type {StackSpec} from './stack-spec.ts';
import type {BenchState} from './state.ts';

/** The ways over the gaps of a stack; gap j leads from part j (0: the object) to part j + 1. */
export interface StackGaps {
  /** Turn from part j - 1 to part j, rad; 0 towards the output plane. */
  readonly turns: readonly number[];
  /** Writes the ways that are not those of the state already. Throws `twin/invalid` for parts in the wrong order. */
  setState(state: BenchState, withSlopes: boolean): void;
  /** Carries a plane over gap j into the axes of part j + 1, times a mask where one is given. */
  carry(gap: number, from: KernelPlane, to: KernelPlane, mask?: KernelPlane): void;
  /** As `carry`, for d/dz of what arrives, per mm; after a `setState` with slopes. */
  carrySlope(gap: number, from: KernelPlane, to: KernelPlane, mask?: KernelPlane): void;
  /** Adjoint of `carry` without a mask, in place. */
  carryBack(gap: number, plane: KernelPlane): void;
}

/** Allocates the ways of a stack; a mode probe's filter is part of the last one. */
export function createStackGaps(
  convolver: Convolver,
  filter: LineFilter,
  grid: Grid,
  {wavelengthMm, method, plates, outputZMm, probe}: StackSpec,
): StackGaps {
  const writer = createGapWriter(convolver, grid, wavelengthMm, method);
  const designedMm = [0, ...plates.map(({zMm}) => zMm), outputZMm];
  const gapCount = plates.length + 1;
  const createTransfers = (): KernelTransfer[] =>
    Array.from({length: gapCount}, () => convolver.createTransfer());
  const transfers = createTransfers();
  const slopes = createTransfers();
  const response =
    probe.kind === 'mode'
      ? (fx: number, fy: number): number => modeResponse(probe, fx, fy, wavelengthMm)
      : undefined;
  let turns: readonly number[] = [];
  const written: string[] = [];
  const writtenSlopes: string[] = [];
  return {
    get turns() {
      return turns;
    },
    setState(state, withSlopes) {
      turns = turnsOf(state);
      for (let gap = 0; gap < gapCount; gap++) {
        const place = gapPlace(state, gap, designedMm);
        const key = JSON.stringify(place);
        const last = gap === gapCount - 1 ? response : undefined;
        const distanceMm = designedMm[gap + 1] - designedMm[gap];
        if (written[gap] !== key) writer.write(transfers[gap], distanceMm, place, last);
        written[gap] = key;
        if (!withSlopes || writtenSlopes[gap] === key) continue;
        writer.writeDerivative(slopes[gap], distanceMm, place, last);
        writtenSlopes[gap] = key;
      }
    },
    carry(gap, from, to, mask) {
      convolver.apply(transfers[gap], from, to, {mask});
      filter.turn([to.re, to.im], turns[gap + 1]);
    },
    carrySlope(gap, from, to, mask) {
      convolver.apply(slopes[gap], from, to, {mask});
      filter.turn([to.re, to.im], turns[gap + 1]);
    },
    carryBack(gap, plane) {
      // A turn by the opposite angle is the adjoint of a turn.
      filter.turn([plane.re, plane.im], -turns[gap + 1]);
      convolver.apply(transfers[gap], plane, plane, {adjoint: true});
    },
  };
}

function gapPlace(state: BenchState, gap: number, designedMm: readonly number[]): GapPlace {
  const frames = [{...state.object, dzMm: 0}, ...state.plates];
  const from = frames[gap];
  const isLast = gap === frames.length - 1;
  // The output plane is looked at in the last plate's axes; where the scan stands in it is the reader's business.
  const to = isLast ? {...from, dzMm: state.frame.dzMm} : frames[gap + 1];
  const [dx, dy] = [to.dxMm - from.dxMm, to.dyMm - from.dyMm];
  const angle = radFromDeg(from.rotationDeg);
  const distanceMm = designedMm[gap + 1] + to.dzMm - designedMm[gap] - from.dzMm;
  if (!(distanceMm > 0))
    throw new BenchError(
      'twin/invalid',
      `Plate ${gap} would stand behind the part after it (${distanceMm.toFixed(3)} mm). Nothing was computed.`,
    );
  return {
    distanceMm,
    shiftXMm: Math.cos(angle) * dx + Math.sin(angle) * dy,
    shiftYMm: -Math.sin(angle) * dx + Math.cos(angle) * dy,
  };
}

/** Turn from part j - 1 to part j, rad; the output plane is looked at in the last plate's axes. */
function turnsOf({object, plates}: BenchState): number[] {
  const frames = [object, ...plates];
  const turns = frames.map((frame, j) =>
    j === 0 ? 0 : radFromDeg(frame.rotationDeg - frames[j - 1].rotationDeg),
  );
  return [...turns, 0];
}
