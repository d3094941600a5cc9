import type {ReactElement} from 'react';
import styles from './TopBar.module.css';

/** Name, session, instruments, bench; STOP has its place at the right end. */
export function TopBar(): ReactElement {
  return (
    <header className={styles.bar}>
      <span className={styles.name}>d2nn-bench</span>
    </header>
  );
}
