import type {ReactElement} from 'react';
import {useActions} from '../actions/actions.ts';
import {KeyboardMap} from '../actions/KeyboardMap.tsx';
import {Dialog} from '../parts/index.ts';
import {usePanels} from './panels.ts';

/** The keyboard map over the page. */
export function KeyboardDialog(): ReactElement {
  const {openPanel, setOpenPanel} = usePanels();
  useActions([
    {
      id: 'app.keyboard',
      title: 'Show the keyboard map',
      group: 'Window',
      shortcut: '?',
      run: () => setOpenPanel('keyboard'),
    },
  ]);
  return (
    <Dialog
      title="Keyboard"
      isOpen={openPanel === 'keyboard'}
      onClose={() => setOpenPanel(null)}
      widthRem={62}
    >
      <KeyboardMap />
    </Dialog>
  );
}
