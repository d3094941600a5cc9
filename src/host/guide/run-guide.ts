import {userInfo} from 'node:os';
import type {Guide, GuideStep} from '../../contract/api/align-guide.ts';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';
import type {RunHooks} from '../bench/bench-engine.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import type {GuideService} from './guide-service.ts';

/**
 * What whoever leads says to a step: before it (`run` or `skip`), and after it. `correct` moves the mounted plates by
 * what the whole stack has shown and measures it again.
 */
export interface GuideAnswer {
  readonly answer: 'run' | 'accept' | 'override' | 'skip' | 'correct' | 'stop';
  readonly note: string;
}

export interface RunGuideHooks {
  /** Asked before a step is measured. */
  readonly askBefore: (step: GuideStep, options: {readonly signal: AbortSignal}) => Promise<GuideAnswer>;
  /** Asked when a step has been measured; `run` measures it again. */
  readonly askAfter: (step: GuideStep, options: {readonly signal: AbortSignal}) => Promise<GuideAnswer>;
}

/**
 * Leads a guided alignment from the step that is next to its end, measuring and asking. What keeps a step from being
 * measured is shown with it and asked about as everything else; an abort ends it all. Throws `plan/stopped` when whoever
 * is asked wants to stop: what is decided stays, and the same call goes on from there.
 */
export async function runGuide(
  guideService: GuideService,
  bench: OpenBench,
  {sessionUid, operator}: {readonly sessionUid: string; readonly operator?: string},
  hooks: RunGuideHooks & RunHooks & {readonly signal: AbortSignal},
): Promise<Guide> {
  const {signal} = hooks;
  const author = operator ?? userInfo().username;
  const person = operator === undefined ? {} : {operator};
  for (let guide = guideService.get(sessionUid); ; guide = guideService.get(sessionUid)) {
    signal.throwIfAborted();
    const step = guide.steps.find(({id}) => id === guide.currentStepId);
    if (!step) return guide;
    const at = {sessionUid, stepId: step.id};
    const isMeasured = step.state === 'passed' || step.state === 'failed';
    const {answer, note} = await (isMeasured ? hooks.askAfter : hooks.askBefore)(step, {signal});
    if (answer === 'stop') throw stoppedAt(step, sessionUid);
    if (answer !== 'run' && answer !== 'correct')
      await guideService.decide({...at, decision: answer, note, author});
    else
      try {
        if (answer === 'correct')
          for (const text of await guideService.correct(bench, {sessionUid, ...person}, {signal}))
            hooks.onText?.(text);
        await guideService.run(bench, {...at, ...person}, hooks);
      } catch (error) {
        if (isAbort(error) || signal.aborted) throw error;
        hooks.onText?.(benchErrorFrom(error).message);
      }
  }
}

const stoppedAt = ({title, state, stateText}: GuideStep, sessionUid: string): BenchError =>
  new BenchError(
    'plan/stopped',
    `The guided alignment stops at "${title}"${state === 'failed' ? `: ${stateText}` : '.'} What was decided before stays; no placement of this step is in force. Go on with its session.`,
    {details: {state, sessionUid, atTerminal: `Go on with --resume ${sessionUid.slice(0, 8)}.`}},
  );
