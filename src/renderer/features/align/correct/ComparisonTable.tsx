import type {ReactElement} from 'react';
import type {CorrectionView} from '../../../../contract/api/index.ts';
import {comparisonLines} from './correction-labels.ts';
import styles from './MountCorrection.module.css';

/** The same planes before and after a correction. */
export function ComparisonTable({
  check,
}: {
  readonly check: NonNullable<CorrectionView['check']>;
}): ReactElement {
  return (
    <table className={styles.table}>
      <caption>{check.comparison.text}</caption>
      <thead>
        <tr>
          <td />
          {['before', 'after', 'change'].map((title) => (
            <th key={title} scope="col" className={styles.number}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {comparisonLines(check).map(({name, before, after, change}) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {[before, after, change].map(({text, spread}, i) => (
              <td key={i} className={styles.number}>
                {text}
                {spread !== '' && <span className={styles.spread}>{spread}</span>}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
