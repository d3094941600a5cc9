import {fixedText} from '../../../base/number-format.ts';
import {wilsonInterval} from '../../../base/wilson.ts';
import styles from './RateGauge.module.css';

/** Props of {@link RateGauge}. */
export interface RateGaugeProps {
  /** What is counted, e.g. `Measured verdicts that match the simulation`. */
  readonly label: string;
  /** So many of so many. */
  readonly rate: {readonly successes: number; readonly count: number};
  readonly tone?: 'measured' | 'simulated' | 'accent';
}

const percent = (share: number): string => fixedText(share * 100, 1);

/** A rate k of n with its 95 % Wilson interval, drawn on 0 to 100 % and written out. */
export function RateGauge({label, rate: {successes, count}, tone = 'measured'}: RateGaugeProps) {
  const {rate, low, high} = wilsonInterval(successes, count);
  const hasTrials = count > 0;
  const interval = hasTrials ? `95 % interval ${percent(low)} to ${percent(high)} %` : 'nothing counted yet';
  return (
    <div className={styles.gauge}>
      <span className={styles.label}>{label}</span>
      <span className={styles.rate}>{hasTrials ? `${percent(rate)} %` : '––– %'}</span>
      <div
        className={styles.scale}
        role="img"
        aria-label={`${label}: ${successes} of ${count}${hasTrials ? `, ${percent(rate)} %` : ''}, ${interval}`}
      >
        {hasTrials && (
          <>
            <div
              className={styles.interval}
              style={{
                left: `${low * 100}%`,
                width: `${(high - low) * 100}%`,
                background: `color-mix(in srgb, var(--${tone}) 35%, transparent)`,
              }}
            />
            <div className={styles.point} style={{left: `${rate * 100}%`, background: `var(--${tone})`}} />
          </>
        )}
      </div>
      <span className={styles.count}>
        {successes} of {count}
      </span>
      <div className={styles.ends} aria-hidden="true">
        <span>0 %</span>
        <span>{interval}</span>
        <span>100 %</span>
      </div>
    </div>
  );
}
