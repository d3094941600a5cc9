import type {PlanSpec} from './plan-spec.ts';

/**
 * The word on the button of each plan, in the order of the form. This is the one list of plans beside their schemas: the
 * compiler demands an entry for every plan of `planSpecSchema`, and no other.
 */
export const planLabels = {
  grid: 'Grid',
  line: 'Line',
  point: 'Point',
  regions: 'Regions',
  'beam-find': 'Beam',
  ripple: 'Ripple',
} as const satisfies Readonly<Record<PlanSpec['plan'], string>>;

/** Plans that can be asked for by name. */
// The keys of the list are its names.
export const planNames = Object.keys(planLabels) as readonly PlanSpec['plan'][];
