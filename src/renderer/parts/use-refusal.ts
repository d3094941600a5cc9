import type {Scope} from '../../contract/api/index.ts';
import {useConnection, useMay} from '../connection/index.ts';

const scopeLabels: Readonly<Record<Scope, string>> = {
  read: 'look',
  operate: 'move, set or measure',
  admin: 'change the bench',
};

/** Why this window may not do what needs a scope, for hints of disabled controls; undefined when it may. */
export function useRefusal(scope: Scope): string | undefined {
  const isAllowed = useMay(scope);
  const phase = useConnection((state) => state.phase);
  const hasEnded = useConnection((state) => state.hostEnding !== null);
  if (isAllowed) return undefined;
  if (hasEnded) return 'The bench program has ended. Start it again to go on.';
  if (phase !== 'open') return 'Not connected to the bench program now. The window connects again by itself.';
  return `This window was opened with a link that may not ${scopeLabels[scope]}. Open it with another link to do so.`;
}
