export {
  client,
  connectionStore,
  connectWithToken,
  keepConnected,
  queries,
  type BenchClient,
} from './connection.ts';
export {follow, followPoints} from './follow.ts';
export {isDisconnect, isWithdrawn, problemFrom, wasSent, type Problem} from './problem.ts';
export {followStatus, type ShownInstrument, statusStore, useConnection, useMay, useStatus} from './status.ts';
export {tokenFrom} from './token.ts';
export {useFeedEntries, type AskEntries, type FeedEntries} from './use-feed-entries.ts';
