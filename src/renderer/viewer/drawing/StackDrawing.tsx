import {useLayoutEffect, useRef, useState} from 'react';
import {Slider, SliderOutput, SliderThumb, SliderTrack, Label} from 'react-aria-components';
import {watchSize} from '../canvas-layer.ts';
import {fitAspect} from '../canvas-geometry.ts';
import {formatReading} from '../reading-format.ts';
import {remOf} from '../theme-tokens.ts';
import {linearTicks} from '../ticks.ts';
import styles from './StackDrawing.module.css';
import {labelRows, spreadLabels, stackBounds, type StackPart} from './stack-layout.ts';

/** Props of {@link StackDrawing}. */
export interface StackDrawingProps {
  /** Text alternative, e.g. `Stack of design five-plates`. */
  readonly label: string;
  /** Parts in the order of the beam. */
  readonly parts: readonly StackPart[];
  /** Place of the cursor along the beam, mm; missing where there is none. */
  readonly zMm?: number;
  readonly onZMm?: (zMm: number) => void;
  /** Step of the cursor, mm. */
  readonly stepMm?: number;
  /** Names of the horizontal and the vertical axis. */
  readonly axisLabels?: {readonly z: string; readonly x: string};
}

const rowPx = 16;
/** More rows of labels leave no room for the drawing. */
const mostRows = 2;
const room = {left: 54, right: 16, top: 8, bottom: 34};

/** The stack side-on and to scale: z along the beam to the right, x across it upwards; a cursor moves along z. */
export function StackDrawing(props: StackDrawingProps) {
  const {label, parts, zMm, onZMm, stepMm = 0.1, axisLabels = {z: 'z', x: 'x'}} = props;
  const ref = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({width: 0, height: 0});
  useLayoutEffect(
    () => (ref.current ? watchSize(ref.current, (width, height) => setSize({width, height})) : undefined),
    [],
  );
  const bounds = stackBounds(parts);
  const [zLow, zHigh] = bounds.zMm;
  const plot = placePlot(size, parts, bounds);
  const toX = (z: number) => plot.left + ((z - zLow) / (zHigh - zLow)) * plot.width;
  const words = parts.map((part) => `${part.label} at ${formatReading(part.zMm, 'mm').text}`).join(', ');
  return (
    <div className={styles.stack}>
      <div ref={ref} className={styles.drawing}>
        {size.width > 40 && parts.length > 0 && (
          <svg
            width={remOf(size.width)}
            height={remOf(size.height)}
            viewBox={`0 0 ${size.width} ${size.height}`}
            role="img"
            aria-label={`${label}, to scale: ${words}.`}
          >
            <StackAxes {...{plot, bounds, axisLabels}} />
            <StackParts {...{parts, plot, bounds}} />
            {zMm !== undefined && (
              <line
                className={styles.cursor}
                x1={Math.round(toX(zMm)) + 0.5}
                x2={Math.round(toX(zMm)) + 0.5}
                y1={plot.top - 4}
                y2={plot.top + plot.height + 4}
              />
            )}
          </svg>
        )}
      </div>
      {zMm !== undefined && onZMm && (
        <Slider
          className={styles.slider ?? ''}
          style={{
            paddingLeft: remOf(plot.left),
            paddingRight: remOf(Math.max(0, size.width - plot.left - plot.width)),
          }}
          minValue={zLow}
          maxValue={zHigh}
          step={stepMm}
          value={zMm}
          onChange={(value: number | number[]) => onZMm(typeof value === 'number' ? value : value[0])}
          formatOptions={{minimumFractionDigits: 1, maximumFractionDigits: 2}}
        >
          <SliderTrack className={styles.track ?? ''}>
            <SliderThumb className={styles.thumb ?? ''} aria-label="Plane along the beam, z in mm" />
          </SliderTrack>
          <div className={styles.sliderText}>
            <Label>Plane at z</Label>
            <SliderOutput className={styles.output ?? ''}>{formatReading(zMm, 'mm').text}</SliderOutput>
          </div>
        </Slider>
      )}
    </div>
  );
}

interface Plot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Middles of the labels, drawing pixels, moved in from the edges. */
  readonly labelsX: readonly number[];
  readonly rows: readonly number[];
  /** Labels stand beside each other in one row; their leaders slant. */
  readonly isSpread: boolean;
}

type Bounds = ReturnType<typeof stackBounds>;

