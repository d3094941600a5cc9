import type {ReactElement} from 'react';
/** What happened, keyboard map, versions. */
export function LogPage(): ReactElement {
  return <h1>Log</h1>;
}
