import type {ColourMapName} from '../colour/colour-maps.ts';
import type {ValueRange, ValueScale} from '../colour/value-scale.ts';
import {formatReading} from '../reading-format.ts';
import {barGradient, barTicks} from '../heat-map/colour-bar-scale.ts';
import styles from './PlaneLegend.module.css';

/** Props of {@link PlaneLegend}. */
export interface PlaneLegendProps {
  /** What the colours mean, e.g. `Amplitude R`. */
  readonly label: string;
  readonly colourMap: ColourMapName;
  readonly scale?: ValueScale;
  readonly range: ValueRange;
  readonly unit: string;
  /** Adds what the hatch means. */
  readonly hasUnmeasured?: boolean;
}

/** A lying colour bar for several pictures that share one scale. */
export function PlaneLegend(props: PlaneLegendProps) {
  const {label, colourMap, scale = 'linear', range, unit, hasUnmeasured = false} = props;
  const {ticks, unit: shownUnit} = barTicks(range, scale, unit, 3);
  const [low, high] = range.map((value) => formatReading(value, unit).text);
  return (
    <div className={styles.legend}>
      <span>{shownUnit ? `${label} (${shownUnit})` : label}</span>
      <div className={styles.scale} role="img" aria-label={`Colours of ${label} from ${low} to ${high}`}>
        <div
          className={styles.bar}
          style={{background: barGradient({colourMap, scale, shown: range}, range, 'to right')}}
        />
        {ticks.map((tick) => (
          <span key={tick.label} className={styles.tick} style={{left: `${tick.fraction * 100}%`}}>
            {tick.label}
          </span>
        ))}
      </div>
      {hasUnmeasured && (
        <span className={styles.unmeasured}>
          <span className={styles.hatch} />
          not measured
        </span>
      )}
    </div>
  );
}
