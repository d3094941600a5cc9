import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import {sFromMs} from '../../contract/units.ts';
import type {Scope} from '../../contract/api/index.ts';
import type {ApiContext} from './procedures.ts';
import type {ConnectedClients, HostServices} from '../services.ts';

/** Counts who is connected. `onChange` is called at every change. */
export function createClients(onChange: () => void = () => undefined): ConnectedClients {
  let count = 0;
  let leftMs = performance.now();
  return {
    get count() {
      return count;
    },
    get absentS() {
      return count > 0 ? 0 : sFromMs(performance.now() - leftMs);
    },
    enter() {
      let isIn = true;
      count++;
      onChange();
      return () => {
        if (!isIn) return;
        isIn = false;
        count--;
        leftMs = performance.now();
        onChange();
      };
    },
  };
}

/**
 * The context of a caller that a transport has let in. An audit line that cannot be stored ends no call: whoever wants
 * to stop a bench on a full disk must be able to. The log says once that lines are missing, and once that they are not.
 */
export function createCallerContext(
  services: Pick<HostServices, 'settings' | 'store' | 'log'>,
  caller: {readonly scope: Scope; readonly client: string},
): ApiContext {
  let isAuditFailing = false;
  return {
    ...caller,
    operator: () => services.settings.get().operator,
    audit(line) {
      reportRefusal(services.log, line);
      try {
        services.store.audit(line);
        if (isAuditFailing)
          services.log.add({
            level: 'info',
            source: 'store',
            text: 'Audit lines are stored again.',
            code: null,
          });
        isAuditFailing = false;
      } catch (error) {
        const {code, message} = error instanceof BenchError ? error : benchErrorFrom(error);
        if (!isAuditFailing)
          services.log.add({
            level: 'error',
            source: 'store',
            text: `The audit line "${line.action}" of ${line.actor} could not be stored: ${message} What was asked for was done.`,
            code,
          });
        isAuditFailing = true;
      }
    },
  };
}

/** Refusals are also written to the log, where the next person looks. */
function reportRefusal(
  log: HostServices['log'],
  {action, subject, actor, details}: Parameters<ApiContext['audit']>[0],
): void {
  if (!/-(refused|denied)$/.test(action)) return;
  const {message, code} = details;
  log.add({
    level: 'attention',
    source: 'app',
    text: typeof message === 'string' ? message : `${subject} was denied to ${actor}.`,
    code: typeof code === 'string' ? code : null,
  });
}
