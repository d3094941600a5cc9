import {userInfo} from 'node:os';
import {createChangeSignal} from '../../base/feed.ts';
import {assertTellsClasses} from '../../contract/read-out.ts';
import type {CalibrationHours} from '../../contract/api/app.ts';
import type {Guide, GuideOptions} from '../../contract/api/align-guide.ts';
import {BenchError, benchErrorFrom, isAbort} from '../../contract/errors.ts';
import type {Design} from '../../twin/design/load.ts';
import type {RunHooks} from '../bench/bench-engine.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import {storeDesign, type CampaignHooks} from '../campaign/run-campaign.ts';
import {loadPrintedDesign, loadSessionDesign} from '../campaign/session-design.ts';
import type {DataFolder} from '../data-folder.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import type {PlacedBench} from '../placements/aligned-predictions.ts';
import {acceptAlignment} from '../placements/placements.ts';
import {measureBeam} from './beam-step.ts';
import {correctByMounts, keepCorrections, noteCheckOfCorrections} from './guide-correction.ts';
import {
  findingBefore,
  guideDetailsOf,
  listAttempts,
  listDecisions,
  statusOfStep,
  writeAttempt,
  writeDecision,
  type GuideAttempt,
  type GuideDetails,
} from './guide-records.ts';
import {guideStepsOf, stepById, stepIds, type GuideStepPlan} from './guide-steps.ts';
import {assertMayDecide, assertSameBench, earlierTries, newAttempt, progressOf} from './guide-rules.ts';
import {isDecided, viewGuide, type LiveStep} from './guide-view.ts';
import {measurePlates} from './plates-step.ts';
import {measureReference} from './reference-step.ts';
import {measureStack} from './stack-step.ts';
import type {StepContext, StepOutcome} from './step-context.ts';

export interface GuideRequest {
  readonly design: Design;
  readonly designFolder: string;
  readonly options: GuideOptions;
  readonly operator?: string;
  readonly title?: string;
}

export interface GuideServiceOptions {
  readonly store: Store;
  readonly data: DataFolder;
  readonly hours: () => CalibrationHours;
  /** Computes a campaign's result and report; on this thread without one. */
  readonly evaluate?: CampaignHooks['evaluate'];
  /** Does what follows from a placement that is active now. */
  readonly onPlaced?: (placed: PlacedBench) => Promise<void>;
  readonly workerCount?: number | undefined;
}

/** Leads guided alignments step by step; everything that counts is in the store before a call returns. */
export interface GuideService {
  /** Makes the session of a guided alignment on an open bench. Nothing moves. */
  begin(bench: OpenBench, request: GuideRequest): Promise<{readonly sessionUid: string}>;
  /**
   * Measures a step to its end and keeps the try, whatever came of it; throws what kept it from being measured. A step
   * may be measured when it is the next one or was decided before. Throws `plan/invalid` else and for another bench.
   */
  run(
    bench: OpenBench,
    step: {readonly sessionUid: string; readonly stepId: string; readonly operator?: string},
    hooks: RunHooks & {readonly signal: AbortSignal},
  ): Promise<Guide>;
  /** Throws what `run` would throw before anything is measured. */
  assertMayRun(bench: OpenBench, step: {readonly sessionUid: string; readonly stepId: string}): void;
  /** Throws `plan/invalid` for what may not be decided so. */
  decide(decision: {
    readonly sessionUid: string;
    readonly stepId: string;
    readonly decision: 'accept' | 'override' | 'skip';
    readonly note: string;
    readonly author: string;
  }): Promise<Guide>;
  /**
   * Moves mounted plates by what the last try of the whole stack has found; the step has to be measured again then.
   * Returns what is left for the hand. See `correctByMounts` for what it throws.
   */
  correct(
    bench: OpenBench,
    step: {readonly sessionUid: string; readonly operator?: string},
    options: {readonly signal: AbortSignal},
  ): Promise<readonly string[]>;
  get(sessionUid: string): Guide;
  /** The step that is being carried out now, if one is: what a list of guides needs besides the store. */
  live(): LiveStep | null;
  /** As `get`; waits up to `waitMs` while nothing has changed since `after`. */
  follow(
    sessionUid: string,
    wait: {readonly after: number; readonly waitMs: number; readonly signal?: AbortSignal | undefined},
  ): Promise<{readonly last: number; readonly guide: Guide}>;
}

const measures: Readonly<Record<GuideStepPlan['kind'], (context: StepContext) => Promise<StepOutcome>>> = {
  reference: measureReference,
  beam: measureBeam,
  plates: measurePlates,
  stack: measureStack,
};

/** Changes closer together than this are reported together, ms. */
const quietMs = 100;

export const createGuideService = (options: GuideServiceOptions): GuideService =>
  new GuidedAlignments(options);

class GuidedAlignments implements GuideService {
  readonly #options: GuideServiceOptions;
  readonly #changeSignal = createChangeSignal(quietMs);
  #live: LiveStep | null = null;

  constructor(options: GuideServiceOptions) {
    this.#options = options;
  }

