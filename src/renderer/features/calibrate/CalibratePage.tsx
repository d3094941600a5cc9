import {useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import {queries, useConnection} from '../../connection/index.ts';
import {PageHeading, ProblemBox} from '../../parts/index.ts';
import {useStudy} from '../../run-data/index.ts';
import {AsBuiltPanel} from './AsBuiltPanel.tsx';
import styles from './CalibratePage.module.css';
import {ComputationLine} from './ComputationLine.tsx';
import {DonePanel} from './DonePanel.tsx';
import {InPlacePanel} from './InPlacePanel.tsx';
import {nextStepText} from './next-step.ts';
import {OffersPanel} from './OffersPanel.tsx';
import {ReadOutPanel} from './ReadOutPanel.tsx';

/** A printed network that is not as designed: how it was built, what may be done about it, what was done. */
export function CalibratePage(): ReactElement {
  const isConnected = useConnection(({phase}) => phase === 'open');
  const [chosenUid, choose] = useState<string | null>(null);
  const {computations, running, problem, result} = useStudy('calibrate-offers');
  // What a computation has written down shows when it is over.
  const own = {enabled: isConnected, refetchInterval: 5000};
  const listed = useQuery({...queries.calibrate.asBuilt.queryOptions({input: {}}), ...own});
  const listedReadOuts = useQuery({...queries.calibrate.readOuts.queryOptions({input: {}}), ...own});
  const listedReprints = useQuery({...queries.calibrate.reprints.queryOptions(), ...own});
  const aligned = useQuery({...queries.align.results.queryOptions({input: {}}), enabled: isConnected});
  const records = listed.data?.records ?? [];
  const readOuts = listedReadOuts.data?.readOuts ?? [];
  const reprints = listedReprints.data?.reprints ?? [];
  const chosen = records.find(({uid}) => uid === chosenUid) ?? records[0] ?? null;
  const offers =
    result?.kind === 'calibrate-offers' && result.offers.asBuiltUid === chosen?.uid ? result.offers : null;
  const alignmentCount = aligned.data?.alignments.length;
  return (
    <div className={styles.page}>
      <PageHeading>Calibrate</PageHeading>
      {problem && <ProblemBox problem={problem} />}
      {running && <ComputationLine computation={running} />}
      {!running && listed.data && alignmentCount !== undefined && (
        <p className={styles.next} role="status" aria-label="Next step">
          <strong>Next: </strong>
          {nextStepText({alignmentCount, chosen, offers, readOuts, reprints})}
        </p>
      )}
      <div className={styles.panels}>
        <AsBuiltPanel records={records} chosen={chosen} onChoose={choose} computations={computations} />
        <OffersPanel chosen={chosen} offers={offers} computations={computations} />
        <div className={styles.column}>
          <ReadOutPanel record={chosen} computations={computations} />
          <InPlacePanel chosen={chosen} reprints={reprints} />
          <DonePanel readOuts={readOuts} reprints={reprints} />
        </div>
      </div>
    </div>
  );
}
