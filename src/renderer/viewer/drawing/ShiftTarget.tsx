import {linearTicks} from '../ticks.ts';
import styles from './Placement.module.css';
import type {PlacedPart} from './placement-geometry.ts';
import {targetHalfMm} from './placement-geometry.ts';
import type {SeenFrom} from './PlacementFace.tsx';

/** Props of {@link ShiftTarget}. */
export interface ShiftTargetProps {
  /** Text alternative: every shift in words. */
  readonly label: string;
  readonly parts: readonly PlacedPart[];
  /** How much larger than to scale the ellipses are drawn. */
  readonly errorFactor: number;
  readonly seenFrom: SeenFrom;
}

const sidePx = 320;
const plot = {left: 46, top: 10, side: 254};

/** Shifts of all parts across the beam in one plot, the design at its middle, each with its ellipse of one sigma. */
export function ShiftTarget({label, parts, errorFactor, seenFrom}: ShiftTargetProps) {
  const halfMm = targetHalfMm(parts, errorFactor);
  const scale = plot.side / (2 * halfMm);
  const side = seenFrom === 'detector' ? 1 : -1;
  const middle = {x: plot.left + plot.side / 2, y: plot.top + plot.side / 2};
  const toX = (xMm: number): number => middle.x + side * xMm * scale;
  const toY = (yMm: number): number => middle.y - yMm * scale;
  const ticks = linearTicks(-halfMm, halfMm, 5);
  return (
    <svg className={styles.target} viewBox={`0 0 ${sidePx} ${sidePx}`} role="img" aria-label={label}>
      <rect className={styles.ground} x={plot.left} y={plot.top} width={plot.side} height={plot.side} />
      <g className={styles.axes}>
        {ticks.values.map((value, i) => (
          <g key={value}>
            <path
              className={value === 0 ? styles.axis : styles.grid}
              d={`M${toX(value)} ${plot.top}v${plot.side}M${plot.left} ${toY(value)}h${plot.side}`}
            />
            <text x={toX(value)} y={plot.top + plot.side + 14} textAnchor="middle">
              {ticks.labels[i]}
            </text>
            <text x={plot.left - 6} y={toY(value) + 3.5} textAnchor="end">
              {ticks.labels[i]}
            </text>
          </g>
        ))}
        <text x={middle.x} y={plot.top + plot.side + 30} textAnchor="middle">
          shift x (mm)
        </text>
        <text transform={`translate(9 ${middle.y}) rotate(-90)`} textAnchor="middle">
          shift y (mm)
        </text>
      </g>
      {parts.map(({label: name, mark, kind, dxMm, dyMm, ellipse}) => (
        <g key={name} className={styles[kind]}>
          {ellipse && (
            <ellipse
              className={styles.ellipse}
              rx={Math.max(1, ellipse.majorMm * errorFactor * scale)}
              ry={Math.max(1, ellipse.minorMm * errorFactor * scale)}
              transform={`translate(${toX(dxMm.value)} ${toY(dyMm.value)}) rotate(${-side * ellipse.angleDeg})`}
            />
          )}
          <circle className={styles.spot} cx={toX(dxMm.value)} cy={toY(dyMm.value)} r={2.5} />
          <text
            className={styles.mark}
            x={toX(dxMm.value) + (toX(dxMm.value) > plot.left + plot.side - 24 ? -7 : 7)}
            y={toY(dyMm.value) - 6}
            textAnchor={toX(dxMm.value) > plot.left + plot.side - 24 ? 'end' : 'start'}
          >
            {mark}
          </text>
        </g>
      ))}
    </svg>
  );
}
