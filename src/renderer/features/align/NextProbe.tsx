import {useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import {useActions} from '../../actions/actions.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {Button, Loading, Panel, ProblemBox} from '../../parts/index.ts';
import {plainSentence} from './align-words.ts';
import styles from './AlignPage.module.css';
import {probeRows, probeSentence} from './next-probe-words.ts';

/** Which object to measure next and what it would tell. It is computed when one asks, which takes a while. */
export function NextProbe(props: {readonly uid: string}): ReactElement {
  const [isAsked, setIsAsked] = useState(false);
  const found = useQuery({
    ...queries.align.nextProbe.queryOptions({input: {uid: props.uid}}),
    enabled: isAsked,
    staleTime: Infinity,
    retry: false,
  });
  const ask = (): void => setIsAsked(true);
  useActions([{id: 'align.next-probe', title: 'Say what to measure next', group: 'Align', run: ask}]);
  const {data, error} = found;
  return (
    <Panel title="Next probe">
      {!isAsked && !data && (
        <>
          <p className={styles.quiet}>
            Which object would tell most beside these planes, with what the model lacks counted.
          </p>
          <div className={styles.acts}>
            <Button hint="Computed once, about half a minute; nothing moves" onPress={ask}>
              What to measure next
            </Button>
          </div>
        </>
      )}
      {error && (
        <ProblemBox
          problem={problemFrom(error)}
          action={{label: 'Try again', onPress: () => void found.refetch()}}
        />
      )}
      {isAsked && !data && !error && <Loading what="what each object would tell; about half a minute" />}
      {data && (
        <>
          <p className={styles.strong}>{probeSentence(data)}</p>
          <table className={styles.table}>
            <caption>Worst plate, one standard deviation</caption>
            <thead>
              <tr>
                <th scope="col">with</th>
                <th scope="col">sideways</th>
                <th scope="col">turn</th>
                <th scope="col">along the beam</th>
                <th scope="col">adds</th>
              </tr>
            </thead>
            <tbody>
              {probeRows(data).map(({key, name, lateral, rotation, axial, cost}) => (
                <tr key={key}>
                  <th scope="row">{name}</th>
                  <td>{lateral}</td>
                  <td>{rotation}</td>
                  <td>{axial}</td>
                  <td>{cost}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className={styles.quiet}>{plainSentence(data.basis)}</p>
        </>
      )}
    </Panel>
  );
}