  async begin(...[bench, start]: Parameters<GuideService['begin']>): ReturnType<GuideService['begin']> {
    const {store} = this.#options;
    const {design, designFolder, options, operator = userInfo().username, title = ''} = start;
    assertTellsClasses(design.file, 'Nothing was moved.');
    const {uid} = store.createSession({
      title: title || `guided alignment of ${design.file.name} on ${bench.file.name}`,
      operator,
      benchName: bench.file.name,
      designHash: design.file.contentHash,
      details: detailsOf(bench, start),
    });
    store.audit({actor: operator, action: 'begin-guided-alignment', subject: uid, details: {...options}});
    await storeDesign(store, uid, design, designFolder);
    this.#changeSignal.notify();
    return {sessionUid: uid};
  }

  assertMayRun(...[bench, {sessionUid, stepId}]: Parameters<GuideService['assertMayRun']>): void {
    const {store} = this.#options;
    const {details, steps} = this.#planOf(sessionUid);
    const {title} = stepById(steps, stepId);
    if (this.#live)
      throw new BenchError(
        'bench/busy',
        'A step of a guided alignment is under way. Wait for it or stop it.',
      );
    assertSameBench(bench, store.getSession(sessionUid).benchName, details);
    const {currentStepId, steps: views} = viewGuide(store, sessionUid, null);
    const own = views.find(({id}) => id === stepId);
    if (stepId === currentStepId || (own && isDecided(own.state))) return;
    const next = steps.find(({id}) => id === currentStepId)?.title ?? '';
    throw new BenchError(
      'plan/invalid',
      `"${title}" builds on steps that are not decided yet: "${next}" is next. Nothing was begun.`,
    );
  }

  async run(
    ...[bench, {sessionUid, stepId, operator = userInfo().username}, hooks]: Parameters<GuideService['run']>
  ): Promise<Guide> {
    const {store} = this.#options;
    this.assertMayRun(bench, {sessionUid, stepId});
    const [attempts, decisions] = [listAttempts(store, sessionUid), listDecisions(store, sessionUid)];
    const {attempt: previous = null} = statusOfStep(stepId, attempts, decisions);
    let attempt = newAttempt(stepId, (previous?.number ?? 0) + 1);
    this.#live = {
      sessionUid,
      stepId,
      progress: {stepId, text: 'getting ready', doneRatio: null, timeLeftS: null},
    };
    const end = (changes: Partial<GuideAttempt>): void => {
      attempt = {...attempt, ...changes, endedUtc: new Date().toISOString()};
      writeAttempt(store, sessionUid, attempt);
    };
    try {
      writeAttempt(store, sessionUid, attempt);
      const details = {stepId, attempt: attempt.number};
      store.audit({actor: operator, action: 'run-guided-step', subject: sessionUid, details});
      this.#changeSignal.notify();
      const outcome = await this.#measure(
        bench,
        {
          sessionUid,
          operator,
          attempt,
          previous,
          finding: findingBefore(stepIds(this.#planOf(sessionUid).steps), stepId, attempts, decisions),
        },
        hooks,
      );
      hooks.signal.throwIfAborted();
      if (outcome.campaignUid)
        noteCheckOfCorrections(store, earlierTries(attempts, attempt), outcome.campaignUid);
      end({...outcome, ending: 'measured'});
    } catch (error) {
      const {code, message, details: more} = benchErrorFrom(error).toJSON();
      end({
        ending: isAbort(error) || hooks.signal.aborted ? 'stopped' : 'failed',
        problem: {code, message, details: {...more}},
      });
      throw error;
    } finally {
      this.#live = null;
      this.#changeSignal.notify();
    }
    return viewGuide(store, sessionUid, null);
  }

  async #measure(
    bench: Parameters<GuideService['run']>[0],
    {sessionUid, operator, attempt, previous, finding}: Try,
    hooks: Parameters<GuideService['run']>[2],
  ): Promise<StepOutcome> {
    const {store, data, hours, evaluate, workerCount} = this.#options;
    const {stepId} = attempt;
    const {details, steps} = this.#planOf(sessionUid);
    const step = stepById(steps, stepId);
    return measures[step.kind]({
      bench,
      store,
      data,
      sessionUid,
      details,
      design: (await loadPrintedDesign(store, sessionUid)).design,
      step,
      attemptNumber: attempt.number,
      operator,
      finding,
      previous,
      hours: hours(),
      evaluate,
      workerCount,
      onComputing: (text, doneRatio) => this.#report({text, doneRatio, timeLeftS: null}),
      hooks: {
        ...hooks,
        onEvent: (event) => {
          const progress = progressOf(event, bench.clock.speed);
          if (progress) this.#report(progress);
          hooks.onEvent?.(event);
        },
      },
    });
  }

