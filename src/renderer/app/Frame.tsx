import type {ReactElement} from 'react';
import {PageNavigation} from './PageNavigation.tsx';
import {PagePlace} from './PagePlace.tsx';
import {ReadoutBar} from './ReadoutBar.tsx';
import {RunBar} from './RunBar.tsx';
import {TopBar} from './TopBar.tsx';
import styles from './Frame.module.css';

/** What never scrolls away, around the page. */
export function Frame(): ReactElement {
  return (
    <div className={styles.room}>
      <div className={styles.frame}>
        <TopBar />
        <ReadoutBar />
        <PageNavigation />
        <main className={styles.page} id="page">
          <PagePlace />
        </main>
        <RunBar />
      </div>
    </div>
  );
}
