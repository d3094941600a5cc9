import type {ReactNode} from 'react';
import {useThemeTokens} from '../theme-tokens.ts';
import styles from './ChartFrame.module.css';
import {seriesColour, type SeriesTone} from './chart-setup.ts';

/** One entry of a legend. */
export interface LegendEntry {
  readonly label: string;
  readonly tone: SeriesTone;
  readonly mark?: 'line' | 'dash' | 'dot' | 'fill' | 'outline';
}

interface ChartFrameProps {
  readonly legend: readonly LegendEntry[];
  readonly children: ReactNode;
}

/** A chart that fills its parent, with a legend above it when there is something to tell apart. */
export function ChartFrame({legend, children}: ChartFrameProps) {
  const tokens = useThemeTokens();
  return (
    <div className={styles.frame}>
      {legend.length > 1 && (
        <ul className={styles.legend}>
          {legend.map(({label, tone, mark = 'line'}) => (
            <li key={label} style={{color: seriesColour(tone, tokens)}}>
              <span className={`${styles.mark} ${styles[mark]}`} />
              <span className={styles.name}>{label}</span>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.plot}>{children}</div>
    </div>
  );
}
