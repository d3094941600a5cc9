import {type StoreContext, sessionIdOf} from './store-context.ts';

/** A digit of a campaign that its evaluation leaves out. Its points stay. */
export interface DigitExclusion {
  readonly campaignIndex: number;
  readonly reason: string;
  readonly author: string;
  /** Seconds since the epoch, UTC. */
  readonly timeS: number;
}

export interface DigitExclusions {
  /** Leaves a digit out from now on; again with another reason, the later one counts. */
  excludeDigit(sessionUid: string, exclusion: Omit<DigitExclusion, 'timeS'>): void;
  /** Takes a digit back into the evaluation. */
  includeDigit(sessionUid: string, campaignIndex: number): void;
  /** In the order of the digits. */
  listExclusions(sessionUid: string): DigitExclusion[];
}

export function createDigitExclusions(context: StoreContext): DigitExclusions {
  const {db, utcNowS} = context;
  return {
    excludeDigit(sessionUid, {campaignIndex, reason, author}) {
      db.prepare(
        `INSERT INTO digit_exclusions (session_id, campaign_index, reason, author, time) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET reason = excluded.reason, author = excluded.author, time = excluded.time`,
      ).run(sessionIdOf(context, sessionUid), campaignIndex, reason, author, utcNowS());
    },
    includeDigit(sessionUid, campaignIndex) {
      db.prepare('DELETE FROM digit_exclusions WHERE session_id = ? AND campaign_index = ?').run(
        sessionIdOf(context, sessionUid),
        campaignIndex,
      );
    },
    listExclusions: (sessionUid) =>
      db
        .prepare<[number], DigitExclusion>(
          `SELECT campaign_index AS campaignIndex, reason, author, time AS timeS FROM digit_exclusions
           WHERE session_id = ? ORDER BY campaign_index`,
        )
        .all(sessionIdOf(context, sessionUid)),
  };
}
