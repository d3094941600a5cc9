import {keepPreviousData, useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import type {SortDescriptor} from 'react-aria-components';
import {useLocation} from 'wouter';
import {useActions} from '../../actions/actions.ts';
import {followAct} from '../../actions/page-acts.ts';
import {problemFrom, queries, useStatus} from '../../connection/index.ts';
import {Button, Loading, EmptyState, ProblemBox, Tabs, PageHeading, countOf} from '../../parts/index.ts';
import {useDebounced} from '../../parts/use-debounced.ts';
import {useWidthRem} from '../../parts/use-width.ts';
import {useIsRunLive} from '../../run-data/index.ts';
import {useChoice} from '../../settings/settings.ts';
import {CalibrationLedger} from './CalibrationLedger.tsx';
import {DataSafety} from './DataSafety.tsx';
import {
  changeSessionFilter,
  everySession,
  filterText,
  isFiltering,
  listedLimit,
  searchInputFrom,
  useSessionFilter,
} from './session-filter.ts';
import {SessionDetail} from './SessionDetail.tsx';
import {SessionFacetFields, SessionSearchField} from './SessionFacetFields.tsx';
import {SessionTable} from './SessionTable.tsx';
import styles from './SessionsPage.module.css';

/** Rest after the last key before the host is asked, ms. */
const searchRestMs = 150;

/** All that was measured: find it, read it, write notes to it, give it away. */
export function SessionsPage(): ReactElement {
  const [tab, setTab] = useChoice<string>('sessions.tab', 'sessions');
  useActions([
    {
      id: 'sessions.search',
      title: 'Search the sessions',
      group: 'Sessions',
      shortcut: 'slash',
      run: () => {
        setTab('sessions');
        followAct({id: 'sessions.searchField', title: 'Search the sessions', then: 'focus'});
      },
    },
    {
      id: 'sessions.list',
      title: 'Show the list of sessions',
      group: 'Sessions',
      run: () => setTab('sessions'),
    },
    {
      id: 'sessions.ledger',
      title: 'Show the calibration ledger',
      group: 'Sessions',
      run: () => setTab('calibrations'),
    },
    {
      id: 'sessions.data',
      title: 'Show where the data is, and its backups',
      group: 'Sessions',
      run: () => setTab('data'),
    },
  ]);
  return (
    <div className={styles.page}>
      <PageHeading>Sessions</PageHeading>
      <Tabs
        label="Sessions, calibrations, data"
        selected={tab}
        onSelect={setTab}
        tabs={[
          {id: 'sessions', label: 'Sessions', content: <SessionsTab />},
          {id: 'calibrations', label: 'Calibration ledger', content: <CalibrationLedger />},
          {id: 'data', label: 'Data', content: <DataSafety />},
        ]}
      />
    </div>
  );
}

function useFoundSessions() {
  const filter = useSessionFilter();
  const settled = useDebounced(filter, searchRestMs);
  // Another run, or one that ended, changes the list.
  const runKey = useStatus((status) => `${status?.run?.runUid} ${status?.run?.state === 'ended'}`);
  const isRunLive = useIsRunLive();
  const input = {...searchInputFrom(settled), limit: listedLimit};
  return useQuery({
    ...queries.sessions.search.queryOptions({input}),
    queryKey: [...queries.sessions.search.queryKey({input}), runKey],
    placeholderData: keepPreviousData,
    refetchInterval: isRunLive ? 5000 : false,
  });
}

function SessionsTab(): ReactElement {
  const [pageRef, widthRem] = useWidthRem();
  const [path, navigate] = useLocation();
  const filter = useSessionFilter();
  const found = useFoundSessions();
  const [sort, setSort] = useState<SortDescriptor>({column: 'date', direction: 'descending'});
  const uid = /^\/sessions\/([^/]+)/.exec(path)?.[1] ?? null;
  // Arrow keys walk the table quickly; only the session that one stays at is loaded.
  const shownUid = useDebounced(uid, 120);
  const {data} = found;
  const layout =
    widthRem === null ? '' : widthRem >= 70 ? styles.isWide : widthRem >= 44 ? styles.isMiddle : '';
  const select = (next: string | null): void =>
    navigate(next === null ? '/sessions' : `/sessions/${next}`, {replace: uid !== null});
  return (
    <div ref={pageRef} className={[styles.sessions, layout].join(' ')}>
      <section aria-label="Find sessions" className={styles.facets} data-act="sessions.searchField">
        <SessionSearchField />
        <SessionFacetFields facets={data?.facets} isFolded={layout === ''} />
      </section>
      <section aria-label="Sessions found" className={styles.list}>
        {found.error && !data && (
          <ProblemBox
            problem={problemFrom(found.error)}
            action={{label: 'Try again', onPress: () => void found.refetch()}}
          />
        )}
        {!data && !found.error && <Loading what="the sessions" />}
        {data && (
          <>
            <p className={styles.count} role="status">
              {data.sessions.length >= listedLimit && 'the newest '}
              {countOf(data.sessions.length, 'session')}
              {isFiltering(filter) && ` with ${filterText(filter, data.facets)}`}
            </p>
            <SessionTable
              sessions={data.sessions}
              selectedUid={uid}
              onSelect={select}
              sort={sort}
              onSort={setSort}
              empty={<NothingFound />}
            />
          </>
        )}
      </section>
      <section aria-label="Chosen session" className={styles.detail}>
        {shownUid === null ? (
          <EmptyState
            title="No session chosen"
            text="Choose one in the list: its runs, notes, calibrations and files stand here."
          />
        ) : (
          <SessionDetail key={shownUid} uid={shownUid} tagsAtHand={data?.facets.tags ?? []} />
        )}
      </section>
    </div>
  );
}

function NothingFound(): ReactElement {
  const filter = useSessionFilter();
  const [, navigate] = useLocation();
  if (isFiltering(filter))
    return (
      <EmptyState
        title="No session fits"
        text="Archived sessions are shown only with the box below the filters."
      >
        <Button onPress={() => changeSessionFilter(everySession)}>Show all sessions</Button>
      </EmptyState>
    );
  return (
    <EmptyState
      title="Nothing measured yet"
      text="Every scan and campaign makes a session here by itself: its points are kept from the first one on."
    >
      <Button variant="primary" onPress={() => navigate('/scan')}>
        Go to Scan
      </Button>
      <Button onPress={() => navigate('/campaign')}>Go to Campaign</Button>
    </EmptyState>
  );
}
