import {useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import {queries, useConnection} from '../../connection/index.ts';
import {PageHeading, ProblemBox} from '../../parts/index.ts';
import {useStudy} from '../../run-data/index.ts';
import {AsBuiltPanel} from './AsBuiltPanel.tsx';
import styles from './CalibratePage.module.css';
import {ComputationLine} from './ComputationLine.tsx';
import {DonePanel} from './DonePanel.tsx';
import {OffersPanel} from './OffersPanel.tsx';
import {ReadOutPanel} from './ReadOutPanel.tsx';

/** A printed network that is not as designed: how it was built, what may be done about it, what was done. */
export function CalibratePage(): ReactElement {
  const isConnected = useConnection(({phase}) => phase === 'open');
  const [chosenUid, choose] = useState<string | null>(null);
  const {running, problem} = useStudy('calibrate-offers');
  // What a computation has written down shows when it is over.
  const listed = useQuery({
    ...queries.calibrate.asBuilt.queryOptions({input: {}}),
    enabled: isConnected,
    refetchInterval: 5000,
  });
  const records = listed.data?.records ?? [];
  const chosen = records.find(({uid}) => uid === chosenUid) ?? records[0] ?? null;
  return (
    <div className={styles.page}>
      <PageHeading>Calibrate</PageHeading>
      {problem && <ProblemBox problem={problem} />}
      {running && <ComputationLine computation={running} />}
      <div className={styles.panels}>
        <AsBuiltPanel records={records} chosen={chosen} onChoose={choose} running={running} />
        <OffersPanel chosen={chosen} running={running} />
        <ReadOutPanel running={running} />
        <DonePanel />
      </div>
    </div>
  );
}
