import type {ReactElement} from 'react';
import {useHotkeys} from 'react-hotkeys-hook';
import {type Action, useAllActions} from '../actions/actions.ts';
import {notify} from '../parts/index.ts';

/** Binds the shortcut of every action that is offered now. Escape is bound elsewhere, before everything. */
export function Shortcuts(): ReactElement {
  const actions = useAllActions().filter(({shortcut}) => shortcut !== undefined && shortcut !== 'escape');
  return (
    <>
      {actions.map((action) => (
        <Binding key={`${action.id} ${action.shortcut}`} action={action} shortcut={action.shortcut ?? ''} />
      ))}
    </>
  );
}

function Binding({action, shortcut}: {readonly action: Action; readonly shortcut: string}): null {
  const hasModifier = /^(mod|ctrl|alt|meta)\+/.test(shortcut);
  // A sign such as `?` lies on another key of every keyboard, so it is taken by what it writes.
  const isSign = /^[^a-z0-9]$/.test(shortcut);
  useHotkeys(
    shortcut,
    (event) => {
      if (event.defaultPrevented && !hasModifier) return;
      if (!hasModifier && (event.ctrlKey || event.metaKey || event.altKey || isInDialog(event))) return;
      event.preventDefault();
      if (action.disabledBecause === undefined) action.run();
      else notify({level: 'attention', text: `${action.title}: ${action.disabledBecause}`});
    },
    {
      sequenceSplitKey: ' ',
      enableOnFormTags: hasModifier,
      enableOnContentEditable: hasModifier,
      ...(isSign ? {useKey: true, ignoreModifiers: true} : {}),
    },
  );
  return null;
}

/** Behind a dialog nothing is done by a single key: it is not seen. */
const isInDialog = ({target}: KeyboardEvent): boolean =>
  target instanceof Element && target.closest('[role="dialog"], [role="alertdialog"]') !== null;
