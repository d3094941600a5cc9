import type {Guide, GuideStep} from '../contract/api/index.ts';
import {BenchError, isAbort} from '../contract/errors.ts';
import type {SettingsPolicy} from '../contract/questions.ts';
import type {CliContext} from './context.ts';
import {attendance, followRun} from './follow-run.ts';
import type {HostConnection} from './host-client.ts';

/**
 * What whoever leads says to a step: before it (`run` or `skip`), and after it. `correct` moves the mounted plates by
 * what the whole stack has shown and measures it again.
 */
export interface GuideAnswer {
  readonly answer: 'run' | 'accept' | 'override' | 'skip' | 'correct' | 'stop';
  readonly note: string;
}

export interface GuideLead {
  readonly sessionUid: string;
  readonly operator: string | undefined;
  readonly onSettings: SettingsPolicy;
  /** Asked before a step is measured. */
  readonly askBefore: (step: GuideStep) => Promise<GuideAnswer>;
  /** Asked when a step has been measured; `run` measures it again. */
  readonly askAfter: (step: GuideStep) => Promise<GuideAnswer>;
}

/**
 * Leads a guided alignment from the step that is next to its end, measuring and asking. What keeps a step from being
 * measured is shown with it and asked about as everything else; an abort ends it all. Throws `plan/stopped` when whoever
 * is asked wants to stop: what is decided stays, and the same call goes on from there.
 */
export async function runGuide(
  connection: HostConnection,
  context: CliContext,
  lead: GuideLead,
): Promise<Guide> {
  const {client} = connection;
  const {sessionUid, operator} = lead;
  for (;;) {
    context.signal.throwIfAborted();
    const {guide} = await client.alignGuide.state({sessionUid});
    const step = guide.steps.find(({id}) => id === guide.currentStepId);
    if (!step) return guide;
    const isMeasured = step.state === 'passed' || step.state === 'failed';
    const {answer, note} = await (isMeasured ? lead.askAfter : lead.askBefore)(step);
    const at = {sessionUid, stepId: step.id, operator};
    if (answer === 'stop') throw stoppedAt(step, sessionUid);
    if (answer === 'run' || answer === 'correct')
      await measureStep(connection, context, lead, {...at, answer});
    else await client.alignGuide.decide({...at, decision: answer, note});
  }
}

/** Measures a step, after a correction where that was asked for. Throws when it was stopped. */
async function measureStep(
  connection: HostConnection,
  context: CliContext,
  {onSettings}: Pick<GuideLead, 'onSettings'>,
  {
    answer,
    ...at
  }: {
    readonly sessionUid: string;
    readonly stepId: string;
    readonly operator: string | undefined;
    readonly answer: 'run' | 'correct';
  },
): Promise<void> {
  const {alignGuide} = connection.client;
  const {sessionUid, operator} = at;
  const corrected =
    answer === 'correct'
      ? await followRun(connection, context, () => alignGuide.correct({sessionUid, operator}))
      : null;
  const ended =
    corrected ??
    (await followRun(connection, context, () => alignGuide.run({...at, onSettings, ...attendance(context)})));
  if (ended === null) return;
  if (isAbort(ended) || context.signal.aborted) throw ended;
  context.output.log(ended.message);
}

const stoppedAt = ({title, state, stateText}: GuideStep, sessionUid: string): BenchError =>
  new BenchError(
    'plan/stopped',
    `The guided alignment stops at "${title}"${state === 'failed' ? `: ${stateText}` : '.'} What was decided before stays; no placement of this step is active. Go on with its session.`,
    {details: {state, sessionUid, atTerminal: `Go on with --resume ${sessionUid.slice(0, 8)}.`}},
  );
