import {fixedText} from '../../src/base/number-format.ts';
import type {PlaceKeeper, PositionMm, TrustBasis} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';

/** Whether what the controller reports is where the stage is, why not, and where it stood when that was last so. */
export interface PositionTrust {
  readonly isTrusted: boolean;
  /** Why the position is not to be trusted; '' when it is. */
  readonly distrust: string;
  readonly basis: TrustBasis | undefined;
  /** Last position that was read while it was trusted, bench frame. */
  readonly lastTrustedMm: PositionMm | undefined;
  /** `lastTrustedMm` comes from elsewhere where this device was never trusted: from the same stage before a reconnect. */
  lose(reason: string, lastTrustedMm?: PositionMm): void;
  grant(basis: TrustBasis): void;
  /** Every position that is read, and whether the stage rests there. */
  see(positionMm: PositionMm, isAtRest: boolean): void;
  /** Passes every change of trust to the keeper from now on; first the present position, if it is trusted. */
  keepIn(keeper: PlaceKeeper, positionMm: PositionMm | undefined): void;
  /** Resolves once it is kept that the place is not known until the next rest. */
  beforeMotion(): Promise<void>;
  /** Something that moves was sent, and the stage was not seen at rest since. */
  readonly isRestDue: boolean;
  /** Resolves when the keeper has stored everything passed to it. */
  close(): Promise<void>;
}

export function createPositionTrust(initial: TrustBasis | {readonly distrust: string}): PositionTrust {
  let basis = typeof initial === 'string' ? initial : undefined;
  let distrust = typeof initial === 'string' ? '' : initial.distrust;
  let lastTrustedMm: PositionMm | undefined;
  let keeper: PlaceKeeper | undefined;
  let isRestDue = false;
  const reportRest = (positionMm: PositionMm): void => {
    isRestDue = false;
    if (basis !== undefined) keeper?.onPlace({isTrusted: true, positionMm, basis});
  };
  return {
    get isTrusted() {
      return basis !== undefined;
    },
    get distrust() {
      return distrust;
    },
    get basis() {
      return basis;
    },
    get lastTrustedMm() {
      return lastTrustedMm;
    },
    lose(reason, elsewhereMm) {
      basis = undefined;
      distrust = reason;
      lastTrustedMm = elsewhereMm ?? lastTrustedMm;
      keeper?.onPlace({isTrusted: false, reason, lastTrustedMm});
    },
    grant(on) {
      basis = on;
      distrust = '';
    },
    see(positionMm, isAtRest) {
      if (basis !== undefined) lastTrustedMm = positionMm;
      if (isAtRest) reportRest(positionMm);
    },
    keepIn(given, positionMm) {
      keeper = given;
      if (positionMm !== undefined) reportRest(positionMm);
    },
    async beforeMotion() {
      isRestDue = true;
      await keeper?.beforeMotion();
    },
    get isRestDue() {
      return isRestDue;
    },
    async close() {
      await keeper?.close();
    },
  };
}

/** Why it does not move, where it stood when that was last known, and where it is reported now. */
export function notTrustedError(
  stage: string,
  {distrust, lastTrustedMm}: PositionTrust,
  reportedMm: PositionMm | undefined,
): BenchError {
  const before = lastTrustedMm === undefined ? '' : ` Before: ${positionText(lastTrustedMm)}.`;
  const now = reportedMm === undefined ? '' : ` Now reported: ${positionText(reportedMm)}.`;
  return new BenchError(
    'motion/not-homed',
    `The ${stage} does not know where it is: ${distrust}.${before}${now} It does not move and nothing is ` +
      'stored at this place, points stored before are safe; home the stage, or, when the position that it reports is ' +
      'where it stands, say so (window: "Position is right"; terminal: stage trust-position).',
    {details: {reason: distrust, lastTrustedMm: lastTrustedMm ?? null, reportedMm: reportedMm ?? null}},
  );
}

export const noHomingError = (stage: string): BenchError =>
  new BenchError(
    'motion/not-homed',
    `The ${stage} has no homing cycle ($22=0). Nothing moved; bring the stage to its origin by hand and ` +
      'confirm it ("Position is right" in the window, stage trust-position at the terminal), or fit switches and set isHomingOn.',
  );

/** `x 10.000, y -2.500 mm`. */
export const positionText = (positionMm: PositionMm): string =>
  `${Object.entries(positionMm)
    .map(([axis, mm]) => `${axis} ${fixedText(mm, 3)}`)
    .join(', ')} mm`;
