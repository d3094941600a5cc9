import type {PositionMm, TrustBasis} from '../../src/contract/devices.ts';

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
  /** Every position that is read. */
  see(positionMm: PositionMm): void;
}

export function createPositionTrust(initial: TrustBasis | {readonly distrust: string}): PositionTrust {
  let basis = typeof initial === 'string' ? initial : undefined;
  let distrust = typeof initial === 'string' ? '' : initial.distrust;
  let lastTrustedMm: PositionMm | undefined;
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
    },
    grant(on) {
      basis = on;
      distrust = '';
    },
    see(positionMm) {
      if (basis !== undefined) lastTrustedMm = positionMm;
    },
  };
}

/** `x 10.000, y -2.500 mm`. */
export const positionWords = (positionMm: PositionMm): string =>
  `${Object.entries(positionMm)
    .map(([axis, mm]) => `${axis} ${mm.toFixed(3)}`)
    .join(', ')} mm`;