  async decide(decided: Parameters<GuideService['decide']>[0]): Promise<Guide> {
    const {store} = this.#options;
    const {sessionUid, stepId, decision, note, author} = decided;
    const {step, attempt, attempts} = this.#assertMayDecide(decided);
    const atS = Date.now() / 1000;
    const placed =
      decision !== 'skip' && attempt?.alignmentUid
        ? this.#place(attempt.alignmentUid, author, atS)
        : undefined;
    if (placed && attempt) keepCorrections(store, earlierTries(attempts, attempt), author);
    const text = note.trim();
    const number = attempt?.number ?? 0;
    writeDecision(store, sessionUid, {stepId, attempt: number, decision, note: text, author, timeS: atS});
    if (text !== '') store.addNote({sessionUid, author, text: `${step.title}, ${decision}: ${text}`});
    store.audit({
      actor: author,
      action: 'decide-guided-step',
      subject: sessionUid,
      details: {stepId, decision, note, attempt: number},
    });
    const guide = viewGuide(store, sessionUid, this.#live);
    if (guide.currentStepId === null) store.closeSession(sessionUid);
    this.#changeSignal.notify();
    if (placed) await this.#options.onPlaced?.(placed);
    return guide;
  }

  #assertMayDecide({sessionUid, stepId, decision, note}: Parameters<GuideService['decide']>[0]) {
    const {store} = this.#options;
    const step = stepById(this.#planOf(sessionUid).steps, stepId);
    if (this.#live?.sessionUid === sessionUid)
      throw new BenchError(
        'bench/busy',
        'A step is being measured; decide when it has ended. Nothing was changed.',
      );
    const attempts = listAttempts(store, sessionUid);
    const {attempt} = statusOfStep(stepId, attempts, listDecisions(store, sessionUid));
    assertMayDecide(step, attempt, decision, note);
    const {currentStepId} = viewGuide(store, sessionUid, null);
    if (stepId !== currentStepId)
      throw new BenchError(
        'plan/invalid',
        `"${step.title}" is not the step that is to be decided now. Nothing was changed.`,
      );
    return {step, attempt, attempts};
  }

  /** Makes the placement of a step's alignment active. */
  #place(alignmentUid: string, author: string, atS: number): PlacedBench {
    const {store, hours} = this.#options;
    const alignment = getAlignment(store, alignmentUid);
    const validForH = hours().placement;
    return {placementUid: acceptAlignment(store, alignment.uid, {validForH, author, atS}), alignment};
  }

  async correct(
    ...[bench, {sessionUid, operator = userInfo().username}, {signal}]: Parameters<GuideService['correct']>
  ): Promise<readonly string[]> {
    const {store} = this.#options;
    const {steps} = this.#planOf(sessionUid);
    const stepId = steps[steps.length - 1].id;
    this.assertMayRun(bench, {sessionUid, stepId});
    const {attempt} = statusOfStep(stepId, listAttempts(store, sessionUid), listDecisions(store, sessionUid));
    const alignmentUid = attempt?.alignmentUid ?? null;
    if (alignmentUid === null)
      throw new BenchError(
        'plan/invalid',
        'The whole stack was not measured to a result yet, so there is nothing to correct. Nothing moved.',
      );
    this.#live = {
      sessionUid,
      stepId,
      progress: {stepId, text: 'moving plates', doneRatio: null, timeLeftS: null},
    };
    this.#changeSignal.notify();
    try {
      return await correctByMounts({bench, store}, await loadSessionDesign(store, sessionUid), alignmentUid, {
        by: operator,
        signal,
        onProgress: ({plate, number, total}) =>
          this.#report({text: `moving plate ${plate}`, doneRatio: (number - 1) / total, timeLeftS: null}),
      });
    } finally {
      this.#live = null;
      this.#changeSignal.notify();
    }
  }

  get(sessionUid: string): Guide {
    return viewGuide(this.#options.store, sessionUid, this.#live);
  }

  live(): LiveStep | null {
    return this.#live;
  }

  async follow(
    ...[sessionUid, wait]: Parameters<GuideService['follow']>
  ): ReturnType<GuideService['follow']> {
    await this.#changeSignal.wait(wait);
    return {last: this.#changeSignal.count, guide: this.get(sessionUid)};
  }

  #report(changes: Partial<LiveStep['progress']>): void {
    if (this.#live) this.#live = {...this.#live, progress: {...this.#live.progress, ...changes}};
    this.#changeSignal.notify();
  }

  #planOf(sessionUid: string): {details: GuideDetails; steps: GuideStepPlan[]} {
    const details = guideDetailsOf(this.#options.store.getSession(sessionUid));
    return {details, steps: guideStepsOf(details.options, details.plateCount)};
  }
}

/** One try of a step. */
interface Try {
  readonly sessionUid: string;
  readonly operator: string;
  readonly attempt: GuideAttempt;
  readonly previous: GuideAttempt | null;
  /** What the steps before it have found. */
  readonly finding: StepContext['finding'];
}

const detailsOf = (
  bench: OpenBench,
  {design, designFolder, options}: Parameters<GuideService['begin']>[1],
): GuideDetails => ({
  kind: 'align-guide',
  programVersion,
  designName: design.file.name,
  designFolder,
  plateCount: design.file.layers.length,
  options,
  illuminationKnown: bench.file.illumination ?? design.file.illumination,
  probe: bench.file.probe,
  benchSpeed: bench.clock.speed,
  isVirtual: bench.isVirtual,
  benchSeed: bench.seed ?? null,
});
