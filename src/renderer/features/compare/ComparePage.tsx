import {keepPreviousData, useQuery} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import {useLocation, useSearch} from 'wouter';
import type {CompareSide} from '../../../contract/api/index.ts';
import {useActions} from '../../actions/actions.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {Button, Loading, EmptyState, ProblemBox, Segments} from '../../parts/index.ts';
import {addressFrom, questionFrom, withRun, type CompareQuestion} from './compare-address.ts';
import styles from './ComparePage.module.css';
import {ComparisonView} from './ComparisonView.tsx';
import {SidePicker} from './SidePicker.tsx';
import {useRunNeighbours} from './use-run-neighbours.ts';

/** Any stored run beside another one or beside a simulation, on one cursor. */
export function ComparePage(): ReactElement {
  const search = useSearch();
  const [, navigate] = useLocation();
  const question = questionFrom(search);
  const {a, b} = question;
  const ask = (next: CompareQuestion): void => navigate(addressFrom(next), {replace: search !== ''});
  const compared = useQuery({
    ...queries.compare.planes.queryOptions({input: {a: a ?? noSide, b: b ?? noSide}}),
    enabled: a !== null && b !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const {data, error, isPlaceholderData} = compared;
  const isAsked = a !== null && b !== null;
  return (
    <div className={styles.page}>
      <h1 className={styles.heading}>Compare</h1>
      <div className={styles.sides}>
        <SidePicker letter="A" side={a} other={b} onChoose={(side) => ask({...question, a: side})} />
        <SidePicker letter="B" side={b} other={a} onChoose={(side) => ask({...question, b: side})} />
      </div>
      <QuickSteps question={question} onAsk={ask} />
      {!isAsked && <NothingChosen question={question} />}
      {isAsked && error && (
        <ProblemBox
          problem={problemFrom(error)}
          action={{label: 'Try again', onPress: () => void compared.refetch()}}
        />
      )}
      {isAsked && !data && !error && <Loading what="both planes; a simulation takes some seconds" />}
      {isAsked && data && !error && (
        <ComparisonView comparison={data} a={a} b={b} isOld={isPlaceholderData} />
      )}
    </div>
  );
}

/** Stands for a side that is not chosen; never sent. */
const noSide: CompareSide = {kind: 'run', runUid: ''};

function NothingChosen({question}: {readonly question: CompareQuestion}): ReactElement {
  const [, navigate] = useLocation();
  const isHalf = question.a !== null || question.b !== null;
  return (
    <EmptyState
      title={isHalf ? 'One side is still open' : 'Nothing chosen yet'}
      text={
        isHalf
          ? `Choose ${question.a === null ? 'A' : 'B'}: another run, or what the twin predicts for the mask of one.`
          : 'Choose a run as A, and beside it as B another run or what the twin predicts for its mask. The address keeps both, so a view can be given to somebody.'
      }
    >
      {!isHalf && <Button onPress={() => navigate('/sessions')}>Find a run in Sessions</Button>}
    </EmptyState>
  );
}

type Against = 'nominal' | 'registered' | 'aligned' | 'other';

/** Simulations of A's mask that B may be. */
const placements = [
  {placement: 'nominal', title: 'nominal simulation', shortcut: 'shift+n'},
  {placement: 'registered', title: 'simulation as registered', shortcut: 'shift+r'},
  {placement: 'aligned', title: 'simulation as aligned', shortcut: 'shift+g'},
] as const;

/** What B is, and the way to the next run of the session, with one key each. */
function QuickSteps(props: {
  readonly question: CompareQuestion;
  readonly onAsk: (question: CompareQuestion) => void;
}): ReactElement {
  const {question, onAsk} = props;
  const {a, b} = question;
  const runUid = a?.runUid ?? b?.runUid ?? null;
  const {previous, next, position, hasMask} = useRunNeighbours(
    runUid,
    a?.kind === 'prediction' || b?.kind === 'prediction',
  );
  const against: Against =
    b?.kind === 'prediction' && b.runUid === runUid && a?.kind === 'run' ? b.placement : 'other';
  const setAgainst = (placement: (typeof placements)[number]['placement']): void => {
    if (runUid !== null) onAsk({a: {kind: 'run', runUid}, b: {kind: 'prediction', runUid, placement}});
  };
  const step = (uid: string | null): void => {
    if (uid !== null) onAsk(withRun(question, uid));
  };
  const swap = (): void => onAsk({a: b, b: a});
  const {noMask} = useStepActions({
    question,
    neighbours: {previous, next, hasMask},
    runUid,
    acts: {step, setAgainst, swap},
  });
  return (
    <div className={styles.steps}>
      <Button
        isDisabled={previous === null}
        hint="Previous run of the session (P)"
        onPress={() => step(previous)}
      >
        ‹ Previous run
      </Button>
      <Button isDisabled={next === null} hint="Next run of the session (N)" onPress={() => step(next)}>
        Next run ›
      </Button>
      {position !== '' && <span className={styles.quiet}>{position}</span>}
      <Segments<Against>
        label="A against"
        value={against}
        isDisabled={noMask !== undefined}
        onChange={(chosen) => chosen !== 'other' && setAgainst(chosen)}
        options={[
          ...placements.map(({placement}) => ({value: placement, label: `against ${placement}`})),
          {value: 'other', label: 'as chosen', isDisabled: against !== 'other'},
        ]}
      />
      <Button isDisabled={!a && !b} hint="Swap A and B (Shift+X)" onPress={swap}>
        Swap A and B
      </Button>
    </div>
  );
}

/** The keys of the quick steps; returns why nothing can be predicted, undefined where it can. */
function useStepActions({question, neighbours, runUid, acts}: StepKeys): {
  readonly noMask: string | undefined;
} {
  const {previous, next, hasMask} = neighbours;
  const noRun = runUid === null ? 'Choose a run first.' : undefined;
  const noMask =
    noRun ?? (hasMask ? undefined : 'The mask of this run is not known, so nothing can be predicted.');
  useActions([
    action('previous', 'Previous run of the session', 'p', {
      disabledBecause: noRun ?? (previous ? undefined : 'This is the first run.'),
      run: () => acts.step(previous),
    }),
    action('next', 'Next run of the session', 'n', {
      disabledBecause: noRun ?? (next ? undefined : 'This is the last run.'),
      run: () => acts.step(next),
    }),
    ...placements.map(({placement, title, shortcut}) =>
      action(placement, `Compare the run with the ${title}`, shortcut, {
        disabledBecause: noMask,
        run: () => acts.setAgainst(placement),
      }),
    ),
    action('swap', 'Swap A and B', 'shift+x', {
      disabledBecause: question.a || question.b ? undefined : 'Nothing is chosen.',
      run: acts.swap,
    }),
  ]);
  return {noMask};
}

interface StepKeys {
  readonly question: CompareQuestion;
  readonly neighbours: Pick<ReturnType<typeof useRunNeighbours>, 'previous' | 'next' | 'hasMask'>;
  readonly runUid: string | null;
  readonly acts: {
    readonly step: (uid: string | null) => void;
    readonly setAgainst: (placement: (typeof placements)[number]['placement']) => void;
    readonly swap: () => void;
  };
}

const action = (
  id: string,
  title: string,
  shortcut: string,
  act: {readonly disabledBecause: string | undefined; readonly run: () => void},
) => ({id: `compare.${id}`, title, group: 'Compare', shortcut, ...act});
