import {useState} from 'react';
import {Slider, SliderThumb, SliderTrack} from 'react-aria-components';
import type {ColourMapName} from '../colour/colour-maps.ts';
import {fromFraction, toFraction, type ValueRange, type ValueScale} from '../colour/value-scale.ts';
import {formatReading} from '../reading-format.ts';
import {remOf} from '../theme-tokens.ts';
import styles from './ColourBar.module.css';
import {barDomain, barGradient, barTicks, rangeAfterDrag} from './colour-bar-scale.ts';

/** Props of {@link ColourBar}. */
export interface ColourBarProps {
  readonly colourMap: ColourMapName;
  readonly scale: ValueScale;
  /** Unit of the values, without prefix. */
  readonly unit: string;
  /** Ends of the colour map now. */
  readonly shown: ValueRange;
  /** What an automatic range would take. */
  readonly data: ValueRange;
  readonly isAuto: boolean;
  /**
   * The map beside which the bar stands, drawing pixels: both are equally tall, and the bar moves into the room that the
   * map leaves at its right. Without it the bar fills its room.
   */
  readonly alignedTo?: {readonly top: number; readonly height: number; readonly spareRight: number} | null;
  /** Missing where the range cannot be changed: then the bar has no handles. */
  readonly onRange?: ((range: ValueRange | 'auto') => void) | undefined;
}

const sliderSteps = 1000;

/** Height of the line with the unit above the bar, and room between map and bar; drawing pixels. */
const unitPx = 20;
const besidePx = 4;

/** Upright colour bar with ticks and unit; its ends are dragged (or moved by arrow keys), double click is auto. */
export function ColourBar({colourMap, scale, unit, shown, data, isAuto, alignedTo, onRange}: ColourBarProps) {
  // While a hand drags an end the bar itself must stand still.
  const [heldDomain, setHeldDomain] = useState<ValueRange | null>(null);
  const domain = heldDomain ?? barDomain(shown, data, scale);
  const {ticks, unit: shownUnit} = barTicks(domain, scale, unit, 6);
  const ends = shown.map((value) => toFraction(value, scale, domain) * sliderSteps);
  const onChange = (asked: number[]) => {
    setHeldDomain(domain);
    const moved = Math.abs(asked[0] - ends[0]) > Math.abs(asked[1] - ends[1]) ? 0 : 1;
    const value = fromFraction(asked[moved] / sliderSteps, scale, domain);
    onRange?.(rangeAfterDrag(shown, moved, value, scale));
  };
  const background = barGradient({colourMap, scale, shown}, domain, 'to top');
  return (
    <div
      className={styles.bar}
      style={
        alignedTo
          ? {
              paddingTop: remOf(Math.max(0, alignedTo.top - unitPx)),
              left: remOf(-Math.max(0, alignedTo.spareRight - besidePx)),
            }
          : undefined
      }
    >
      <div className={styles.unit}>{shownUnit || '\u00a0'}</div>
      <div
        className={styles.body}
        style={alignedTo ? {height: remOf(alignedTo.height), flex: 'none'} : undefined}
      >
        {onRange ? (
          <Slider
            aria-label={`Colour range${unit ? ` in ${unit}` : ''}`}
            className={styles.slider ?? ''}
            orientation="vertical"
            minValue={0}
            maxValue={sliderSteps}
            step={1}
            value={ends}
            onChange={onChange}
            onChangeEnd={() => setHeldDomain(null)}
          >
            <SliderTrack
              className={styles.track ?? ''}
              style={{background}}
              onDoubleClick={() => onRange('auto')}
            >
              {['Low', 'High'].map((end, i) => (
                <SliderThumb
                  key={end}
                  index={i}
                  className={`${styles.thumb} ${i === 0 ? styles.low : styles.high}`}
                  aria-label={`${end} end of the colour range, ${formatReading(shown[i], unit).text}`}
                />
              ))}
            </SliderTrack>
          </Slider>
        ) : (
          <div className={styles.slider}>
            <div className={styles.track} style={{background}} />
          </div>
        )}
        <div className={styles.ticks} aria-hidden="true">
          {ticks.map(({fraction, label}) => (
            <span key={label} className={styles.tick} style={{bottom: `${fraction * 100}%`}}>
              {label}
            </span>
          ))}
        </div>
      </div>
      {onRange && <div className={styles.mode}>{isAuto ? 'auto' : 'fixed'}</div>}
    </div>
  );
}
