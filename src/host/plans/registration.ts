import type {OperatorRequest, Plan} from '../../contract/messages.ts';
import {type GridScanOptions, type MeasuredPlane, gridScan} from './grid.ts';
import {askOperator} from './steps.ts';

export type ObjectMount = Omit<Extract<OperatorRequest, {kind: 'mount-object'}>, 'kind'>;

export interface RegistrationOptions extends GridScanOptions {
  readonly object: ObjectMount;
}

export interface RegistrationPlane {
  readonly object: ObjectMount;
  readonly plane: MeasuredPlane;
}

/**
 * Output plane of one known object, from which the place of the output frame is fitted. The fit needs the twin and
 * so is not done here.
 */
export function* registrationScan(options: RegistrationOptions): Plan<RegistrationPlane> {
  const {object, metadata} = options;
  yield* askOperator({kind: 'mount-object', ...object});
  const plane = yield* gridScan({
    ...options,
    planName: 'registration',
    metadata: {...metadata, sample: object.label, purpose: metadata?.purpose ?? 'registration'},
  });
  return {object, plane};
}
