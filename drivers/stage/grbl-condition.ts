import type {AxisName, Fact, PositionMm} from '../../src/contract/devices.ts';
import type {GrblStatus} from './grbl-status.ts';

export interface StageReadings {
  readonly status: GrblStatus;
  readonly positionMm: PositionMm;
  /** Why the position is not to be trusted; '' when it is. */
  readonly distrust: string;
}

export interface StageOrder {
  /** Where the program last took it, by axis; empty where something else has moved it since. */
  readonly targetMm: PositionMm;
  readonly toleranceMm: number;
  /** Motions that the program has begun. */
  readonly motionCount: number;
  /** How often the program may have changed state or trust: by homing, unlocking, a person's confirmation. */
  readonly unlockCount: number;
}

/** State, trust and place of a stage that is not being moved. */
export function factsOfStage({status, positionMm, distrust}: StageReadings, order: StageOrder): Fact[] {
  const {targetMm, toleranceMm, motionCount, unlockCount} = order;
  const shared = {unit: '', changeCount: unlockCount} as const;
  return [
    {...shared, name: 'state', label: 'state of the controller', value: status.state},
    {
      ...shared,
      name: 'trust',
      label: 'position',
      value: distrust === '' ? 'trusted' : `not trusted (${distrust})`,
    },
    ...(Object.entries(positionMm) as [AxisName, number][]).map(([axis, value]): Fact => ({
      name: `${axis}Mm`,
      label: `position of ${axis}`,
      unit: 'mm',
      value,
      expected: targetMm[axis],
      tolerance: toleranceMm,
      changeCount: motionCount,
    })),
  ];
}
