import styles from './Placement.module.css';
import {outlineCorners, pointAt, type Exaggeration, type PlacedPart} from './placement-geometry.ts';
import type {PointMm} from '../plane/plane.ts';

/** From where one looks at a plate: against the beam x points right, along it x points left. */
export type SeenFrom = 'detector' | 'source';

/** Props of {@link PlacementFace}. */
export interface PlacementFaceProps {
  /** Text alternative: where the part was found, in words. */
  readonly label: string;
  readonly part: PlacedPart;
  readonly factors: Exaggeration;
  readonly seenFrom: SeenFrom;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/**
 * A part seen along the beam, to scale but for its shift, turn and errors, which are larger by the given factors:
 * dashed as designed, solid as found, with the ellipse of its shift and the span of its turn (one sigma).
 */
export function PlacementFace({label, part, factors, seenFrom}: PlacementFaceProps) {
  const {sideMm, ellipse} = part;
  const side = seenFrom === 'detector' ? 1 : -1;
  // y points up in millimetres and down in the picture.
  const at = ({xMm, yMm}: PointMm): string => `${round(side * xMm)} ${round(-yMm)}`;
  const path = (points: readonly PointMm[], isClosed: boolean): string =>
    `M${points.map(at).join('L')}${isClosed ? 'Z' : ''}`;
  const middle = {xMm: part.dxMm.value * factors.across, yMm: part.dyMm.value * factors.across};
  const turnDeg = part.rotationDeg.value * factors.turn;
  const errorDeg = part.rotationDeg.sigma === null ? null : part.rotationDeg.sigma * factors.errorTurn;
  const half = sideMm * 0.82;
  const spot = sideMm / 80;
  return (
    <svg
      className={styles.face}
      viewBox={`${-half} ${-half} ${2 * half} ${2 * half}`}
      role="img"
      aria-label={label}
    >
      <g className={styles[part.kind]}>
        <path className={styles.found} d={path(outlineCorners(sideMm, middle, turnDeg), true)} />
        <path className={styles.designed} d={path(outlineCorners(sideMm, {xMm: 0, yMm: 0}, 0), true)} />
        <path className={styles.cross} d={`M${-3 * spot} 0H${3 * spot}M0 ${-3 * spot}V${3 * spot}`} />
        <path className={styles.shift} d={path([{xMm: 0, yMm: 0}, middle], false)} />
        {errorDeg !== null && (
          <path className={styles.error} d={path(arc(middle, sideMm * 0.36, turnDeg, errorDeg), false)} />
        )}
        <path className={styles.spoke} d={path([middle, pointAt(middle, sideMm * 0.36, turnDeg)], false)} />
        {ellipse && (
          <ellipse
            className={styles.ellipse}
            rx={round(ellipse.majorMm * factors.errorAcross)}
            ry={round(ellipse.minorMm * factors.errorAcross)}
            transform={`translate(${at(middle)}) rotate(${round(-side * ellipse.angleDeg)})`}
          />
        )}
        <circle className={styles.spot} r={spot} transform={`translate(${at(middle)})`} />
      </g>
    </svg>
  );
}

/** An arc about a middle that spans a direction by an error on both sides, as a line of points. */
function arc(middle: PointMm, radiusMm: number, directionDeg: number, errorDeg: number): readonly PointMm[] {
  const count = 16;
  return Array.from({length: count + 1}, (_, i) =>
    pointAt(middle, radiusMm, directionDeg + errorDeg * ((2 * i) / count - 1)),
  );
}
