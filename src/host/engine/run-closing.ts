import type {Msg} from '../../contract/messages.ts';
import {withDeadline} from './deadlines.ts';
import {mergedDoubt} from './distrust-run.ts';
import {endingOf} from './endings.ts';
import type {PlanErrors} from './plan-errors.ts';
import type {RunDocuments} from './run-documents.ts';
import type {LookCall, Watch} from './watch.ts';

type CloseRun = Extract<Msg, {type: 'close-run'}>;

/** A run that ends waits no longer than this for its last look, ms of real time. */
const longestLastLookMs = 12_000;

export interface RunClosingOptions {
  readonly documents: RunDocuments;
  readonly watch: Watch;
  readonly errors: PlanErrors;
}

/** The end of a run: a last check of its instruments, and which of its points are in doubt (see `Watch`). */
export class RunClosing {
  readonly #options: RunClosingOptions;

  constructor(options: RunClosingOptions) {
    this.#options = options;
  }

  /**
   * Closes the run by `close`, with another ending where the last look asks for one: no run is a success before that look
   * has vouched for all of its points. `isOutOfReach`: after an abort nothing waits for an answer.
   */
  async close(
    message: CloseRun,
    {
      call,
      isOutOfReach,
      close,
    }: {
      readonly call: LookCall;
      readonly isOutOfReach: boolean;
      readonly close: (message: CloseRun) => unknown;
    },
  ): Promise<void> {
    const {watch, errors} = this.#options;
    const isGood = message.exitStatus === 'success' && !errors.isCleaningUp;
    const mayLook = isGood || (!isOutOfReach && this.#mayStillLook && watch.doubt('', false) !== undefined);
    try {
      if (mayLook) await withDeadline(watch.look(call), longestLastLookMs, 'The last look');
    } catch (error) {
      if (isGood) {
        this.markDoubt();
        close({...message, ...endingOf(errors.interruption?.error ?? error)});
        throw error;
      }
      // It ends early already; which points are in doubt is added to the reason for that.
    }
    this.markDoubt();
    close(message);
  }

  /** After a failure or a stop the instruments can still be asked. */
  get #mayStillLook(): boolean {
    const {watch, errors} = this.#options;
    const isBrokenOff = errors.interruption !== undefined && errors.interruption.kind !== 'stop';
    return !isBrokenOff && watch.failure === undefined;
  }

  /** Writes into the run's stop record which points are in doubt (see `Watch`). */
  markDoubt(): void {
    const {documents, watch, errors} = this.#options;
    const {interruption} = errors;
    const found = watch.failure ?? (interruption?.kind === 'fault' ? interruption.error : undefined);
    documents.doubtful = mergedDoubt(
      documents.distrusted,
      watch.doubt(
        found?.message ?? 'The run ended before the instruments were looked at again.',
        found !== undefined,
      ),
    );
  }
}
