import type {ReactElement} from 'react';
/** Instruments, jog, source, lock-in, stage map. */
export function BenchPage(): ReactElement {
  return <h1>Bench</h1>;
}
