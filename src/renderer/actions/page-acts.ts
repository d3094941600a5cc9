import {notify} from '../parts/index.ts';
import {actionStore} from './actions.ts';

/**
 * Something that a page offers, declared before the page is open, so that the palette has it everywhere. Each feature
 * lists its own; the page itself offers the action of the same id.
 */
export interface PageAct {
  readonly id: string;
  /** Verb and object: `Start the scan`. */
  readonly title: string;
  /**
   * do: only what is shown changes, so it is done once the page stands. focus: something would move, measure or be
   * written, so the page only puts the focus on the control; a person who sees it presses it.
   */
  readonly then: 'do' | 'focus';
}

/** A page has this long to offer what was chosen, ms: its code may have to be fetched, its data asked for. */
const patienceMs = 4000;

let giveUp: (() => void) | null = null;

/** Does an act of a page, or goes to its control, as soon as the page offers it; says so when it does not. */
export function followAct(act: PageAct): void {
  giveUp?.();
  const timer = setTimeout(() => {
    giveUp?.();
    notify({level: 'info', text: `${act.title}: the page does not offer this now.`});
  }, patienceMs);
  const attempt = (): void => {
    if (act.then === 'do' ? doAct(act) : focusAct(act)) giveUp?.();
  };
  // What is drawn follows the offer, and the offer what is drawn: both are looked at.
  const watch = setInterval(attempt, 100);
  giveUp = () => {
    clearTimeout(timer);
    clearInterval(watch);
    giveUp = null;
  };
  attempt();
}

function doAct({id, title}: PageAct): boolean {
  const action = actionStore.getState().actions.get(id);
  if (!action) return false;
  if (action.disabledBecause === undefined) action.run();
  else notify({level: 'attention', text: `${title}: ${action.disabledBecause}`});
  return true;
}

/** Controls say in `data-act` which action they are. */
function focusAct({id}: PageAct): boolean {
  const place = document.querySelector(`[data-act="${id}"]`);
  const control = place?.matches('button, input') ? place : place?.querySelector('button, input');
  if (!(control instanceof HTMLElement)) return false;
  // A palette that closes gives the focus back to where it was: it has to have stayed here since the last look.
  if (document.activeElement === control) return true;
  control.focus();
  control.scrollIntoView({block: 'nearest'});
  return false;
}
