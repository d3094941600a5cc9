import type {PlanSpec} from './plan-spec.ts';

/** Plans that can be asked for by name. */
export const planNames = [
  'point',
  'line',
  'grid',
  'regions',
  'beam-find',
] as const satisfies readonly PlanSpec['plan'][];
