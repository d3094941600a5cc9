import {skipToken, useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import type {CompareSide} from '../../../contract/api/index.ts';
import {useActions} from '../../actions/actions.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {Button, Dialog} from '../../parts/index.ts';
import {RunThumbnail} from '../../parts/RunThumbnail.tsx';
import {dateTimeText} from '../../parts/time-text.ts';
import styles from './ComparePage.module.css';
import {runText, sideKindText} from './comparison-labels.ts';
import {RunChooser} from './RunChooser.tsx';

/** One side of the comparison: what it is, and the button that changes it. */
export function SidePicker(props: {
  readonly letter: 'A' | 'B';
  readonly side: CompareSide | null;
  readonly other: CompareSide | null;
  readonly onChoose: (side: CompareSide) => void;
}): ReactElement {
  const {letter, side, other, onChoose} = props;
  const [isOpen, setIsOpen] = useState(false);
  const run = useQuery(
    queries.runs.get.queryOptions({
      input: side === null ? skipToken : {runUid: side.runUid},
      staleTime: 60_000,
    }),
  );
  // A picker opens at the session that one already looks at.
  const neighbour = useQuery(
    queries.runs.get.queryOptions({
      input: side === null && other !== null ? {runUid: other.runUid} : skipToken,
      staleTime: 60_000,
    }),
  );
  useActions([
    {
      id: `compare.choose${letter}`,
      title: `Choose ${letter}`,
      group: 'Compare',
      shortcut: letter === 'A' ? 'shift+a' : 'shift+b',
      run: () => setIsOpen(true),
    },
  ]);
  const summary = run.data?.summary;
  return (
    <section className={styles.side} aria-label={`Side ${letter}`}>
      <span className={styles.letter} aria-hidden>
        {letter}
      </span>
      {summary && side?.kind === 'run' && <RunThumbnail run={summary} sizeRem={3.4} />}
      <div className={styles.sideText}>
        {side === null && <p className={styles.quiet}>not chosen</p>}
        {side !== null && (
          <>
            <p className={styles.sideName}>
              {summary ? runText(summary) : run.error ? 'not found' : 'loading ...'}
            </p>
            <p className={styles.quiet}>
              {run.error
                ? problemFrom(run.error).message
                : `${sideKindText(side)}${summary ? ` · ${dateTimeText(summary.timeS * 1000).slice(0, 16)}` : ''}`}
            </p>
          </>
        )}
      </div>
      <Button variant={side === null ? 'primary' : 'plain'} onPress={() => setIsOpen(true)}>
        Choose {letter}
      </Button>
      <Dialog
        title={`Choose ${letter}`}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        place="sheet"
        widthRem={72}
      >
        <RunChooser
          letter={letter}
          side={side}
          startSessionUid={summary?.sessionUid ?? neighbour.data?.summary.sessionUid ?? null}
          suggestion={letter === 'B' && other?.kind === 'run' ? 'nominal' : 'run'}
          onChoose={(chosen) => {
            setIsOpen(false);
            onChoose(chosen);
          }}
        />
      </Dialog>
    </section>
  );
}
