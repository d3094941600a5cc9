import type {TwinThread} from './twin-thread.ts';

/** What a campaign offers to the alignment of its own planes, which is computed beside it. */
export interface AlignableCampaign {
  readonly sessionUid: string;
  readonly operator: string;
  readonly twin: Pick<TwinThread, 'predictAligned'>;
  /** Ends the campaign, and the alignment with it. */
  readonly signal: AbortSignal | undefined;
}

/** The alignment of a campaign's own planes, computed beside the measurement, which never waits for it. */
export interface OwnAlignmentJob extends AsyncDisposable {
  /** A digit's scan is over and what is needed of it is stored: begins when enough planes are there. */
  onDigit(): void;
  /** Gives it up, also while it waits to begin; nothing of it is stored from then on. */
  stop(reason: string): void;
  /** Waits for its end, after `stop` for the end of its threads. Never rejects: what went wrong is said. */
  finish(): Promise<void>;
}

/** Makes the alignment of a campaign that is to begin. */
export type CreateOwnAlignment = (campaign: AlignableCampaign) => OwnAlignmentJob;
