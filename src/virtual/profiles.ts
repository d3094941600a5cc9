import type {StageBody} from './instruments/grbl-mechanics.ts';
import type {AxisValues} from './instruments/grbl-settings.ts';

/**
 * How the stage is set up. `power-on`: the controller's defaults, exactly as the protocol sheet has them, so that
 * other people's programs find what they expect. `bench`: the stage of the campaign, with speeds, travel and homing
 * as a bench builder would have stored them.
 */
export type ProfileName = 'bench' | 'power-on';

export interface StageProfile {
  readonly settings: ReadonlyMap<number, number>;
  readonly body: StageBody;
  /** Where the carriage has the probe on the nominal optical axis in the designed output plane, carriage frame, mm. */
  readonly axisBodyMm: Readonly<AxisValues>;
}

/**
 * Machine position (after homing) of the nominal optical axis and of the designed output plane, mm: what a bench file
 * for the virtual bench has to name as the origins of its axes. All axes point the way of the bench frame. z is where
 * homing leaves it, so that a bench without a z axis stands right.
 */
export const nominalAxisMachineMm = {x: -60, y: -60, z: -1} as const;

/** Longest way of each machine axis, mm: the machine space is 0 down to minus these. */
export const benchTravelMm = {x: 120, y: 120, z: 10} as const;

export const profiles: Readonly<Record<ProfileName, StageProfile>> = {
  'power-on': {
    settings: new Map(),
    body: {travelMm: [200, 200, 200], startMm: [-100, -100, -100], hasSwitches: true},
    axisBodyMm: [-100, -100, -100],
  },
  bench: {
    settings: new Map([
      [1, 255],
      [20, 1],
      [22, 1],
      [24, 100],
      [25, 3000],
      [26, 25],
      [27, 1],
      [100, 800],
      [101, 800],
      [102, 800],
      [110, 6000],
      [111, 6000],
      [112, 600],
      [120, 500],
      [121, 500],
      [122, 100],
      [130, benchTravelMm.x],
      [131, benchTravelMm.y],
      [132, benchTravelMm.z],
    ]),
    // The switches lie a little outside of the soft limits.
    body: {travelMm: [122, 122, 12], startMm: [-47.3, -71.8, -1], hasSwitches: true},
    axisBodyMm: [nominalAxisMachineMm.x, nominalAxisMachineMm.y, nominalAxisMachineMm.z],
  },
};
