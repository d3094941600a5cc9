import {noDraw, type ChangedPlate} from '../../twin/calibration/as-built-network.ts';
import type {AsBuiltPool} from './as-built-pool.ts';
import type {AsBuiltJobs} from './as-built-protocol.ts';

/** Power in the output plane behind a drawn object, row by row from the smallest y. */
export type DrawnPlane = AsBuiltJobs['plane']['output'];

/** Distance of the points of the planes that are shown, mm. */
export const shownStepMm = 1;

/** The output plane of a network as built behind one object, with one plate changed where `changed` has heights. */
export const drawnPlane = (pool: AsBuiltPool, changed: ChangedPlate, index: number): Promise<DrawnPlane> =>
  pool.plane({...changed, draw: noDraw, indices: [index], grain: 'fine', stepMm: shownStepMm});

/** A plane as it is kept and shown: four digits of each number are more than a picture has. */
export const shownPower = ({power}: DrawnPlane): number[] =>
  Array.from(power, (value) => Number(value.toPrecision(4)));
