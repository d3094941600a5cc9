import {skipToken, useQuery} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import {ListBox, ListBoxItem} from 'react-aria-components';
import {queries, useConnection} from '../../connection/index.ts';
import {dateTimeText, Panel, countText} from '../../parts/index.ts';
import styles from './CampaignPage.module.css';

const shownCount = 12;

/** The campaigns of before, newest first; Enter or a click opens one. */
export function EarlierCampaigns({
  onOpen,
}: {
  readonly onOpen: (sessionUid: string) => void;
}): ReactElement | null {
  const isConnected = useConnection(({phase}) => phase === 'open');
  const found = useQuery(
    queries.sessions.search.queryOptions({input: isConnected ? {limit: 200} : skipToken, staleTime: 5000}),
  );
  const sessions = (found.data?.sessions ?? []).filter(({kind}) => kind === 'campaign').slice(0, shownCount);
  if (sessions.length === 0) return null;
  return (
    <Panel title="Earlier campaigns">
      <ListBox
        aria-label="Earlier campaigns"
        className={styles.earlier ?? ''}
        items={sessions.map((session) => ({id: session.uid, session}))}
        selectionMode="none"
        onAction={(key) => onOpen(String(key))}
      >
        {({id, session}) => (
          <ListBoxItem id={id} textValue={session.title} className={styles.earlierItem ?? ''}>
            <span>{session.title || 'without title'}</span>
            <span className={styles.quietText}>
              {dateTimeText(session.createdAt)}, {countText(session.pointCount)} points
            </span>
          </ListBoxItem>
        )}
      </ListBox>
    </Panel>
  );
}
