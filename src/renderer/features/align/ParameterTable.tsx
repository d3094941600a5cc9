import {useQuery} from '@tanstack/react-query';
import {useMemo, type ReactElement} from 'react';
import type {AlignedParameter, AlignmentResult} from '../../../contract/alignment.ts';
import {queries} from '../../connection/index.ts';
import {Panel, StateLight} from '../../parts/index.ts';
import {partOf, partText, plainSentence, quantityOf, whyNotIdentified} from './align-labels.ts';
import styles from './AlignPage.module.css';
import {lengthMeant, valueText} from './value-text.ts';

/** Every number with its error bar, and whether the planes tell it. */
export function ParameterTable(props: {
  readonly result: AlignmentResult;
  readonly sessionUid: string;
}): ReactElement {
  const {result, sessionUid} = props;
  // What was assumed beforehand explains why a number is not determined.
  const asked = useQuery(queries.align.planes.queryOptions({input: {sessionUid}, staleTime: 60_000}));
  const priors = useMemo(
    () => new Map(asked.data?.parameters.map(({name, priorSigma}) => [name, priorSigma])),
    [asked.data],
  );
  const parts = [...new Set(result.parameters.map(({name}) => partOf(name)))];
  const unidentified = result.parameters.filter(({identifiable}) => !identifiable).length;
  return (
    <Panel title="Numbers" className={styles.numbersPanel}>
      <p className={styles.quiet}>
        One standard deviation, errors of the model included; the object is the origin.{' '}
        {unidentified === 0
          ? 'The planes tell all of them.'
          : `${unidentified} of ${result.parameters.length} cannot be determined from these planes.`}
      </p>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">what</th>
            <th scope="col" className={styles.number}>
              value
            </th>
            <th scope="col">determined by the planes</th>
          </tr>
        </thead>
        {parts.map((part) => (
          <tbody key={part}>
            <tr className={styles.partRow}>
              <th scope="rowgroup" colSpan={3}>
                {plainSentence(partText(part))}
              </th>
            </tr>
            {result.parameters
              .filter(({name}) => partOf(name) === part)
              .map((parameter) => (
                <ParameterRow
                  key={parameter.name}
                  parameter={parameter}
                  why={whyNotIdentified(parameter, result.degeneracies, priors.get(parameter.name) ?? null)}
                />
              ))}
          </tbody>
        ))}
      </table>
    </Panel>
  );
}

function ParameterRow(props: {readonly parameter: AlignedParameter; readonly why: string}): ReactElement {
  const {parameter, why} = props;
  const {name, value, sigma, unit, identifiable} = parameter;
  const meant = lengthMeant(parameter);
  return (
    <tr className={identifiable ? '' : styles.isUntold}>
      <th scope="row" title={name}>
        {quantityOf(name)}
      </th>
      <td className={styles.number}>
        {valueText(value, sigma, unit)}
        {meant !== '' && <span className={styles.meaning}>{meant}</span>}
      </td>
      <td>
        {identifiable ? (
          'yes'
        ) : (
          <>
            <StateLight light="attention" label="no" />
            <span className={styles.meaning}>{why}</span>
          </>
        )}
      </td>
    </tr>
  );
}
