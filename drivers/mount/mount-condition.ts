import {plateAxes, type Fact, type PlateOffset, type PlateState} from '../../src/contract/devices.ts';
import {plateAxisNames, plateAxisUnit} from '../../src/contract/plate-labels.ts';
import {plateValueName} from './mount-by-name.ts';

/** Where each plate stands and what keeps it from being moved; both must stay as they are while a run measures. */
export function factsOfPlates(
  states: readonly PlateState[],
  tolerancesOf: (plate: number) => PlateOffset,
  changeCount: number,
): Fact[] {
  return states.flatMap(({plate, offset, isMoving, problem}): Fact[] => {
    const tolerances = tolerancesOf(plate);
    const positions = plateAxes.flatMap((axis): Fact[] => {
      const value = offset[axis];
      if (value === undefined) return [];
      return [
        {
          name: plateValueName(plate, axis),
          label: `${plateAxisNames[axis]} of plate ${plate}`,
          unit: plateAxisUnit(axis),
          value,
          tolerance: tolerances[axis] ?? 0,
          changeCount,
        },
      ];
    });
    return [
      ...positions,
      {
        name: `plate${plate}Motion`,
        label: `plate ${plate}`,
        unit: '',
        value: isMoving ? 'moving' : 'at rest',
        expected: 'at rest',
      },
      {
        name: `plate${plate}Problem`,
        label: `report of the mount of plate ${plate}`,
        unit: '',
        value: problem === '' ? 'free to move' : problem,
        changeCount,
      },
    ];
  });
}
