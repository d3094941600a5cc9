import {useState, type ReactElement, type ReactNode} from 'react';
import type {Computation} from '../../contract/api/index.ts';
import {Button} from './Button.tsx';
import {attempt} from './notices.ts';
import {ProblemBox} from './Panels.tsx';
import styles from './StartComputation.module.css';
import {useRefusal} from './use-refusal.ts';

/** A button that starts a computation; `id` is that of an act of the palette. */
export interface StartAct {
  readonly label: string;
  readonly hint: string;
  readonly id?: string;
  readonly start: () => Promise<unknown>;
}

/**
 * Where a computation is started: its fields, its buttons, what keeps them off, and what the last one of its kind failed
 * of. `missing` says what has to be there first.
 */
export function StartComputation(props: {
  readonly kind: Computation['kind'];
  /** Those of the host, newest first. */
  readonly computations: readonly Computation[];
  readonly missing?: string | undefined;
  readonly acts: readonly StartAct[];
  readonly children?: ReactNode;
}): ReactElement {
  const {kind, computations, missing, acts, children} = props;
  const [isStarting, setStarting] = useState(false);
  const refusal = useComputationRefusal(computations.find(({endedUtc}) => endedUtc === null));
  const because = refusal ?? missing;
  const last = computations.find((own) => own.kind === kind);
  const start = async (act: StartAct): Promise<void> => {
    setStarting(true);
    await attempt(act.start);
    setStarting(false);
  };
  return (
    <>
      {children !== undefined && <div className={styles.fields}>{children}</div>}
      <div className={styles.bar}>
        {acts.map((act) => (
          <Button
            key={act.label}
            {...(act.id === undefined ? {} : {'data-act': act.id})}
            isDisabled={because !== undefined || isStarting}
            hint={because ?? act.hint}
            onPress={() => void start(act)}
          >
            {act.label}
          </Button>
        ))}
      </div>
      {last?.problem && last.state === 'failed' && <ProblemBox problem={last.problem} />}
    </>
  );
}

/** Why no computation can be started now, with the one under way; undefined where one can. */
export function useComputationRefusal(running: Computation | null | undefined): string | undefined {
  const refusal = useRefusal('operate');
  return (
    refusal ??
    (running ? `“${running.title}” is being computed; one thing is computed at a time.` : undefined)
  );
}
