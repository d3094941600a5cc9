import {useQuery} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import {problemFrom, queries} from '../../connection/index.ts';
import {Loading, ProblemBox} from '../../parts/index.ts';
import {CalibrationHoursEditor} from './CalibrationHoursEditor.tsx';
import {CalibrationTable} from './CalibrationTable.tsx';
import styles from './SessionsPage.module.css';

/** Every calibration of the data folder. */
export function CalibrationLedger(): ReactElement {
  const found = useQuery({...queries.sessions.calibrations.queryOptions(), refetchInterval: 15_000});
  if (found.data)
    return (
      <div className={styles.ledgerPlace}>
        <div className={styles.ledgerTools}>
          <CalibrationHoursEditor />
        </div>
        <div className={styles.ledger}>
          <CalibrationTable calibrations={found.data} hasSessionLink />
        </div>
      </div>
    );
  if (found.error)
    return (
      <ProblemBox
        problem={problemFrom(found.error)}
        action={{label: 'Try again', onPress: () => void found.refetch()}}
      />
    );
  return <Loading what="the calibration ledger" />;
}
