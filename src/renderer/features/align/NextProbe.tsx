import {useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import {useActions} from '../../actions/actions.ts';
import {client, problemFrom, queries, useStatus} from '../../connection/index.ts';
import {attempt, Button, Loading, Panel, ProblemBox, useRefusal} from '../../parts/index.ts';
import {useIsRunLive} from '../../run-data/index.ts';
import {plainSentence} from './align-labels.ts';
import styles from './AlignPage.module.css';
import {probeRows, probeSentence} from './next-probe-labels.ts';

/**
 * Which object to measure next and what it would tell: computed when one asks, which takes a while. Measuring it ends
 * in an alignment of all planes together.
 */
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
            Which object would add most information to these planes, errors of the model included.
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
          <ProbeTable uid={props.uid} data={data} />
          <p className={styles.quiet}>{plainSentence(data.basis)}</p>
        </>
      )}
    </Panel>
  );
}

/** What each object would tell, with a button that measures it. */
function ProbeTable({
  uid,
  data,
}: {
  readonly uid: string;
  readonly data: Parameters<typeof probeRows>[0];
}): ReactElement {
  return (
    <table className={styles.table}>
      <caption>Worst plate, one standard deviation</caption>
      <thead>
        <tr>
          <th scope="col">with</th>
          <th scope="col">sideways</th>
          <th scope="col">turn</th>
          <th scope="col">along the beam</th>
          <th scope="col">adds</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {probeRows(data).map(({key, name, lateral, rotation, axial, cost, objects}) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            <td>{lateral}</td>
            <td>{rotation}</td>
            <td>{axial}</td>
            <td>{cost}</td>
            <td>{objects.length > 0 && <MeasureButton uid={uid} name={name} objects={objects} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function MeasureButton(props: {
  readonly uid: string;
  readonly name: string;
  readonly objects: readonly string[];
}): ReactElement {
  const {uid, name, objects} = props;
  const refusal = useMeasureRefusal();
  const measure = (): void =>
    void attempt(
      () => client.align.measureNext({uid, objects: [...objects]}),
      'Measuring has begun; the alignment of all planes follows by itself.',
    );
  return (
    <Button
      isCompact
      aria-label={`Measure ${objects.length === 1 ? name : `${objects.length} digits, ${name}`}`}
      isDisabled={refusal !== undefined}
      hint={
        refusal ??
        'A campaign on the open bench, scanned as these planes were; then all planes are aligned together'
      }
      onPress={measure}
    >
      Measure
    </Button>
  );
}

/** Why nothing can be measured now. */
function useMeasureRefusal(): string | undefined {
  const mayNot = useRefusal('operate');
  const isOpen = useStatus((status) => status?.bench.state === 'open');
  const isRunLive = useIsRunLive();
  if (mayNot !== undefined) return mayNot;
  if (!isOpen) return 'No bench is open.';
  return isRunLive ? 'A run is under way.' : undefined;
}
