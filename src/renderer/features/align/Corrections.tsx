import {useQuery} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import {problemFrom, queries} from '../../connection/index.ts';
import {Loading, Panel, ProblemBox} from '../../parts/index.ts';
import {plainSentence} from './align-words.ts';
import styles from './AlignPage.module.css';
import {byPart} from './corrections-by-part.ts';

/** What to do at the bench, a group for each plate, and from where one looks. */
export function Corrections({uid}: {readonly uid: string}): ReactElement {
  const found = useQuery(queries.align.corrections.queryOptions({input: {uid}, staleTime: Infinity}));
  const {data, error} = found;
  return (
    <Panel title="What to do at the bench">
      {error && (
        <ProblemBox
          problem={problemFrom(error)}
          action={{label: 'Try again', onPress: () => void found.refetch()}}
        />
      )}
      {!data && !error && <Loading what="the corrections" />}
      {data && (
        <>
          <p className={styles.strong}>{data.text}</p>
          <p className={styles.quiet}>{data.viewpoint}</p>
          <ul className={styles.corrections}>
            {byPart(data.items).map(({part, needed, others}) => (
              <li key={part}>
                <span className={styles.correctionPart}>{plainSentence(part)}</span>
                <span className={styles.correctionTexts}>
                  {needed.map((item) => (
                    <span key={item.quantity}>{plainSentence(item.text)}</span>
                  ))}
                  {others.map((item) => (
                    <span key={item.quantity} className={styles.quiet}>
                      {plainSentence(item.text)}
                      {item.reason === '' ? '' : ` (${item.reason})`}
                    </span>
                  ))}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
