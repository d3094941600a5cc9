import {useState, type ReactElement} from 'react';
import type {Guide, GuideStep} from '../../../../contract/api/index.ts';
import {useActions} from '../../../actions/actions.ts';
import {client, useStatus} from '../../../connection/index.ts';
import {
  attempt,
  Button,
  durationText,
  Panel,
  ProblemBox,
  ProgressLine,
  StateLight,
  useNow,
  useRefusal,
} from '../../../parts/index.ts';
import {isLive, useRunActs} from '../../../run-data/run-acts.ts';
import styles from './Guide.module.css';
import {GuideMaps} from './GuideMaps.tsx';
import {AgreementTable, CriteriaTable, NumbersTable} from './GuideTables.tsx';
import {decideRefusal, isDecided, runRefusal, stepLight} from './guide-labels.ts';
import {NoteDialog} from './NoteDialog.tsx';

/** One step: what to do, how it goes, what came out, and what one decides. */
export function GuideStepView(props: {
  readonly guide: Guide;
  readonly step: GuideStep;
  readonly receivedMs: number;
  readonly onResult: (alignmentUid: string) => void;
}): ReactElement {
  const {guide, step, receivedMs, onResult} = props;
  const {light, label} = stepLight[step.state];
  const {alignmentUid} = step;
  return (
    <div className={styles.step}>
      <Panel title={step.title} tools={<StateLight light={light} label={label} />}>
        <p className={styles.instruction}>{step.instruction}</p>
        <p className={styles.quiet}>Measures: {step.purpose}</p>
        {step.state === 'running' ? (
          <Running guide={guide} receivedMs={receivedMs} />
        ) : (
          <StepActs guide={guide} step={step} />
        )}
      </Panel>
      {step.state !== 'waiting' && step.state !== 'running' && (
        <Panel
          title="What came out"
          tools={
            alignmentUid !== null && (
              <Button isCompact onPress={() => onResult(alignmentUid)}>
                Open alignment
              </Button>
            )
          }
        >
          {step.state === 'failed' || step.state === 'interrupted' ? (
            <ProblemBox
              level={step.state === 'failed' ? 'error' : 'info'}
              problem={{message: step.stateText}}
            />
          ) : (
            <p role="status">{step.stateText}</p>
          )}
          <CriteriaTable criteria={step.criteria} />
          {step.advice.map((text) => (
            <p key={text}>{text}</p>
          ))}
          {step.corrections.length > 0 && (
            <ul className={styles.corrections} aria-label="Corrections">
              {step.corrections.map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          )}
          <AgreementTable rows={step.agreement} />
          <NumbersTable numbers={step.numbers} />
        </Panel>
      )}
      {step.planes.length > 0 && step.state !== 'running' && <GuideMaps planes={step.planes} />}
    </div>
  );
}

/** Progress with the time left, pause and stop. */
function Running({guide, receivedMs}: {readonly guide: Guide; readonly receivedMs: number}): ReactElement {
  const acts = useRunActs();
  const nowMs = useNow(1000);
  const {progress} = guide;
  const prompt = useStatus((status) => status?.prompt?.text ?? null);
  const sinceS = Math.max(0, nowMs - receivedMs) / 1000;
  const leftS = progress?.timeLeftS === null || !progress ? null : Math.max(0, progress.timeLeftS - sinceS);
  const isPaused = acts.state === 'paused';
  return (
    <>
      {prompt !== null && <StateLight light="attention" label={`A person is waited for: ${prompt}`} />}
      <p role="status">
        {progress?.text ?? 'getting ready'}
        {isPaused ? ' (paused)' : ''}
      </p>
      <div className={styles.progress}>
        <ProgressLine label="Progress of the step" value={progress?.doneRatio ?? null} />
        <span>{leftS === null ? 'time left not known' : `about ${durationText(leftS)} left`}</span>
      </div>
      <div className={styles.acts}>
        {[isPaused ? acts.resume : acts.pause, acts.stop].map(({label, disabledBecause, run}) => (
          <Button
            key={label}
            isDisabled={disabledBecause !== undefined}
            {...(disabledBecause === undefined ? {} : {hint: disabledBecause})}
            onPress={run}
          >
            {label}
          </Button>
        ))}
      </div>
    </>
  );
}

type Decision = 'accept' | 'override' | 'skip';

/** Start or repeat, accept, override with a note, skip. */
function StepActs({guide, step}: {readonly guide: Guide; readonly step: GuideStep}): ReactElement {
  const {sessionUid} = guide;
  const [asked, setAsked] = useState<Exclude<Decision, 'accept'> | null>(null);
  const refusals = useStepRefusals(guide, step);
  const acts: StepActions = {
    runTitle: step.attemptCount > 0 ? 'Repeat' : 'Start',
    measure: () => void attempt(() => client.alignGuide.run({sessionUid, stepId: step.id})),
    decide: (decision, note = '') =>
      void attempt(() => client.alignGuide.decide({sessionUid, stepId: step.id, decision, note})),
    ask: setAsked,
  };
  useStepActions(step, acts, refusals);
  return (
    <div className={styles.acts}>
      {step.kind === 'stack' && step.state === 'passed' && (
        <p className={styles.whole}>Accepting makes the placement active for predictions as aligned.</p>
      )}
      <StepButtons step={step} acts={acts} refusals={refusals} />
      <NoteDialog
        decision={asked}
        title={step.title}
        onClose={() => setAsked(null)}
        onDecide={(decision, note) => {
          setAsked(null);
          acts.decide(decision, note);
        }}
      />
    </div>
  );
}

interface StepActions {
  readonly runTitle: string;
  readonly measure: () => void;
  readonly decide: (decision: Decision, note?: string) => void;
  /** Asks for the note that an override or a skip is kept with. */
  readonly ask: (decision: Exclude<Decision, 'accept'>) => void;
}

/** Why something cannot be done with a step now; undefined where it can. */
type StepRefusals = Readonly<Record<'run' | Decision, string | undefined>>;

function useStepRefusals(guide: Guide, step: GuideStep): StepRefusals {
  const isBusy = useStatus((status) => isLive(status?.run?.state));
  const isBenchOpen = useStatus((status) => status?.bench.state === 'open');
  const refusal = useRefusal('operate');
  const refusalOf = (decision: Decision): string | undefined =>
    refusal ?? decideRefusal(step, guide.currentStepId, decision);
  return {
    run:
      refusal ??
      (isBenchOpen ? undefined : 'No bench is open. Open the one this alignment was begun on.') ??
      runRefusal(step, guide.currentStepId, isBusy || guide.progress !== null),
    accept: refusalOf('accept'),
    override: refusalOf('override'),
    skip: refusalOf('skip'),
  };
}

function useStepActions(step: GuideStep, acts: StepActions, refusals: StepRefusals): void {
  useActions([
    {
      id: 'guide.run',
      title: `${acts.runTitle} the step “${step.title}”`,
      group: 'Align',
      shortcut: 'mod+enter',
      disabledBecause: refusals.run,
      run: acts.measure,
    },
    {
      id: 'guide.accept',
      title: `Accept the step “${step.title}”`,
      group: 'Align',
      shortcut: 'shift+enter',
      disabledBecause: refusals.accept,
      run: () => acts.decide('accept'),
    },
    {
      id: 'guide.override',
      title: `Override the step “${step.title}” with a note`,
      group: 'Align',
      disabledBecause: refusals.override,
      run: () => acts.ask('override'),
    },
    {
      id: 'guide.skip',
      title: `Skip the step “${step.title}”`,
      group: 'Align',
      disabledBecause: refusals.skip,
      run: () => acts.ask('skip'),
    },
  ]);
}

function StepButtons(props: {
  readonly step: GuideStep;
  readonly acts: StepActions;
  readonly refusals: StepRefusals;
}): ReactElement {
  const {step, acts, refusals} = props;
  const isPassed = step.state === 'passed';
  const runHint = step.attemptCount > 0 ? 'Measures it anew; this try stays stored' : 'Measures it';
  return (
    <>
      <Button
        data-act="guide.accept"
        variant={isPassed ? 'primary' : 'plain'}
        isDisabled={refusals.accept !== undefined}
        hint={refusals.accept ?? 'Goes on to the next step (Shift+Enter)'}
        onPress={() => acts.decide('accept')}
      >
        Accept
      </Button>
      <Button
        data-act="guide.run"
        variant={isPassed || isDecided(step.state) ? 'plain' : 'primary'}
        isDisabled={refusals.run !== undefined}
        hint={refusals.run ?? `${runHint} (Ctrl+Enter)`}
        onPress={acts.measure}
      >
        {acts.runTitle}
      </Button>
      <Button
        isDisabled={refusals.override !== undefined}
        hint={refusals.override ?? 'Accepts it although it failed, with a note that is kept'}
        onPress={() => acts.ask('override')}
      >
        Override ...
      </Button>
      {step.isOptional && (
        <Button
          variant="quiet"
          isDisabled={refusals.skip !== undefined}
          hint={refusals.skip ?? 'Goes on without it'}
          onPress={() => acts.ask('skip')}
        >
          Skip ...
        </Button>
      )}
    </>
  );
}
