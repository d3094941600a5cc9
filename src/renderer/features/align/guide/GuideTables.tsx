import type {ReactElement} from 'react';
import type {GuideAgreement, GuideCriterion, GuideNumber} from '../../../../contract/api/index.ts';
import {StateLight} from '../../../parts/index.ts';
import styles from './Guide.module.css';
import {criterionText, expectedText, intervalText, limitText, seenText} from './guide-labels.ts';

/** The numbers that decide, each with its limit and where that comes from. */
export function CriteriaTable({
  criteria,
}: {
  readonly criteria: readonly GuideCriterion[];
}): ReactElement | null {
  if (criteria.length === 0) return null;
  return (
    <table className={styles.table} aria-label="Criteria">
      <thead>
        <tr>
          <th scope="col">Criterion</th>
          <th scope="col" className={styles.number}>
            Measured
          </th>
          <th scope="col">Limit</th>
          <th scope="col">Verdict</th>
        </tr>
      </thead>
      <tbody>
        {criteria.map((own) => (
          <tr key={own.name}>
            <th scope="row">
              {own.name}
              <span className={styles.source}>{own.source}</span>
            </th>
            <td className={styles.number}>{criterionText(own)}</td>
            <td>{limitText(own)}</td>
            <td>
              <StateLight light={own.isMet ? 'ready' : 'fault'} label={own.isMet ? 'met' : 'not met'} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What was expected beside what was seen. */
export function NumbersTable({numbers}: {readonly numbers: readonly GuideNumber[]}): ReactElement | null {
  if (numbers.length === 0) return null;
  return (
    <table className={styles.table} aria-label="Expected beside seen">
      <thead>
        <tr>
          <th scope="col">Number</th>
          <th scope="col" className={styles.number}>
            Expected
          </th>
          <th scope="col" className={styles.number}>
            Seen
          </th>
        </tr>
      </thead>
      <tbody>
        {numbers.map((own) => (
          <tr key={own.name}>
            <th scope="row">{own.name}</th>
            <td className={styles.number}>{expectedText(own)}</td>
            <td className={styles.number}>{seenText(own.seen, own.seenSigma, own.unit)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How well simulation and bench agree, with 95 % intervals. */
export function AgreementTable({rows}: {readonly rows: readonly GuideAgreement[]}): ReactElement | null {
  if (rows.length === 0) return null;
  const hasBefore = rows.some(({designedBefore}) => designedBefore !== null);
  return (
    <table className={styles.table} aria-label="Agreement of simulation and bench">
      <thead>
        <tr>
          <th scope="col">Agreement (95 %)</th>
          {hasBefore && (
            <th scope="col" className={styles.number}>
              Plates as designed, try before
            </th>
          )}
          <th scope="col" className={styles.number}>
            Plates as designed
          </th>
          <th scope="col" className={styles.number}>
            As found
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({name, designedBefore, designed, aligned}) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {hasBefore && <td className={styles.number}>{intervalText(designedBefore)}</td>}
            <td className={styles.number}>{intervalText(designed)}</td>
            <td className={styles.number}>{intervalText(aligned)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
