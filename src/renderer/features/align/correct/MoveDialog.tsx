import {fixedText} from '../../../../base/number-format.ts';
import {useQuery, useQueryClient} from '@tanstack/react-query';
import {useEffect, useState, type ReactElement} from 'react';
import type {CorrectionPlanView} from '../../../../contract/api/index.ts';
import {client, problemFrom, queries} from '../../../connection/index.ts';
import {attempt, Button, Checkbox, countOf, Dialog, Loading, ProblemBox} from '../../../parts/index.ts';
import {plateAxisNames, plateAxisUnit} from '../../../../contract/plate-labels.ts';
import {offsetText, wayText} from './correction-labels.ts';
import styles from './MountCorrection.module.css';

/** Lists every move that the mounts would make, with its limits, and moves when somebody agrees. */
export function MoveDialog(props: {readonly uid: string; readonly onClose: () => void}): ReactElement {
  const {uid, onClose} = props;
  const [allowDoubtful, setAllowDoubtful] = useState(false);
  const queryClient = useQueryClient();
  const plan = useQuery({
    ...queries.correction.plan.queryOptions({input: {alignmentUid: uid, allowDoubtful}}),
    // Where the plates stand now is the point.
    staleTime: 0,
    gcTime: 0,
    placeholderData: (before) => before,
  });
  // The advice on the page behind is looked up with it: both are judged by the newest table of the design.
  useEffect(() => {
    void queryClient.invalidateQueries({queryKey: queries.align.corrections.key()});
  }, [queryClient]);
  const {data} = plan;
  const canMove = data?.refusal === '' && data.moves.length > 0 && !plan.isFetching;
  const move = ({moves}: CorrectionPlanView): void => {
    onClose();
    void attempt(() => client.correction.apply({alignmentUid: uid, allowDoubtful, shown: moves})).then(() =>
      queryClient.invalidateQueries({queryKey: queries.correction.list.key()}),
    );
  };
  return (
    <Dialog
      title="Move the mounts?"
      isOpen
      onClose={onClose}
      mustAnswer
      widthRem={46}
      buttons={
        <>
          <Button autoFocus onPress={onClose}>
            Leave them
          </Button>
          <Button variant="primary" isDisabled={!canMove} onPress={() => data && move(data)}>
            {data ? `Move ${countOf(data.moves.length, 'plate')}` : 'Move'}
          </Button>
        </>
      }
    >
      {plan.error && (
        <ProblemBox
          problem={problemFrom(plan.error)}
          action={{label: 'Try again', onPress: () => void plan.refetch()}}
        />
      )}
      {!data && !plan.error && <Loading what="where the plates stand" />}
      {data && (
        <>
          {data.refusal !== '' && <ProblemBox level="attention" problem={{message: data.refusal}} />}
          {(data.isDoubtOnly || allowDoubtful) && (
            <Checkbox isSelected={allowDoubtful} onChange={setAllowDoubtful}>
              Follow it in spite of the doubts
            </Checkbox>
          )}
          {data.moves.length > 0 ? (
            <>
              <MoveTable plan={data} />
              <p>
                One plate after another, each read back. {wayText(data.seconds)}STOP (Esc) stops the plate
                that moves and ends it. Every move is written down and can be undone.
              </p>
            </>
          ) : (
            <p>There is nothing for the mounts to do.</p>
          )}
          <Sentences title="By hand, seen from the source" sentences={data.manualSteps} />
          <Sentences title="Left as it is" sentences={data.leftOut} />
        </>
      )}
    </Dialog>
  );
}

function MoveTable({plan}: {readonly plan: CorrectionPlanView}): ReactElement {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">plate</th>
          <th scope="col">axis</th>
          {['from', 'to', 'by', 'sigma', 'at most', 'limits'].map((title) => (
            <th key={title} scope="col" className={styles.number}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {plan.moves.flatMap(({plate, axes}) =>
          axes.map(({axis, from, to, sigma, maxCorrection, limits}) => (
            <tr key={`${plate} ${axis}`}>
              <th scope="row">{plate}</th>
              <td>
                {plateAxisNames[axis]}, {plateAxisUnit(axis)}
              </td>
              <td className={styles.number}>{offsetText(from)}</td>
              <td className={styles.number}>{offsetText(to)}</td>
              <td className={styles.number}>{offsetText(to - from)}</td>
              <td className={styles.number}>{fixedText(sigma, 4)}</td>
              <td className={styles.number}>{maxCorrection}</td>
              <td className={styles.number}>
                {limits[0]} to {limits[1]}
              </td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  );
}

function Sentences(props: {
  readonly title: string;
  readonly sentences: readonly string[];
}): ReactElement | null {
  if (props.sentences.length === 0) return null;
  return (
    <div>
      <h3 className={styles.quiet}>{props.title}</h3>
      <ul className={styles.sentences}>
        {props.sentences.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  );
}
