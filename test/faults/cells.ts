import type {Cell} from './cell.ts';
import {faults} from './fault-list.ts';
import {stateNames} from './state-names.ts';
import {atWork} from './states.ts';

/** A cell that is tried, or why it is not. */
export type Planned = Cell & {readonly without: string | undefined};

/** Every fault of every instrument in every state, in the order of the table. */
export const plannedCells: readonly Planned[] = faults.flatMap((fault) =>
  stateNames.map((state) => ({
    fault,
    state,
    without: atWork[state].includes(fault.role) ? fault.not?.(state) : notAtWork(fault.role, state),
  })),
);

function notAtWork(role: Cell['fault']['role'], state: Cell['state']): string {
  if (role === 'mount')
    return 'mounts are asked where they stand only while they move plates, and by every look';
  return state === 'correction by mounts'
    ? `a correction asks nothing of the ${role}`
    : `homing asks nothing of the ${role}`;
}
