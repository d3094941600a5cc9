import {useConnection, useMay} from '../../connection/index.ts';

/** Why this window may not change sessions now, in words; undefined when it may. */
export function useWhyNotChange(): string | undefined {
  const mayOperate = useMay('operate');
  const isOpen = useConnection(({phase}) => phase === 'open');
  if (mayOperate) return undefined;
  return isOpen
    ? 'This window may only look. Open it by a link that may operate to write here.'
    : 'There is no connection to the bench program. The window connects again by itself.';
}
