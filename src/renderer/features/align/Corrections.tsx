import {useQuery} from '@tanstack/react-query';
import type {ReactElement, ReactNode} from 'react';
import {problemFrom, queries} from '../../connection/index.ts';
import {Loading, Panel, ProblemBox} from '../../parts/index.ts';
import {plainSentence} from './align-labels.ts';
import styles from './AlignPage.module.css';
import {MountCorrection} from './correct/MountCorrection.tsx';
import {correctionLines} from './corrections-by-part.ts';
import {More} from './More.tsx';

const recheckMs = 5000;

/** What to do at the bench, a line for each plate, and from where one looks. */
export function Corrections(props: {readonly uid: string; readonly tools: ReactNode}): ReactElement {
  const found = useQuery(
    queries.align.corrections.queryOptions({
      input: {uid: props.uid},
      staleTime: Infinity,
      // The table by which they are judged is computed when they are first asked for.
      refetchInterval: ({state}) => (state.data && !state.data.isByDesign ? recheckMs : false),
    }),
  );
  const {data, error} = found;
  const lines = data ? correctionLines(data.items) : [];
  const others = lines.filter((line) => line.others.length > 0);
  return (
    <Panel title="What to do at the bench" tools={props.tools}>
      {error && (
        <ProblemBox
          problem={problemFrom(error)}
          action={{label: 'Try again', onPress: () => void found.refetch()}}
        />
      )}
      {!data && !error && <Loading what="the corrections" />}
      {data && (
        <>
          <p className={styles.strong}>{plainSentence(data.text)}</p>
          <ul className={styles.corrections} aria-label="Corrections">
            {lines.map(({part, text, isNeeded}) => (
              <li key={part}>
                <span className={styles.correctionPart}>{part}</span>
                <span className={isNeeded ? '' : styles.quiet}>{text}</span>
              </li>
            ))}
          </ul>
          <p className={styles.quiet}>
            {plainSentence(data.viewpoint)} {plainSentence(data.basis)}
          </p>
          <MountCorrection uid={props.uid} />
          {others.length > 0 && (
            <More title="What may stay as it is">
              <ul className={styles.corrections}>
                {others.map((line) => (
                  <li key={line.part}>
                    <span>{line.part}</span>
                    <span className={styles.correctionTexts}>
                      {line.others.map((text) => (
                        <span key={text} className={styles.quiet}>
                          {text}
                        </span>
                      ))}
                    </span>
                  </li>
                ))}
              </ul>
            </More>
          )}
        </>
      )}
    </Panel>
  );
}
