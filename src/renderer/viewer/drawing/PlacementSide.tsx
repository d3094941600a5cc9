import {useLayoutEffect, useRef, useState} from 'react';
import {watchSize} from '../canvas-layer.ts';
import {fitAspect, type RectPx} from '../canvas-geometry.ts';
import {remOf} from '../theme-tokens.ts';
import {linearTicks} from '../ticks.ts';
import styles from './Placement.module.css';
import {sideOutlines, type Exaggeration, type PlacedPart, type SideOutline} from './placement-geometry.ts';
import {labelRows} from './stack-layout.ts';

/** Props of {@link PlacementSide}. */
export interface PlacementSideProps {
  /** Text alternative: what stands where, in words. */
  readonly label: string;
  /** Parts in the order of the beam. */
  readonly parts: readonly PlacedPart[];
  /** What points upwards. */
  readonly across: 'x' | 'y';
  readonly factors: Exaggeration;
}

const rowPx = 16;
const room = {left: 50, right: 18, top: 6, bottom: 36};

/**
 * The stack side-on and to scale, z to the right: every part dashed where the design has it, and solid where it was
 * found, its shifts and error bars larger than to scale by the given factors.
 */
export function PlacementSide({label, parts, across, factors}: PlacementSideProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({width: 0, height: 0});
  useLayoutEffect(
    () => (ref.current ? watchSize(ref.current, (width, height) => setSize({width, height})) : undefined),
    [],
  );
  const outlines = sideOutlines(parts, across, factors);
  const bounds = boundsOf(outlines);
  const view = viewFor(size, outlines, bounds);
  return (
    <div ref={ref} className={styles.drawing}>
      {size.width > 40 && parts.length > 0 && (
        <svg
          width={remOf(size.width)}
          height={remOf(size.height)}
          viewBox={`0 0 ${size.width} ${size.height}`}
          role="img"
          aria-label={label}
        >
          <SideAxes view={view} across={across} />
          {outlines.map((outline, i) => (
            <SidePart
              key={outline.part.label}
              outline={outline}
              view={view}
              labelX={view.labelsX[i]}
              row={view.rows[i]}
            />
          ))}
        </svg>
      )}
    </div>
  );
}

interface Bounds {
  readonly zMm: readonly [number, number];
  readonly acrossMm: readonly [number, number];
}

/** What has to be seen: every outline as designed and as found. */
function boundsOf(outlines: readonly SideOutline[]): Bounds {
  const z = outlines.flatMap(({designed, found}) => [designed.zMm, found.zMm]);
  const acrossMm = outlines.flatMap(({part, found}) =>
    [0, found.acrossMm].flatMap((middle) => [middle - part.sideMm / 2, middle + part.sideMm / 2]),
  );
  const margin = Math.max((Math.max(...z) - Math.min(...z)) * 0.05, 1);
  return {
    zMm: [Math.min(...z) - margin, Math.max(...z) + margin],
    acrossMm: [Math.min(...acrossMm), Math.max(...acrossMm)],
  };
}

interface View extends Bounds {
  readonly px: RectPx;
  readonly labelsX: readonly number[];
  readonly rows: readonly number[];
  /** Drawing pixels a millimetre. */
  readonly scale: number;
}

const span = ([low, high]: readonly [number, number]): number => high - low;
const zToPx = ({zMm, px, scale}: View, z: number): number => px.left + (z - zMm[0]) * scale;
const acrossToPx = ({acrossMm, px, scale}: View, value: number): number =>
  px.top + (acrossMm[1] - value) * scale;

/** Puts the drawing to scale into its room, under as many rows of names as it needs. */
function viewFor(
  size: {readonly width: number; readonly height: number},
  outlines: readonly SideOutline[],
  bounds: Bounds,
): View {
  const widths = outlines.map(({part}) => part.label.length * 6.4 + 4);
  const placed = (rowCount: number): View => {
    const top = room.top + rowCount * rowPx + 4;
    const outer = {
      left: room.left,
      top,
      width: Math.max(1, size.width - room.left - room.right),
      height: Math.max(1, size.height - top - room.bottom),
    };
    const px = fitAspect(outer, span(bounds.zMm) / span(bounds.acrossMm));
    const scale = px.width / span(bounds.zMm);
    const labelsX = outlines.map(({designed}, i) => {
      const middle = px.left + (designed.zMm - bounds.zMm[0]) * scale;
      return Math.min(Math.max(middle, widths[i] / 2 + 2), size.width - 2 - widths[i] / 2);
    });
    return {...bounds, px, scale, labelsX, rows: labelRows(labelsX, widths, 6)};
  };
  let rowCount = 1;
  let view = placed(rowCount);
  while (Math.max(0, ...view.rows) >= rowCount && rowCount < outlines.length) view = placed(++rowCount);
  return view;
}

