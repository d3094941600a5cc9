import {skipToken, useQuery} from '@tanstack/react-query';
import {type ReactElement, useState} from 'react';
import type {ResumePlan, RunSummary} from '../../contract/api/index.ts';
import {client, queries, useStatus} from '../connection/index.ts';
import {
  attempt,
  Button,
  Checkbox,
  Dialog,
  durationText,
  Loading,
  NumberField,
  useRefusal,
} from '../parts/index.ts';
import {useIsRunLive} from './run-acts.ts';

/** Plans whose points are what they are about: a run of them can go on where it was cut off. */
const resumable: readonly string[] = ['grid', 'line', 'regions'];

/** Whether a run was cut off and may go on, as far as a list tells. */
export const wasCutOff = ({planName, exitStatus, pointCount}: RunSummary): boolean =>
  resumable.includes(planName) && pointCount > 0 && (exitStatus === 'abort' || exitStatus === 'fail');

/** Why nothing can be measured now; undefined when it can. */
export function useMeasureRefusal(): string | undefined {
  const refusal = useRefusal('operate');
  const isBenchOpen = useStatus((status) => status?.bench.state === 'open');
  const isRunLive = useIsRunLive();
  if (refusal !== undefined) return refusal;
  if (!isBenchOpen) return 'No bench is open: open one on the Bench page.';
  return isRunLive ? 'A run is under way; this can start when it has ended.' : undefined;
}

/** Goes on with a run that was cut off: says what it takes, then measures points again and goes on. */
export function ResumeButton({run}: {readonly run: RunSummary}): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const refusal = useMeasureRefusal();
  return (
    <>
      <Button
        isCompact
        isDisabled={refusal !== undefined}
        hint={refusal ?? 'Measures points of it again, and goes on where they read as they did'}
        aria-label={`Resume run ${run.scanId}`}
        onPress={() => setIsOpen(true)}
      >
        Resume
      </Button>
      <Dialog title={`Run ${run.scanId} goes on`} isOpen={isOpen} onClose={() => setIsOpen(false)}>
        {isOpen && <ResumeForm run={run} onStarted={() => setIsOpen(false)} />}
      </Dialog>
    </>
  );
}

function ResumeForm({
  run,
  onStarted,
}: {
  readonly run: RunSummary;
  readonly onStarted: () => void;
}): ReactElement {
  const [isHomedFirst, setIsHomedFirst] = useState(false);
  const [percent, setPercent] = useState<number | null>(null);
  const isTyped = percent === null || Number.isFinite(percent);
  const asked = {
    runUid: run.uid,
    isHomedFirst,
    ...(percent === null ? {} : {allowedRatio: percent / 100}),
  };
  const plan = useQuery(
    queries.scan.resumePlan.queryOptions({input: isTyped ? asked : skipToken, staleTime: 5000}),
  );
  const checks = useQuery(queries.scan.resumeChecks.queryOptions({input: {runUid: run.uid}, staleTime: 0}));
  const refusal = useMeasureRefusal();
  const takes = plan.data;
  const start = (): void =>
    void attempt(() => client.scan.resume(asked)).then((isStarted) => isStarted && onStarted());
  const earlier = checks.data?.filter(({isPassed}) => !isPassed).at(-1);
  return (
    <>
      {earlier && <p>Tried before: {earlier.text}</p>}
      {plan.isPending && isTyped && <Loading what="what it takes" />}
      {plan.error && <p role="alert">{plan.error.message}</p>}
      {takes && <Takes takes={takes} />}
      <Checkbox isSelected={isHomedFirst} onChange={setIsHomedFirst}>
        Home the stage first, also where the bench file does not ask for it
      </Checkbox>
      <NumberField
        label="Allowed change of a reading"
        unit="%"
        value={percent}
        minimum={0}
        maximum={100}
        onChange={setPercent}
        onEmpty={() => setPercent(null)}
        description="Empty: what the plan leaves of a step when it reads"
      />
      <Button
        variant="primary"
        isDisabled={refusal !== undefined || !isTyped || takes?.isAllowed !== true}
        hint={refusal ?? ''}
        onPress={start}
      >
        Measure again and go on
      </Button>
    </>
  );
}

/** What going on takes, or why it cannot be. */
function Takes({takes}: {readonly takes: ResumePlan}): ReactElement {
  if (!takes.isAllowed) return <p role="alert">{takes.refusal}</p>;
  return (
    <p>
      {takes.storedCount} points are stored, {takes.pointsLeft} are left. First {takes.overlapCount} of its
      points are measured {takes.passCount} times again ({takes.countReason}). Where they read as they did,
      within {100 * takes.allowedRatio} % and the noise, the run goes on; else nothing is added to it, and
      what has changed is said. {takes.seconds > 0 && `About ${durationText(takes.seconds)}.`}
    </p>
  );
}

/** Runs once more with the plan of a run. */
export function AgainButton({run}: {readonly run: RunSummary}): ReactElement {
  const refusal = useMeasureRefusal();
  return (
    <Button
      isCompact
      isDisabled={refusal !== undefined}
      hint={refusal ?? 'The same points, sample and purpose once more, from the first one'}
      onPress={() => void attempt(() => client.scan.again({runUid: run.uid}))}
    >
      Run again
    </Button>
  );
}
