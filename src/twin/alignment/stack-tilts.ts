import type {Grid} from '../../contract/optics.ts';
import {isTilted} from '../layers/tilt-ways.ts';
import type {Convolver, KernelPlane} from '../propagation/convolver.ts';
import {createStackPlates, type StackPlates} from './stack-plates.ts';
import type {StackSpec} from './stack-spec.ts';
import type {BenchState} from './state.ts';
import {
  createTiltedBench,
  TiltedPart,
  type InnerQuantity,
  type PartVisit,
  type TiltedBench,
} from './tilted-part.ts';

/** What of the plates is put where, and of which plates the tilts are to be turned. */
export interface PlatesSetting {
  readonly present?: readonly boolean[] | undefined;
  /** Plates (from 0) whose derivatives by tilts are asked for. */
  readonly tilting?: ReadonlySet<number> | undefined;
}

/** Object and plates of a stack, of which plates may stand tilted. */
export interface TiltedPlates extends Omit<StackPlates, 'setState' | 'carryChange' | 'carryBack'> {
  setState(state: BenchState, setting: PlatesSetting): void;
  /** As `StackPlates.carryChange`, also for the change by a tilt, per degree. */
  carryChange(
    part: number,
    plane: KernelPlane,
    incident: KernelPlane,
    quantity?: InnerQuantity,
  ): KernelPlane | undefined;
  /** Adjoint of the way through a part, in place. */
  carryBack(part: number, plane: KernelPlane, incident: KernelPlane, visit?: PartVisit): void;
}

/**
 * Plates that stand upright as they are, tilted ones each on its own plane. Nothing is allocated or computed for the tilt of a plate
 * that stands upright and whose tilts are not asked for.
 */
export function createTiltedPlates(convolver: Convolver, grid: Grid, spec: StackSpec): TiltedPlates {
  const plates = createStackPlates(convolver, grid, spec);
  const known = new Map<number, TiltedPart>();
  const tilted = new Map<number, TiltedPart>();
  let bench: TiltedBench | undefined;
  const tiltedPart = (part: number): TiltedPart => {
    bench ??= createTiltedBench(plates, convolver, grid, spec);
    let own = known.get(part);
    if (!own) known.set(part, (own = new TiltedPart(bench)));
    return own;
  };
  return {
    setPlates: (next) => plates.setPlates(next),
    isPresent: (plate) => plates.isPresent(plate),
    hasHeights: (plate) => plates.hasHeights(plate),
    setObject: (object) => plates.setObject(object),
    setState(state, {present, tilting}) {
      plates.setState(state, present);
      tilted.clear();
      state.plates.forEach((own, plate) => {
        const isSlopeWanted = tilting?.has(plate) ?? false;
        if (!plates.isPresent(plate) || !(isTilted(own) || isSlopeWanted)) return;
        const part = tiltedPart(plate + 1);
        part.setState(own, isSlopeWanted);
        tilted.set(plate + 1, part);
      });
    },
    leave(part, incident) {
      const own = tilted.get(part);
      return own ? {from: own.pass(part, incident)} : plates.leave(part, incident);
    },
    carryChange(part, plane, incident, quantity) {
      const own = tilted.get(part);
      if (own) return own.carryChange(part, plane, quantity);
      return plates.carryChange(
        part,
        plane,
        incident,
        quantity === 'n' || quantity === 'k' ? quantity : undefined,
      );
    },
    carryBack(part, plane, incident, visit = {}) {
      const own = tilted.get(part);
      if (own) own.carryBack(part, plane, visit);
      else plates.carryBack(part, plane, incident, visit.screen);
    },
  };
}
