import type {DeviceAction, Msg} from '../../contract/messages.ts';
import type {HandlerContext} from './handler-context.ts';
import type {Watch} from './watch.ts';

/** Messages that make the bench safe or close its records: an interruption waits until they are through. */
export const isSafing = (message: Msg): boolean =>
  message.type === 'close-run' || (message.type === 'call' && isSafingAction(message.action));

const isSafingAction = (action: DeviceAction): boolean => action === 'turn-off' || action === 'stop';

/**
 * What has to be looked at, or waited for, before a message is carried out; undefined for nothing. Throws what an earlier
 * look has found, but never keeps the bench from being made safe.
 */
export function checkBeforeMessage(
  message: Msg,
  {watch, context}: {readonly watch: Watch; readonly context: HandlerContext},
): Promise<unknown> | undefined {
  const {documents} = context;
  if (isSafing(message)) return watch.pending?.catch(() => undefined); // told by the next message that is none
  if (watch.failure) throw watch.failure;
  switch (message.type) {
    case 'open-run':
      watch.beginRun();
      return watch.pending;
    case 'declare-stream':
      return watch.look(context, {unlessFresh: documents.pointCount === 0});
    case 'checkpoint':
      return documents.runUid !== undefined && watch.isDue ? watch.begin('bench', context) : undefined;
    // What changes an instrument must not come between the questions of a look, and a point waits for its outcome.
    case 'record':
    case 'derive':
    case 'distrust':
    case 'call':
    case 'set':
    case 'operator':
    case 'compute':
      return watch.pending;
    case 'close-run': // looks by itself
    case 'judge-settings':
    case 'move':
    case 'note':
    case 'progress':
    case 'read':
    case 'read-settings':
    case 'settle':
    case 'sleep':
      return undefined;
  }
}
