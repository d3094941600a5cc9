import {fixedText} from '../../../base/number-format.ts';
import type {ReactElement} from 'react';
import type {AlignmentResult} from '../../../contract/alignment.ts';
import type {AlignDetail} from '../../../contract/api/index.ts';
import {countText} from '../../parts/index.ts';
import {agreementLines} from './agreement-lines.ts';
import styles from './AlignPage.module.css';
import {formatReading} from '../../viewer/index.ts';

/** How well all planes agree with the simulation, as designed and as aligned. */
export function AgreementTable({result}: {readonly result: AlignmentResult}): ReactElement {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <td />
          <th scope="col" className={styles.number}>
            as designed
          </th>
          <th scope="col" className={styles.number}>
            as aligned
          </th>
        </tr>
      </thead>
      <tbody>
        {agreementLines(result).map(({name, meaning, before, after}) => (
          <tr key={name}>
            <th scope="row">
              {name}
              <span className={styles.meaning}>{meaning}</span>
            </th>
            {[before, after].map(({text, spread}, i) => (
              <td key={i} className={[styles.number, i === 1 ? styles.strong : ''].join(' ')}>
                {text}
                {spread !== '' && <span className={styles.meaning}>{spread}</span>}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The planes one by one. */
export function PlaneTable({detail}: {readonly detail: AlignDetail}): ReactElement {
  const {result, pictures} = detail;
  return (
    <table className={styles.table}>
      <caption>
        Correlation with the simulation; what is left out are lines that disagree with all the rest
      </caption>
      <thead>
        <tr>
          <th scope="col">digit</th>
          <th scope="col" className={styles.number}>
            points, left out
          </th>
          <th scope="col" className={styles.number}>
            correlation
          </th>
          <th scope="col" className={styles.number}>
            dark left
          </th>
        </tr>
      </thead>
      <tbody>
        {result.planes.map((plane, i) => (
          <tr key={pictures[i]?.runUid ?? i}>
            <th scope="row">{plane.label}</th>
            <td className={styles.number}>
              {countText(plane.pointCount)}, {countText(plane.excludedCount)}
            </td>
            <td className={styles.number}>
              {fixedText(plane.correlationBefore, 3)} → {fixedText(plane.correlationAfter, 4)}
            </td>
            <td className={styles.number}>
              {formatReading(plane.background, pictures[i]?.measured.unit ?? '').text}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
