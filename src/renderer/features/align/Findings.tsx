import type {ReactElement} from 'react';
import type {AlignmentResult} from '../../../contract/alignment.ts';
import {Panel} from '../../parts/index.ts';
import {plainSentence} from './align-labels.ts';
import styles from './AlignPage.module.css';
import {percentText, sizeText} from './value-text.ts';

/** More assemblies than the best few say nothing. */
const shownAssemblies = 6;

/** What cannot be distinguished, how everything is put together, and what of the prints is left unexplained. */
export function Findings({result}: {readonly result: AlignmentResult}): ReactElement {
  const {degeneracies, orientation, heightErrorMm} = result;
  const isAsDesigned = orientation.find(({isChosen}) => isChosen)?.text === 'as designed';
  return (
    <>
      <Panel title="What cannot be distinguished">
        {degeneracies.length === 0 ? (
          <p>Every free parameter is determined by these planes.</p>
        ) : (
          <ul className={styles.sentences}>
            {degeneracies.map(({text}) => (
              <li key={text}>{plainSentence(text)}</li>
            ))}
          </ul>
        )}
        {heightErrorMm !== null && (
          <p className={styles.quiet}>
            What is left would be explained by height errors of the prints of {sizeText(heightErrorMm, 'mm')}{' '}
            RMS per pixel; the error bars hold with them.
          </p>
        )}
      </Panel>
      <Panel title="How it is put together">
        {orientation.length <= 1 && isAsDesigned ? (
          <p>As designed. Assembly errors were not looked for: the planes are explained without them.</p>
        ) : (
          <table className={styles.table}>
            <caption>Light that is not explained when everything is put together so</caption>
            <tbody>
              {orientation.slice(0, shownAssemblies).map(({text, unexplainedRatio, isChosen}) => (
                <tr key={text} className={isChosen ? styles.isChosen : ''}>
                  <th scope="row">
                    {plainSentence(text)}
                    {isChosen ? ', which these planes show' : ''}
                  </th>
                  <td className={styles.number}>{percentText(unexplainedRatio)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {orientation.length > shownAssemblies && (
          <p className={styles.quiet}>
            {orientation.length - shownAssemblies} more were tried and explain less.
          </p>
        )}
      </Panel>
    </>
  );
}