function SideAxes({view, across}: {view: View; across: string}) {
  const {px} = view;
  const bottom = px.top + px.height;
  const z = linearTicks(view.zMm[0], view.zMm[1], px.width / 64);
  const x = linearTicks(view.acrossMm[0], view.acrossMm[1], Math.max(2, px.height / 40));
  return (
    <g className={styles.axes}>
      <line
        className={styles.beam}
        x1={px.left}
        x2={px.left + px.width}
        y1={acrossToPx(view, 0)}
        y2={acrossToPx(view, 0)}
      />
      {z.values.map((value, i) => (
        <g key={value}>
          <line x1={zToPx(view, value)} x2={zToPx(view, value)} y1={bottom + 4} y2={bottom + 8} />
          <text x={zToPx(view, value)} y={bottom + 19} textAnchor="middle">
            {z.labels[i]}
          </text>
        </g>
      ))}
      {x.values.map((value, i) => (
        <g key={value}>
          <line x1={px.left - 8} x2={px.left - 4} y1={acrossToPx(view, value)} y2={acrossToPx(view, value)} />
          <text x={px.left - 11} y={acrossToPx(view, value) + 3.5} textAnchor="end">
            {x.labels[i]}
          </text>
        </g>
      ))}
      <text x={px.left + px.width / 2} y={bottom + 33} textAnchor="middle">
        z (mm)
      </text>
      <text x={px.left - 11} y={bottom + 19} textAnchor="end">
        {across} (mm)
      </text>
    </g>
  );
}

/** Width of a plate as it is drawn: as thin as it stays easy to see. */
const plateWidthPx = 5;

function SidePart(props: {outline: SideOutline; view: View; labelX: number; row: number}) {
  const {outline, view, labelX, row} = props;
  const {part, designed, found, errorZMm, errorAcrossMm} = outline;
  const height = part.sideMm * view.scale;
  const rect = (at: {readonly zMm: number; readonly acrossMm: number}) => ({
    x: zToPx(view, at.zMm) - plateWidthPx / 2,
    y: acrossToPx(view, at.acrossMm) - height / 2,
    width: plateWidthPx,
    height,
  });
  const x = zToPx(view, found.zMm);
  const y = acrossToPx(view, found.acrossMm);
  const labelY = view.px.top - 8 - row * rowPx;
  return (
    <g className={styles[part.kind]}>
      <line
        className={styles.leader}
        x1={labelX}
        x2={zToPx(view, designed.zMm)}
        y1={labelY + 3}
        y2={acrossToPx(view, part.sideMm / 2)}
      />
      <rect className={styles.found} {...rect(found)} />
      <rect className={styles.designed} {...rect(designed)} />
      {errorZMm !== null && part.kind !== 'object' && (
        <ErrorBar x1={x - errorZMm * view.scale} x2={x + errorZMm * view.scale} y1={y} y2={y} />
      )}
      {errorAcrossMm !== null && part.kind !== 'object' && (
        <ErrorBar x1={x} x2={x} y1={y - errorAcrossMm * view.scale} y2={y + errorAcrossMm * view.scale} />
      )}
      <text className={styles.name} x={labelX} y={labelY} textAnchor="middle">
        {part.label}
      </text>
    </g>
  );
}

/** A bar with a foot at each end. */
function ErrorBar({x1, x2, y1, y2}: {x1: number; x2: number; y1: number; y2: number}) {
  const isLying = y1 === y2;
  const foot = 4;
  return (
    <path
      className={styles.error}
      d={
        isLying
          ? `M${x1} ${y1}H${x2}M${x1} ${y1 - foot}v${2 * foot}M${x2} ${y1 - foot}v${2 * foot}`
          : `M${x1} ${y1}V${y2}M${x1 - foot} ${y1}h${2 * foot}M${x1 - foot} ${y2}h${2 * foot}`
      }
    />
  );
}