/** Puts the drawing to scale into its room, under as many rows of labels as it needs. */
function placePlot(size: {width: number; height: number}, parts: readonly StackPart[], bounds: Bounds): Plot {
  const [zLow, zHigh] = bounds.zMm;
  const aspect = (zHigh - zLow) / (bounds.xMm[1] - bounds.xMm[0]);
  const width = Math.max(1, size.width - room.left - room.right);
  const widths = parts.map((part) => part.label.length * 6.4 + 4);
  const middlesFor = (left: number, across: number) =>
    parts.map((part, i) => {
      const middle = left + ((part.zMm + part.thicknessMm / 2 - zLow) / (zHigh - zLow)) * across;
      return Math.min(Math.max(middle, room.left - 6 + widths[i] / 2), size.width - 4 - widths[i] / 2);
    });
  const placed = (rowCount: number): Plot => {
    const top = room.top + rowCount * rowPx + 4;
    const outer = {left: room.left, top, width, height: Math.max(1, size.height - top - room.bottom)};
    const plot = fitAspect(outer, aspect);
    const labelsX = middlesFor(plot.left, plot.width);
    return {...plot, labelsX, rows: labelRows(labelsX, widths, 6), isSpread: false};
  };
  // A lower room makes the drawing narrower, and a narrower one may need another row of labels.
  let rowCount = 1;
  let plot = placed(rowCount);
  while (Math.max(0, ...plot.rows) >= rowCount && rowCount <= mostRows) plot = placed(++rowCount);
  if (rowCount <= mostRows) return plot;
  // Parts that stand close together have their labels beside each other, each with a leader to its part.
  plot = placed(mostRows);
  const {left, width: across} = plot;
  const labelsX = spreadLabels(middlesFor(left, across), widths, {
    gapPx: 6,
    lowPx: room.left - 6,
    highPx: size.width - 4,
  });
  return {...plot, labelsX, rows: parts.map(() => 1), isSpread: true};
}

function StackAxes({
  plot,
  bounds,
  axisLabels,
}: {
  plot: Plot;
  bounds: Bounds;
  axisLabels: {readonly z: string; readonly x: string};
}) {
  const [zLow, zHigh] = bounds.zMm;
  const [xLow, xHigh] = bounds.xMm;
  const bottom = plot.top + plot.height;
  const z = linearTicks(zLow, zHigh, plot.width / 64);
  const x = linearTicks(xLow, xHigh, Math.max(2, plot.height / 44));
  const toX = (value: number) => Math.round(plot.left + ((value - zLow) / (zHigh - zLow)) * plot.width) + 0.5;
  const toY = (value: number) =>
    Math.round(plot.top + ((xHigh - value) / (xHigh - xLow)) * plot.height) + 0.5;
  return (
    <g className={styles.axes}>
      <line className={styles.beam} x1={plot.left} x2={plot.left + plot.width} y1={toY(0)} y2={toY(0)} />
      {z.values.map((value, i) => (
        <g key={value}>
          <line x1={toX(value)} x2={toX(value)} y1={bottom + 4} y2={bottom + 8} />
          <text x={toX(value)} y={bottom + 19} textAnchor="middle">
            {z.labels[i]}
          </text>
        </g>
      ))}
      {x.values.map((value, i) => (
        <g key={value}>
          <line x1={plot.left - 8} x2={plot.left - 4} y1={toY(value)} y2={toY(value)} />
          <text x={plot.left - 11} y={toY(value) + 3.5} textAnchor="end">
            {x.labels[i]}
          </text>
        </g>
      ))}
      <text x={plot.left + plot.width / 2} y={bottom + 32} textAnchor="middle">
        {axisLabels.z} (mm)
      </text>
      <text x={plot.left - 11} y={bottom + 19} textAnchor="end">
        {axisLabels.x} (mm)
      </text>
    </g>
  );
}

function StackParts({parts, plot, bounds}: {parts: readonly StackPart[]; plot: Plot; bounds: Bounds}) {
  const [zLow, zHigh] = bounds.zMm;
  const xHigh = bounds.xMm[1];
  const scale = plot.width / (zHigh - zLow);
  return (
    <g>
      {parts.map((part, i) => {
        const left = plot.left + (part.zMm - zLow) * scale;
        // A part thinner than a pixel is drawn as a line of two: it must not vanish.
        const width = Math.max(part.thicknessMm * scale, 2);
        const top = plot.top + (xHigh - (part.xOffsetMm ?? 0) - part.heightMm / 2) * scale;
        const middle = left + width / 2;
        const labelY = plot.top - 8 - plot.rows[i] * rowPx;
        return (
          <g key={`${part.label} ${part.zMm}`} className={styles[part.kind]}>
            <line
              className={styles.leader}
              x1={plot.isSpread ? plot.labelsX[i] : middle}
              x2={middle}
              y1={labelY + 3}
              y2={top}
            />
            <rect x={left} y={top} width={width} height={Math.max(part.heightMm * scale, 1)} />
            <text className={styles.name} x={plot.labelsX[i]} y={labelY} textAnchor="middle">
              {part.label}
            </text>
          </g>
        );
      })}
    </g>
  );
}
