import type {ReactElement} from 'react';
import {ConnectionBanner} from './ConnectionBanner.tsx';
import {PageNavigation} from './PageNavigation.tsx';
import {PageView} from './PageView.tsx';
import {PromptBanner} from './PromptBanner.tsx';
import {ReadoutBar} from './ReadoutBar.tsx';
import {RunBar} from './RunBar.tsx';
import {stopRowId} from './stop-row.ts';
import {TopBar} from './TopBar.tsx';
import styles from './Frame.module.css';

/** What never scrolls away, around the page. */
export function Frame(): ReactElement {
  return (
    <div className={styles.room}>
      <div className={styles.frame}>
        <TopBar />
        {/* Room for what became of a STOP: its notice lies above everything, and over nothing that is shown here. */}
        <div className={styles.stopRow} id={stopRowId} />
        <div className={styles.banners}>
          <ConnectionBanner />
          <PromptBanner />
        </div>
        <ReadoutBar />
        <PageNavigation />
        <main className={styles.page} id="page">
          <PageView />
        </main>
        <RunBar />
      </div>
    </div>
  );
}
