import {useEffect} from 'react';
import {useLocation} from 'wouter';
import {connectionStore} from '../connection/index.ts';
import {notify} from '../parts/index.ts';
import {usePanels} from './panels.ts';

/** Does what the menu of the shell asks for, and says when the host was started anew. */
export function ShellCommands(): null {
  const [, navigate] = useLocation();
  const {setOpenPanel} = usePanels();
  useEffect(
    () =>
      window.d2nnShell?.onCommand((command) => {
        if (command === 'show-keyboard-map') setOpenPanel('keyboard');
        if (command === 'show-about') navigate('/log?tab=about');
        if (command === 'show-ports') navigate('/bench?sheet=ports');
      }),
    [navigate, setOpenPanel],
  );
  useEffect(
    () =>
      connectionStore.subscribe((now, before) => {
        if (now.info && before.info && now.info.hostId !== before.info.hostId)
          notify({
            level: 'attention',
            text: 'The bench program was started anew. A run that was under way has ended; its points up to then are stored. The log says more.',
            action: {label: 'Open the log', run: () => navigate('/log')},
          });
      }),
    [navigate],
  );
  return null;
}
